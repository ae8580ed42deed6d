import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AwsError } from "../aws/error.ts";
import { accountId } from "../aws/names.ts";
import { systemRandom } from "../aws/random.ts";
import type { LogTarget } from "./index.ts";
import { type DeliveryOptions, type RunningDelivery, startDelivery } from "./index.ts";
import { call, type House, openHouse } from "./trails.fixture.ts";

let house: House;
let deliveries: RunningDelivery[] = [];
const hour = 3_600_000;

function deliver(changes: Partial<DeliveryOptions> = {}): RunningDelivery {
  const delivery = startDelivery({ ...house, random: systemRandom, interval: hour, onFailure: () => {}, ...changes });
  deliveries.push(delivery);
  return delivery;
}

async function loggingTrail(name: string, bucket: string, settings = {}): Promise<void> {
  house.makeBucket(bucket, name);
  await house.trails.createTrail(call(), { Name: name, S3BucketName: bucket, ...settings });
  await house.trails.startLogging(call(), { Name: name });
}

/** What the gateway does with a StopLogging: its record comes after the answer. */
async function stopLogging(name: string): Promise<string> {
  const { requestId, ...rest } = call();
  await house.trails.stopLogging({ ...rest, requestId }, { Name: name });
  await house.record({ requestID: requestId, eventName: "StopLogging", eventSource: "cloudtrail.amazonaws.com" });
  return requestId;
}

const status = (name: string) => house.trails.getTrailStatus(call(), { Name: name });

beforeEach(async () => {
  house = await openHouse();
});

afterEach(async () => {
  for (const delivery of deliveries) await delivery.stop();
  deliveries = [];
  await house.close();
});

