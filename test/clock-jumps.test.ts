import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemRandom } from "../src/aws/random.ts";
import { type History, openHistory } from "../src/history/index.ts";
import { createIdentity } from "../src/identity/index.ts";
import { openChdbTables, type Tables } from "../src/storage/tables/index.ts";
import { openDigestKeys, startDelivery, startDigests } from "../src/trails/index.ts";
import { account, call, type House, openHouse } from "../src/trails/trails.fixture.ts";

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];

let folder: string;
let house: House;
let tables: Tables;
let history: History;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-clock-"));
  house = await openHouse();
  // Event history forgets by the machine's own clock.
  house.clock.time = Date.now() - 10 * day;
  tables = await openChdbTables({ folder: join(folder, "tables") });
  history = await openHistory({ ...house, tables, retentionDays: 90, onFailure: () => {} });
  await history.start();
});
afterEach(async () => {
  await history.stop();
  await tables.close();
  await house.close();
  await rm(folder, { recursive: true, force: true });
});

/** What a running server does at a moment: log files, then the digests that are due. */
async function deliver(): Promise<void> {
  const failures: unknown[] = [];
  const options = {
    ...house,
    random: systemRandom,
    interval: hour,
    onFailure: (_what: string, error: unknown) => void failures.push(error),
    keys: await openDigestKeys({ folder: join(folder, "keys") }),
  };
  for (const start of [startDelivery, startDigests]) {
    const running = start(options);
    await running.flush();
    await running.stop();
  }
  expect(failures).toEqual([]);
}

async function found(): Promise<string[]> {
  await history.caughtUp(house.journal.end());
  const ids: string[] = [];
  for await (const { record } of history.search({ terms: [], limit: 1_000 })) ids.push(record.requestID ?? "");
  return ids.sort();
}

describe("a clock that jumps", () => {
  it("back and forth: each record is once in Event history, in log files, and its log file once in the digests", async () => {
    house.makeBucket("logs", "audit");
    await house.trails.createTrail(call(), { Name: "audit", S3BucketName: "logs", EnableLogFileValidation: true });
    await house.trails.startLogging(call(), { Name: "audit" });
    const recorded: string[] = [];
    for (const jump of [0, -2 * hour, 5 * hour, -day, minute, -hour, 3 * day, 2 * hour]) {
      house.clock.time += jump;
      for (let n = 0; n < 3; n++) {
        house.clock.time += minute;
        const requestID = `jump-${recorded.length}`;
        recorded.push(requestID);
        await house.record({ requestID });
      }
      await deliver();
    }
    house.clock.time += 2 * hour;
    await deliver();

    const files = await house.logFiles("logs");
    const parsed = files.map(({ key, text }) => ({ key, content: JSON.parse(text) }));
    const logs = parsed.filter(({ key }) => key.includes("/CloudTrail/"));
    const digests = parsed.filter(({ key }) => key.includes("/CloudTrail-Digest/"));
    const inLogs = logs.flatMap(({ content }) =>
      content.Records.map((record: { requestID: string }) => record.requestID),
    );
    expect(inLogs.sort()).toEqual([...recorded].sort());
    expect(await found()).toEqual([...recorded].sort());
    const listed = digests.flatMap(({ content }) =>
      content.logFiles.map((file: { s3Object: string }) => file.s3Object),
    );
    expect(listed.sort()).toEqual(logs.map(({ key }) => key).sort());
    const keys = digests.map(({ key }) => key);
    const previous = digests.flatMap(({ content }) => content.previousDigestS3Object ?? []);
    expect(new Set(previous).size).toBe(digests.length - 1);
    expect(keys).toEqual(expect.arrayContaining(previous));
  });

  it("ends a session when its time is over, not before, and not for good when the clock was wrong", async () => {
    const identity = createIdentity({ ...house, random: systemRandom, defaultAccount: account, mode: "verify" });
    const { accessKeyId, sessionToken } = await identity.sessions.issue(
      { type: "Root", accountId: account, principalId: account, arn: `arn:aws:iam::${account}:root` },
      900,
    );
    const resolve = () => identity.resolve({ accessKeyId, sessionToken });
    house.clock.time -= day;
    await expect(resolve()).resolves.toMatchObject({ caller: { accountId: account } });
    house.clock.time += day + 2 * hour;
    await expect(resolve()).rejects.toMatchObject({ code: "ExpiredToken" });
    house.clock.time -= 2 * hour;
    await expect(resolve()).resolves.toMatchObject({ caller: { accountId: account } });
  });
});
