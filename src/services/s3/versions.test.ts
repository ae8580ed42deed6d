import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { beforeEach, expect, test } from "vitest";
import { systemRandom } from "../../aws/random.ts";
import { clientOf, openStores, TestClock } from "../service.fixture.ts";
import { createLogTarget, createS3 } from "./index.ts";

const Bucket = "logs";
let clock: TestClock;
let s3: ReturnType<typeof clientOf>;
let target: ReturnType<typeof createLogTarget>;

beforeEach(async () => {
  clock = new TestClock();
  const parts = { ...(await openStores()), clock, random: systemRandom };
  s3 = clientOf("s3", createS3(parts));
  target = createLogTarget(parts);
  await s3.call("CreateBucket", { Bucket, ObjectLockEnabledForBucket: true });
});

const put = async (Key: string, text: string): Promise<string> =>
  (await s3.call("PutObject", { Bucket, Key, Body: Readable.from([Buffer.from(text)]) })).VersionId;
const get = async (Key: string, VersionId?: string) =>
  (await buffer((await s3.call("GetObject", { Bucket, Key, VersionId })).Body)).toString();
const list = async (more: object = {}) => {
  const { Versions } = await s3.call("ListObjectVersions", { Bucket, ...more });
  return Versions.map(({ Key, VersionId }: { Key: string; VersionId: string }) => [Key, VersionId]);
};

test("the newest version is the one that was put last, whatever the clock says", async () => {
  const one = await put("a", "one");
  const sameMoment = await put("a", "two");
  clock.milliseconds -= 3_600_000;
  const clockSetBack = await put("a", "three");
  expect(await get("a")).toBe("three");
  expect(await list()).toEqual([clockSetBack, sameMoment, one].map((id) => ["a", id]));
});

test("keys that begin with another key, a NUL in between, keep their versions apart", async () => {
  const keys = ["a", "a\0", "a\0\0", "a\0\u0001", "a\u0001", "ab"];
  const ids = new Map<string, string>();
  for (const key of keys) ids.set(key, await put(key, `bytes of ${key}`));
  for (const key of keys) expect(await get(key)).toBe(`bytes of ${key}`);
  expect(await list()).toEqual(keys.map((key) => [key, ids.get(key)]));
  expect(await list({ Prefix: "a\0" })).toEqual(keys.slice(1, 4).map((key) => [key, ids.get(key)]));
});

test("a trail's log file in a bucket with Object Lock is kept as long as the bucket says", async () => {
  const Rule = { DefaultRetention: { Mode: "COMPLIANCE", Days: 2 } };
  const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled", Rule };
  await s3.call("PutObjectLockConfiguration", { Bucket, ObjectLockConfiguration });
  await target.putObject(Bucket, "log.json.gz", Buffer.from("zipped"), { "content-type": "application/json" });
  const { Versions } = await s3.call("ListObjectVersions", { Bucket });
  const version = { Bucket, Key: "log.json.gz", VersionId: Versions[0].VersionId, BypassGovernanceRetention: true };
  await expect(s3.call("DeleteObject", version)).rejects.toMatchObject({ code: "AccessDenied", status: 403 });
  clock.milliseconds += 2 * 24 * 3_600_000 + 1;
  await s3.call("DeleteObject", version);
  expect(await list()).toEqual([]);
});