describe("log files", () => {
  it("are CloudTrail's: name, bytes and headers", async () => {
    await loggingTrail("audit", "logs");
    await house.record({ eventTime: "2026-10-15T12:02:30Z" });
    await house.record({ eventTime: "2026-10-15T12:03:10Z" });
    await deliver().flush();

    const [file, ...more] = await house.logFiles("logs");
    expect(more).toEqual([]);
    expect(file?.key).toMatch(
      /^AWSLogs\/123456789012\/CloudTrail\/us-east-1\/2026\/10\/15\/123456789012_CloudTrail_us-east-1_20261015T1205Z_[A-Za-z0-9]{16}\.json\.gz$/,
    );
    const records = (await house.journal.read(0, 10)).map(({ record }) => record.toString());
    expect(file?.text).toBe(`{"Records":[${records.join(",")}]}`);
    const head = await house.objects.head("logs", file?.key ?? "");
    expect(head?.headers).toMatchObject({
      "content-type": "application/json",
      "content-encoding": "gzip",
      "x-amz-acl": "bucket-owner-full-control",
    });
  });

  it("are named for the next five-minute mark, the day's too", async () => {
    await loggingTrail("audit", "logs");
    await house.record({ eventTime: "2026-10-15T12:05:00Z" });
    await house.record({ eventTime: "2026-10-15T12:05:01Z" });
    await house.record({ eventTime: "2026-12-31T23:56:00Z" });
    await deliver().flush();
    expect((await house.logFiles("logs")).map(({ key }) => key.split("/").slice(4).join("/").slice(0, 63))).toEqual(
      [
        "2026/10/15/123456789012_CloudTrail_us-east-1_20261015T1205Z_".padEnd(60),
        "2026/10/15/123456789012_CloudTrail_us-east-1_20261015T1210Z_".padEnd(60),
        "2027/01/01/123456789012_CloudTrail_us-east-1_20270101T0000Z_".padEnd(60),
      ].map((start) => expect.stringMatching(`^${start.trim()}`)),
    );
  });

  it("lie below the trail's prefix", async () => {
    house.makeBucket("logs", "audit", "my/prefix");
    const settings = { Name: "audit", S3BucketName: "logs", S3KeyPrefix: "my/prefix" };
    await house.trails.createTrail(call(), settings);
    await house.trails.startLogging(call(), { Name: "audit" });
    await house.record();
    await deliver().flush();
    expect((await house.logFiles("logs"))[0]?.key).toMatch(/^my\/prefix\/AWSLogs\/123456789012\/CloudTrail\//);
  });

  it("are split before they get too big, and lose nothing", async () => {
    await loggingTrail("audit", "logs");
    for (let index = 0; index < 20; index++) await house.record();
    await deliver({ maxBytes: 2_000 }).flush();
    const files = await house.logFiles("logs");
    expect(files.length).toBeGreaterThan(5);
    for (const { text } of files) expect(text.length).toBeLessThanOrEqual(2_000);
    expect(new Set(await house.delivered("logs")).size).toBe(20);
  });

  it("aren't written when there is nothing to tell", async () => {
    await loggingTrail("audit", "logs");
    await deliver().flush();
    expect(await house.logFiles("logs")).toEqual([]);
    expect(await status("audit")).not.toHaveProperty("LatestDeliveryTime");
  });

  it("come by themselves every interval", async () => {
    await loggingTrail("audit", "logs");
    await house.record();
    const put = new Promise<void>((resolve) => {
      const target: LogTarget = {
        ...house.target,
        async putObject(...object) {
          await house.target.putObject(...object);
          resolve();
        },
      };
      deliver({ target, clock: { now: () => Date.now() }, interval: 50 });
    });
    await put;
    expect(await house.delivered("logs")).toHaveLength(1);
  });
});

describe("which records a trail logs", () => {
  it("those of its account and Region, or of all Regions, each in its folder", async () => {
    await loggingTrail("here", "one");
    await loggingTrail("everywhere", "all", { IsMultiRegionTrail: true });
    await house.record({ requestID: "home" });
    await house.record({ requestID: "away", awsRegion: "eu-west-1" });
    await house.record({ requestID: "stranger", recipientAccountId: "999999999999" });
    await deliver().flush();
    expect(await house.delivered("one")).toEqual(["home"]);
    expect((await house.delivered("all")).sort()).toEqual(["away", "home"]);
    expect((await house.logFiles("all")).map(({ key }) => key.split("/")[3])).toEqual(["eu-west-1", "us-east-1"]);
  });

  it("management events, not data events", async () => {
    await loggingTrail("audit", "logs");
    await house.record({ requestID: "management" });
    await house.record({ requestID: "data", eventCategory: "Data", managementEvent: false });
    await deliver().flush();
    expect(await house.delivered("logs")).toEqual(["management"]);
  });

  it("those of global services only if it includes them", async () => {
    await loggingTrail("with", "with");
    await loggingTrail("without", "without", { IncludeGlobalServiceEvents: false });
    await house.record({ requestID: "iam", eventSource: "iam.amazonaws.com" });
    const tls = { tlsVersion: "TLSv1.3", cipherSuite: "TLS_AES_128_GCM_SHA256" };
    const global = { ...tls, clientProvidedHostHeader: "sts.amazonaws.com" };
    const regional = { ...tls, clientProvidedHostHeader: "sts.us-east-1.amazonaws.com" };
    await house.record({ requestID: "global sts", eventSource: "sts.amazonaws.com", tlsDetails: global });
    await house.record({ requestID: "sts", eventSource: "sts.amazonaws.com", tlsDetails: regional });
    await deliver().flush();
    expect(await house.delivered("with")).toEqual(["iam", "global sts", "sts"]);
    expect(await house.delivered("without")).toEqual(["sts"]);
  });

  it("from StartLogging on, up to and with the StopLogging", async () => {
    house.makeBucket("logs", "audit");
    await house.trails.createTrail(call(), { Name: "audit", S3BucketName: "logs" });
    await house.record({ requestID: "before" });
    await house.trails.startLogging(call(), { Name: "audit" });
    await house.record({ requestID: "start" });
    const stop = await stopLogging("audit");
    await house.record({ requestID: "between" });
    await house.trails.startLogging(call(), { Name: "audit" });
    await house.record({ requestID: "again" });
    await deliver().flush();
    expect(await house.delivered("logs")).toEqual(["start", stop, "again"]);
  });

  it("of a stopped trail no more, however often it is asked to deliver", async () => {
    await loggingTrail("audit", "logs");
    const stop = await stopLogging("audit");
    const delivery = deliver();
    await delivery.flush();
    await house.record({ requestID: "late" });
    await delivery.flush();
    expect(await house.delivered("logs")).toEqual([stop]);
    expect(await delivery.delivered()).toBe(house.journal.end());
    await house.trails.startLogging(call(), { Name: "audit" });
    await house.record({ requestID: "again" });
    await delivery.flush();
    expect((await house.delivered("logs")).sort()).toEqual(["again", stop].sort());
  });

  it("of a deleted trail up to its DeleteTrail, and then it is forgotten", async () => {
    await loggingTrail("audit", "logs");
    await house.record({ requestID: "one" });
    const { requestId, ...rest } = call();
    await house.trails.deleteTrail({ ...rest, requestId }, { Name: "audit" });
    await house.record({ requestID: requestId, eventName: "DeleteTrail" });
    await house.record({ requestID: "late" });
    const delivery = deliver();
    await Promise.all([delivery.flush(), delivery.flush()]);
    expect(await house.delivered("logs")).toEqual(["one", requestId]);
    expect(await house.state.list("trails")).toEqual([]);
  });

  it("waits no longer than a minute for the record of a call that died before it", async () => {
    await loggingTrail("audit", "logs");
    await house.trails.stopLogging(call(), { Name: "audit" });
    const delivery = deliver();
    await delivery.flush();
    house.clock.time += 60_000;
    await delivery.flush();
    await house.record();
    expect(await delivery.delivered()).toBe(house.journal.end());
  });
});

describe("a bucket that fails", () => {
  it("holds up only its own trail; its backlog comes in order when it is back", async () => {
    await loggingTrail("broken", "gone");
    await loggingTrail("fine", "logs");
    const gone = house.buckets.get("gone");
    house.buckets.delete("gone");
    const failures: unknown[] = [];
    const delivery = deliver({ onFailure: (...failure) => failures.push(failure) });

    await house.record({ requestID: "one", eventTime: "2026-10-15T12:02:30Z" });
    await delivery.flush();
    await house.record({ requestID: "two", eventTime: "2026-10-15T14:00:00Z" });
    await delivery.flush();
    expect((await house.delivered("logs")).sort()).toEqual(["one", "two"]);
    const arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/broken";
    expect(failures).toEqual([
      [arn, expect.objectContaining({ code: "NoSuchBucket" }), 1_000],
      [arn, expect.objectContaining({ code: "NoSuchBucket" }), 2_000],
    ]);
    expect(await status("broken")).toMatchObject({
      LatestDeliveryError: "NoSuchBucket",
      LatestDeliveryAttemptTime: "2026-10-15T12:02:30Z",
      LatestDeliveryAttemptSucceeded: "",
    });
    expect(await delivery.delivered()).toBe(0);
    const fine = "arn:aws:cloudtrail:us-east-1:123456789012:trail/fine";
    expect(await delivery.backlogs()).toEqual({ [arn]: 2, [fine]: 0 });
    expect(await delivery.backlogs(call().account)).toEqual({ [arn]: 2, [fine]: 0 });
    expect(await delivery.backlogs(accountId("999999999999"))).toEqual({});

    if (gone) house.buckets.set("gone", gone);
    house.clock.time += 60_000;
    await delivery.flush();
    expect(await house.delivered("gone")).toEqual(["one", "two"]);
    expect(await status("broken")).toMatchObject({
      LatestDeliveryTime: new Date("2026-10-15T12:03:30Z"),
      LatestDeliveryAttemptSucceeded: "2026-10-15T12:03:30Z",
    });
    expect(await status("broken")).not.toHaveProperty("LatestDeliveryError");
    expect(await delivery.delivered()).toBe(2);
  });

  it("says AccessDenied when its policy no longer lets CloudTrail in", async () => {
    await loggingTrail("audit", "logs");
    house.makeBucket("logs", "another");
    await house.record();
    await deliver().flush();
    expect(await status("audit")).toMatchObject({ LatestDeliveryError: "AccessDenied" });
  });

  it("is tried again by itself", async () => {
    await loggingTrail("audit", "logs");
    await house.record();
    let puts = 0;
    const put = new Promise<void>((resolve) => {
      const target: LogTarget = {
        ...house.target,
        async putObject(...object) {
          puts += 1;
          if (puts === 1) throw new AwsError("SlowDown", "Please reduce your request rate.", { status: 503 });
          await house.target.putObject(...object);
          resolve();
        },
      };
      void deliver({ target }).flush();
    });
    await put;
    expect(await house.delivered("logs")).toHaveLength(1);
  });

  it("is given up after 30 days, as AWS does, and only what is that old", async () => {
    await loggingTrail("audit", "logs");
    const bucket = house.buckets.get("logs");
    house.buckets.delete("logs");
    const givenUp: unknown[] = [];
    const delivery = deliver({ onGivenUp: (...told) => givenUp.push(told) });
    await house.record({ requestID: "old" });
    await delivery.flush();
    house.clock.time += 30 * 24 * hour;
    await house.record({ requestID: "new" });
    await delivery.flush();
    expect(givenUp).toEqual([]);
    house.clock.time += 1_000;
    await delivery.flush();
    const arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit";
    expect(givenUp).toEqual([[arn, 1, expect.objectContaining({ code: "NoSuchBucket" })]]);
    expect(await status("audit")).toMatchObject({ LatestDeliveryError: "NoSuchBucket" });
    if (bucket) house.buckets.set("logs", bucket);
    await delivery.flush();
    expect(await house.delivered("logs")).toEqual(["new"]);
  });

  it("doesn't keep the records of a deleted trail for ever", async () => {
    await loggingTrail("audit", "logs");
    house.buckets.delete("logs");
    const { requestId, ...rest } = call();
    await house.record();
    await house.trails.deleteTrail({ ...rest, requestId }, { Name: "audit" });
    await house.record({ requestID: requestId });
    const delivery = deliver();
    await delivery.flush();
    expect(await delivery.delivered()).toBe(0);
    house.clock.time += hour + 1_000;
    await delivery.flush();
    expect(await delivery.delivered()).toBe(house.journal.end());
    expect(await house.state.list("trails-del")).toEqual([]);
  });

  it("holds nobody up when it only is slow, and gets each file once", async () => {
    await loggingTrail("slow", "far");
    await loggingTrail("fine", "logs");
    let answer = () => {};
    const answered = new Promise<void>((resolve) => {
      answer = resolve;
    });
    let puts = 0;
    const target: LogTarget = {
      ...house.target,
      async putObject(bucket, ...file) {
        if (bucket === "far") {
          puts += 1;
          await answered;
        }
        await house.target.putObject(bucket, ...file);
      },
    };
    const delivery = deliver({ target });
    await house.record({ requestID: "one" });
    const first = delivery.flush();
    await expect.poll(() => puts).toBe(1);
    await house.record({ requestID: "two" });
    const second = delivery.flush();
    await expect.poll(async () => (await house.delivered("logs")).sort()).toEqual(["one", "two"]);
    expect(await house.delivered("far")).toEqual([]);
    const stopped = delivery.stop();
    answer();
    await Promise.all([first, second, stopped]);
    await deliver().flush();
    expect((await house.delivered("far")).sort()).toEqual(["one", "two"]);
    expect(puts).toBe(1);
  });

  it("may be left for another: the backlog goes to the new one", async () => {
    await loggingTrail("audit", "old");
    house.buckets.delete("old");
    await house.record({ requestID: "one" });
    const delivery = deliver();
    await delivery.flush();
    house.makeBucket("new", "audit", "moved");
    await house.trails.updateTrail(call(), { Name: "audit", S3BucketName: "new", S3KeyPrefix: "moved" });
    await house.record({ requestID: "two" });
    await delivery.flush();
    expect((await house.delivered("new")).sort()).toEqual(["one", "two"]);
    expect((await house.logFiles("new"))[0]?.key).toMatch(/^moved\//);
  });
});

describe("a clock that jumps", () => {
  it("loses and repeats nothing, forwards or back", async () => {
    await loggingTrail("audit", "logs", { EnableLogFileValidation: true });
    const delivery = deliver();
    const jumps = [0, -26 * hour, 50 * hour, -10 * hour, 1_000, -1_000, 400 * 24 * hour, -399 * 24 * hour];
    for (const [index, jump] of jumps.entries()) {
      house.clock.time += jump;
      await house.record({ requestID: `record-${index}` });
      if (index % 3 === 2) continue;
      await delivery.flush();
    }
    await delivery.flush();
    expect((await house.delivered("logs")).sort()).toEqual(jumps.map((_, index) => `record-${index}`));
    expect(await delivery.delivered()).toBe(house.journal.end());
  });

  it("ends a span of logging with its StopLogging, which came at an earlier time than the start", async () => {
    await loggingTrail("audit", "logs");
    await house.record({ requestID: "before" });
    house.clock.time -= 2 * hour;
    const stop = await stopLogging("audit");
    await house.record({ requestID: "after" });
    await deliver().flush();
    expect((await house.delivered("logs")).sort()).toEqual(["before", stop].sort());
  });
});

describe("the status", () => {
  it("tells the latest delivery of the Region that is asked", async () => {
    await loggingTrail("audit", "logs", { IsMultiRegionTrail: true });
    const delivery = deliver();
    await house.record({ awsRegion: "eu-west-1" });
    await delivery.flush();
    house.clock.time += hour;
    await house.record();
    await delivery.flush();
    const Name = "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit";
    const latest = async (region: string) =>
      (await house.trails.getTrailStatus(call(region), { Name })).LatestDeliveryTime?.toISOString();
    expect(await latest("eu-west-1")).toBe("2026-10-15T12:02:30.000Z");
    expect(await latest("us-east-1")).toBe("2026-10-15T13:02:30.000Z");
    expect(await latest("eu-central-1")).toBeUndefined();
  });
});
