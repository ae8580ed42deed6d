import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DescribeImagesCommandOutput, Instance, RunInstancesCommandOutput } from "@aws-sdk/client-ec2";
import type { Call, Members } from "../../aws/call.ts";
import type { Clock } from "../../aws/clock.ts";
import { type ServiceName, service } from "../../aws/model.ts";
import { accountId, region as regionOf } from "../../aws/names.ts";
import { noNotes } from "../../aws/notes.ts";
import { systemRandom } from "../../aws/random.ts";
import { createIdentity } from "../../identity/index.ts";
import { openLmdbState } from "../../storage/state/index.ts";
import type { State } from "../../storage/state/state.ts";
import { createEc2 } from "./index.ts";

/** A call as the gateway hands it to a service. */
export function callOf(serviceName: ServiceName, actionName: string, input: Members, where: Where = {}): Call {
  const account = accountId(where.account ?? "111122223333");
  return {
    service: service(serviceName),
    actionName,
    action: service(serviceName).actions.get(actionName),
    input,
    caller: { type: "Root", accountId: account, principalId: account, arn: `arn:aws:iam::${account}:root` },
    account,
    region: regionOf(where.region ?? "us-east-1"),
    requestId: systemRandom.uuid(),
    notes: noNotes(),
    request: { method: "POST", path: "/", query: "", headers: {}, remoteAddress: "127.0.0.1", body: Buffer.alloc(0) },
  };
}

export interface Where {
  readonly account?: string;
  readonly region?: string;
}

function sessionsOver(state: State, clock: Clock) {
  const defaultAccount = accountId("111122223333");
  return createIdentity({ state, clock, random: systemRandom, defaultAccount, mode: "open" }).sessions;
}

/** EC2 on a real state in its own folder, with a clock that a test moves. */
export async function openTestEc2() {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-ec2-"));
  let now = Date.parse("2026-05-01T12:00:00Z");
  const clock = { now: () => now };
  let state: State = await openLmdbState({ folder });
  const open = () => createEc2({ state, clock, random: systemRandom, sessions: sessionsOver(state, clock) });
  let { handlers, directSnapshots } = open();

  const test = {
    clock,
    get state() {
      return state;
    },
    get directSnapshots() {
      return directSnapshots;
    },
    get sessions() {
      return sessionsOver(state, clock);
    },
    pass(ms: number) {
      now += ms;
    },
    /** Calls an action and gives its output; what it is made of is for the test to say. */
    async ask<Output = Members>(actionName: string, input: Members = {}, where: Where = {}): Promise<Output> {
      const handler = handlers[actionName];
      if (!handler) throw new Error(`no handler for ${actionName}`);
      return (await handler(input as never, callOf("ec2", actionName, input, where))) as Output;
    },
    /** The id of a public image for x86_64. */
    async anImage(): Promise<string> {
      const { Images } = await test.ask<DescribeImagesCommandOutput>("DescribeImages", {
        Owners: ["amazon"],
        Filters: [{ Name: "name", Values: ["al2023-ami-*-x86_64"] }],
      });
      return Images?.[0]?.ImageId ?? "";
    },
    /** Launches one instance and lets it come up. */
    async launch(input: Members = {}, where: Where = {}): Promise<Instance & { InstanceId: string }> {
      const { Instances } = await test.ask<RunInstancesCommandOutput>(
        "RunInstances",
        { ImageId: await test.anImage(), InstanceType: "t3.micro", MinCount: 1, MaxCount: 1, ...input },
        where,
      );
      const [instance] = Instances ?? [];
      if (!instance?.InstanceId) throw new Error("nothing was launched");
      now += 3000;
      return { ...instance, InstanceId: instance.InstanceId };
    },
    /** The same data in a new process. */
    async restart() {
      await state.close();
      state = await openLmdbState({ folder });
      ({ handlers, directSnapshots } = open());
    },
    async close() {
      await state.close();
      await rm(folder, { recursive: true });
    },
  };
  return test;
}

export type TestEc2 = Awaited<ReturnType<typeof openTestEc2>>;
