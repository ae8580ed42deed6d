import { afterEach, beforeEach, expect, it } from "vitest";
import { systemRandom } from "../../aws/random.ts";
import { startDelivery } from "../index.ts";
import { call, type House, openHouse } from "../trails.fixture.ts";
import type { EventTarget } from "./event-target.ts";
import { type RunningForwarding, startTargetForwarding } from "./to-targets.ts";

const onFailure = () => {};

/** A target that takes `batch` events at a time, and refuses while it is away. */
function target(id: string, batch = 100) {
  const got: (string | undefined)[] = [];
  let away = false;
  const told: { reached: number; tell: () => void }[] = [];
  const itself: EventTarget = {
    id,
    name: id,
    readOnlyEvents: false,
    sourcePrefix: "aws.",
    limits: { items: batch, bytes: 1_000_000 },
    async send(events) {
      if (away) throw new Error("away");
      got.push(...events.map(({ detail }) => detail.requestID));
      for (const { reached, tell } of told) if (got.length >= reached) tell();
    },
  };
  return {
    itself,
    got,
    goAway: (is: boolean) => (away = is),
    has: (reached: number) =>
      new Promise<void>((tell) => (got.length >= reached ? tell() : told.push({ reached, tell }))),
  };
}

let house: House;
let running: RunningForwarding[] = [];

async function forwardTo(...targets: ReturnType<typeof target>[]): Promise<RunningForwarding> {
  const forwarding = await startTargetForwarding({ ...house, targets: targets.map(({ itself }) => itself), onFailure });
  running.push(forwarding);
  return forwarding;
}

async function deliver(): Promise<void> {
  const delivery = startDelivery({ ...house, random: systemRandom, interval: 3_600_000, onFailure });
  await delivery.flush();
  await delivery.stop();
}

async function trail(operation: "stopLogging" | "deleteTrail"): Promise<string> {
  const { requestId, ...rest } = call();
  await house.trails[operation]({ ...rest, requestId }, { Name: "audit" });
  await house.record({ requestID: requestId, readOnly: false });
  return requestId;
}

const write = (requestID: string) => house.record({ requestID, readOnly: false });

beforeEach(async () => {
  house = await openHouse();
  house.makeBucket("logs", "audit");
  await house.trails.createTrail(call(), { Name: "audit", S3BucketName: "logs" });
  await house.trails.startLogging(call(), { Name: "audit" });
});
afterEach(async () => {
  for (const forwarding of running) await forwarding.stop();
  running = [];
  await house.close();
});

it("gives each target what comes after it was set up, without what only reads, and goes on after a restart", async () => {
  await write("before");
  const first = target("first");
  await forwardTo(first);
  await write("one");
  await house.record({ requestID: "read" });
  await house.record({ requestID: "data", eventCategory: "Data", managementEvent: false });
  await write("two");
  await first.has(2);
  for (const forwarding of running) await forwarding.stop();

  await write("three");
  const second = target("second");
  await forwardTo(first, second);
  await write("four");
  await Promise.all([first.has(4), second.has(1)]);
  expect(first.got).toEqual(["one", "two", "three", "four"]);
  expect(second.got).toEqual(["four"]);
});

it("repeats of what failed only what wasn't taken", async () => {
  const flaky = target("flaky", 2);
  const { send } = flaky.itself;
  let sends = 0;
  flaky.itself.send = async (...events) => {
    if (++sends === 2) throw new Error("once");
    await send(...events);
  };
  await forwardTo(flaky);
  for (let n = 0; n < 7; n++) await write(`${n}`);
  await flaky.has(7);
  expect(flaky.got).toEqual(["0", "1", "2", "3", "4", "5", "6"]);
});

it("loses nothing of a trail that stopped, started and was deleted while a target was away", async () => {
  const late = target("late");
  const fine = target("fine");
  late.goAway(true);
  await forwardTo(late, fine);
  await write("one");
  const stop = await trail("stopLogging");
  await deliver();
  await write("between");
  await house.trails.startLogging(call(), { Name: "audit" });
  await write("two");
  const end = await trail("deleteTrail");
  await write("after");
  await deliver();
  await fine.has(4);
  expect(await house.state.list("trails-deleted/")).toHaveLength(1);
  late.goAway(false);
  await late.has(4);
  expect(late.got).toEqual(["one", stop, "two", end]);
  expect(fine.got).toEqual(late.got);
  for (const forwarding of running) await forwarding.stop();

  await forwardTo(); // both targets are taken out of the settings
  await deliver();
  expect(await house.state.list("trails")).toEqual([]);
});
