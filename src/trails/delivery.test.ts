import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemRandom } from "../aws/random.ts";
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

beforeEach(async () => {
  house = await openHouse();
});

afterEach(async () => {
  for (const delivery of deliveries) await delivery.stop();
  deliveries = [];
  await house.close();
});

describe("a trail that is logging", () => {
  it("delivers what happens as CloudTrail's log files", async () => {
    await loggingTrail("audit", "logs");
    await house.record({ requestID: "one", eventTime: "2026-10-15T12:02:30Z" });
    await house.record({ requestID: "two", eventTime: "2026-10-15T12:03:10Z" });
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
});
