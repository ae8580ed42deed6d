import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AwsError } from "../../aws/error.ts";
import { region } from "../../aws/names.ts";
import { systemRandom } from "../../aws/random.ts";
import type { State } from "../../storage/state/index.ts";
import { mortal } from "../faults.fixture.ts";
import { createTrails, startDelivery } from "../index.ts";
import { account, call, type House, openHouse } from "../trails.fixture.ts";
import { startNotifier, type Topics } from "./index.ts";
import { snsTopic } from "./topic-name.ts";

const quiet = { random: systemRandom, interval: 3_600_000, onFailure: () => {} };
const arn = "arn:aws:sns:us-east-1:123456789012:topic";

/** An SNS that refuses while it has an error. */
function sns() {
  const messages: { s3Bucket: string; s3ObjectKey: string[] }[] = [];
  let refusal: Error | undefined;
  const topics: Topics = {
    find: async () => ({}),
    async publish(_arn, message) {
      if (refusal) throw refusal;
      messages.push(JSON.parse(message));
    },
  };
  const keys = () => messages.flatMap(({ s3ObjectKey }) => s3ObjectKey);
  return { topics, messages, keys, refuse: (error?: Error) => (refusal = error) };
}

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

async function loggingTrail({ topics }: { topics: Topics }): Promise<void> {
  house.makeBucket("logs", "audit");
  const trails = createTrails({ ...house, random: systemRandom, topics });
  await trails.createTrail(call(), { Name: "audit", S3BucketName: "logs", SnsTopicName: "topic" });
  await trails.startLogging(call(), { Name: "audit" });
}

/** One delivery and what it makes known, as one life of the process. */
async function live({ topics }: { topics: Topics }, state: State = house.state): Promise<void> {
  const notifier = startNotifier({ ...house, ...quiet, state, topics });
  const delivery = startDelivery({ ...house, ...quiet, state, onDelivered: notifier.notify });
  await delivery.flush();
  await notifier.flush().catch(() => {});
  await delivery.stop();
  await notifier.stop();
}

it("tells of every log file at least once, at whichever step the process dies", async () => {
  for (let diesAt = 0; ; diesAt++) {
    const service = sns();
    await house.close();
    house = await openHouse();
    await loggingTrail(service);
    for (const eventTime of ["2026-10-15T12:01:00Z", "2026-10-15T12:07:00Z"]) await house.record({ eventTime });
    const { state, died } = mortal(house, diesAt);
    await live(service, state);
    await house.record({ eventTime: "2026-10-15T12:08:00Z" });
    await live(service);
    const files = (await house.logFiles("logs")).map(({ key }) => key).sort();
    expect([...new Set(service.keys())].sort(), `dies at ${diesAt}`).toEqual(files);
    expect(await house.state.list("trails-notices/")).toEqual([]);
    if (!died()) {
      expect(service.keys()).toHaveLength(files.length);
      return;
    }
  }
});

describe("a topic that refuses", () => {
  it("shows in the trail's status, and gets what waited in order", async () => {
    const service = sns();
    await loggingTrail(service);
    const status = () => house.trails.getTrailStatus(call(), { Name: "audit" });
    service.refuse(new AwsError("AuthorizationError", "not authorized", { status: 403 }));
    for (let n = 0; n < 3; n++) {
      await house.record({ eventTime: `2026-10-15T12:0${n}:00Z` });
      await live(service);
    }
    expect(await status()).toMatchObject({
      LatestNotificationError: "AuthorizationError",
      LatestNotificationAttemptTime: "2026-10-15T12:02:30Z",
      LatestNotificationAttemptSucceeded: "",
    });
    service.refuse();
    await live(service);
    expect(service.messages).toHaveLength(3);
    expect(await status()).not.toHaveProperty("LatestNotificationError");
    expect((await status()).LatestNotificationTime).toEqual(new Date(house.clock.time));
  });

  it("is told of a deleted trail's last log file too, but given up after 30 days", async () => {
    for (const [days, messages] of [
      [29, 1],
      [30, 0],
    ] as const) {
      await house.close();
      house = await openHouse();
      const service = sns();
      await loggingTrail(service);
      await house.record();
      await house.trails.deleteTrail(call(), { Name: "audit" });
      service.refuse(new Error("away"));
      await live(service);
      house.clock.time += days * 86_400_000;
      service.refuse();
      await live(service);
      expect(service.messages).toHaveLength(messages);
      expect(await house.state.list("trails-not")).toEqual([]);
    }
  });
});

it("a topic is named by its name or its ARN", () => {
  const trail = { homeRegion: region("us-east-1"), account };
  expect(snsTopic("topic", trail)).toEqual({ name: "topic", arn });
  const foreign = "arn:aws:sns:eu-west-1:999999999999:topic";
  expect(snsTopic(foreign, trail)).toEqual({ name: foreign, arn: foreign });
  for (const wrong of [
    "",
    "a topic",
    "x".repeat(257),
    "arn:aws:sqs:us-east-1:123456789012:topic",
    `${arn}:sub`,
    "t.fifo",
  ])
    expect(() => snsTopic(wrong, trail)).toThrow(expect.objectContaining({ code: "InvalidSnsTopicNameException" }));
});
