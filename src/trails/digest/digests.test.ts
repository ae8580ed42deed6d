import { createPublicKey, generateKeyPairSync, verify as verifySignature } from "node:crypto";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { accountId, region as regionName } from "../../aws/names.ts";
import { systemRandom } from "../../aws/random.ts";
import type { State } from "../../storage/state/index.ts";
import { mortal, refusing } from "../faults.fixture.ts";
import {
  bucketPolicyFor,
  type DigestKeys,
  type LogTarget,
  openDigestKeys,
  startDelivery,
  startDigests,
} from "../index.ts";
import { account, call, type House, openHouse } from "../trails.fixture.ts";
import { type ObjectSource, verificationKey, verify } from "../verify/index.ts";
import { newChain } from "./chain.ts";
import { nextStep } from "./window.ts";

const hour = 3_600_000;
const home = "us-east-1";
const Name = "audit";
let keys: DigestKeys;
let keyFolder: string;

beforeAll(async () => {
  keyFolder = await mkdtemp(join(tmpdir(), "opentrail-keys-"));
  keys = await openDigestKeys({ folder: keyFolder });
});
afterAll(() => rm(keyFolder, { recursive: true }));

interface Digest {
  readonly key: string;
  readonly digestStartTime: string;
  readonly digestEndTime: string;
  readonly previousDigestS3Object: string | null;
  readonly newestEventTime: string | null;
  readonly oldestEventTime: string | null;
  readonly logFiles: { s3Object: string }[];
}

async function digestsOf(house: House, bucket = "logs", region: string = home): Promise<Digest[]> {
  const files = (await house.logFiles(bucket)).filter(({ key }) => key.includes(`/CloudTrail-Digest/${region}/`));
  return files
    .map(({ key, text }) => ({ key, ...JSON.parse(text) }) as Digest)
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

async function logsOf(house: House, bucket = "logs"): Promise<string[]> {
  return (await house.logFiles(bucket)).map(({ key }) => key).filter((key) => key.includes("/CloudTrail/"));
}

/** What a process does at a moment: deliver log files, and the digests that are due. */
async function deliver(house: House, doors: { state?: State; target?: LogTarget } = {}): Promise<void> {
  const options = { ...house, ...doors, random: systemRandom, onFailure: () => {}, keys, interval: hour };
  const delivery = startDelivery(options);
  await delivery.flush();
  await delivery.stop();
  const digests = startDigests(options);
  await digests.flush();
  await digests.stop();
}

async function startLogging(house: House, settings = {}): Promise<void> {
  house.makeBucket("logs", Name);
  await house.trails.createTrail(call(), { Name, S3BucketName: "logs", EnableLogFileValidation: true, ...settings });
  await house.trails.startLogging(call(), { Name });
}

async function stopLogging(house: House): Promise<void> {
  const request = call();
  await house.trails.stopLogging(request, { Name });
  await house.record({ requestID: request.requestId, eventName: "StopLogging" });
}

/** Verifies a bucket of the house as `opentrail verify` does, to now. */
async function verified(house: House, bucket = "logs") {
  const all = async () => house.objects.list(bucket, { limit: 10_000 });
  const source: ObjectSource = {
    original: true,
    concurrency: 2,
    async *list(_, prefix, after = "") {
      for (const { key } of await all())
        if (key.startsWith(prefix) && key > after) yield { key, lastModified: house.clock.now() };
    },
    async folders(_, prefix) {
      const below = (await all()).map(({ key }) => key).filter((key) => key.startsWith(prefix));
      return [...new Set(below.map((key) => key.slice(prefix.length).split("/")[0] as string))];
    },
    async get(from, key) {
      const object = await house.objects.get(from, key);
      if (!object) return undefined;
      const { "x-amz-meta-signature": signature = "" } = object.head.headers;
      return { body: await buffer(object.body), metadata: { signature } };
    },
  };
  const now = house.clock.now();
  const publicKeys = async (region: string) => (await keys.publicKeys(region)).map(({ der }) => verificationKey(der));
  return verify(source, {
    root: { bucket, prefix: "" },
    from: undefined,
    to: undefined,
    until: undefined,
    now,
    publicKeys,
  });
}

describe("digests", () => {
  let house: House;
  beforeEach(async () => {
    house = await openHouse();
  });
  afterEach(() => house.close());

  it("are CloudTrail's: name, text and metadata", async () => {
    await startLogging(house);
    await house.record({ eventTime: "2026-10-15T12:02:31Z" });
    await house.record({ eventTime: "2026-10-15T12:02:30Z" });
    house.clock.time += 1_000;
    await deliver(house);
    expect(await digestsOf(house)).toEqual([]);
    house.clock.time += hour;
    await deliver(house);
    const [{ key, ...digest } = { key: "" }, ...more] = await digestsOf(house);
    expect(more).toEqual([]);
    expect(key).toBe(
      "AWSLogs/123456789012/CloudTrail-Digest/us-east-1/2026/10/15/123456789012_CloudTrail-Digest_us-east-1_audit_us-east-1_20261015T130230Z.json.gz",
    );
    const [log] = await logsOf(house);
    expect(digest).toEqual({
      awsAccountId: account,
      digestStartTime: "2026-10-15T12:02:30Z",
      digestEndTime: "2026-10-15T13:02:30Z",
      digestS3Bucket: "logs",
      digestS3Object: key,
      digestPublicKeyFingerprint: (await keys.publicKeys(home)).at(-1)?.fingerprint,
      digestSignatureAlgorithm: "SHA256withRSA",
      newestEventTime: "2026-10-15T12:02:31Z",
      oldestEventTime: "2026-10-15T12:02:30Z",
      previousDigestS3Bucket: null,
      previousDigestS3Object: null,
      previousDigestHashValue: null,
      previousDigestHashAlgorithm: null,
      previousDigestSignature: null,
      logFiles: [
        {
          s3Bucket: "logs",
          s3Object: log,
          hashValue: expect.stringMatching(/^[0-9a-f]{64}$/),
          hashAlgorithm: "SHA-256",
          newestEventTime: "2026-10-15T12:02:31Z",
          oldestEventTime: "2026-10-15T12:02:30Z",
        },
      ],
    });
    expect((await house.objects.head("logs", key))?.headers).toEqual({
      "content-type": "application/json",
      "content-encoding": "gzip",
      "x-amz-acl": "bucket-owner-full-control",
      "x-amz-meta-signature": expect.stringMatching(/^[0-9a-f]{512}$/),
      "x-amz-meta-signature-algorithm": "SHA256withRSA",
    });
    expect((await verified(house)).findings).toEqual([]);
  });

  it("come every interval, of empty hours too, each naming the one before", async () => {
    await startLogging(house);
    for (let n = 0; n < 3; n++) {
      house.clock.time += hour;
      await deliver(house);
    }
    const found = await digestsOf(house);
    expect(found.map(({ digestEndTime }) => digestEndTime.slice(11, 19))).toEqual(["13:02:30", "14:02:30", "15:02:30"]);
    expect(found.map((digest) => digest.previousDigestS3Object)).toEqual([null, found[0]?.key, found[1]?.key]);
    expect(found.map(({ logFiles, newestEventTime }) => [logFiles.length, newestEventTime])).toEqual(
      Array(3).fill([0, null]),
    );
    expect(await house.trails.getTrailStatus(call(), { Name })).toMatchObject({
      LatestDigestDeliveryTime: new Date(house.clock.time),
    });
  });

  it("are caught up one by one after a stand-still, and in one for what is more than a month ago", async () => {
    await startLogging(house);
    house.clock.time += 3 * hour;
    await deliver(house);
    expect(await digestsOf(house)).toHaveLength(3);
    const chain = newChain({ account, region: home }, 0);
    const moment = { run: 0, finished: false, now: 1_000 * hour, interval: hour };
    expect(nextStep(chain, moment)).toEqual({ end: (1_000 - 31 * 24) * hour });
  });

  it("end with the logging, and begin anew with it", async () => {
    await startLogging(house);
    await house.record();
    house.clock.time += 600_000;
    await stopLogging(house);
    await deliver(house);
    house.clock.time += 2 * hour;
    await deliver(house);
    const [last, ...none] = await digestsOf(house);
    expect(none).toEqual([]);
    expect([last?.digestEndTime, last?.logFiles.length]).toEqual(["2026-10-15T12:12:30Z", 2]);

    await house.trails.startLogging(call(), { Name });
    await house.record();
    await deliver(house);
    house.clock.time += hour;
    await deliver(house);
    const [, first] = await digestsOf(house);
    expect([first?.previousDigestS3Object, first?.digestStartTime]).toEqual([null, "2026-10-15T14:12:30Z"]);
    expect((await verified(house)).findings).toMatchObject([{ problem: "ChainRestarted" }]);
  });

  it("of a new run of logging have what was delivered after it began, also of the run before", async () => {
    await startLogging(house);
    await house.record();
    await deliver(house);
    house.clock.time += hour;
    await deliver(house);
    await house.record();
    await stopLogging(house);
    house.clock.time += 1_000;
    await house.trails.startLogging(call(), { Name });
    for (let n = 0; n < 3; n++) {
      house.clock.time += hour;
      await deliver(house);
    }
    const found = await digestsOf(house);
    expect(found.map(({ logFiles }) => logFiles.length)).toEqual([1, 0, 1, 0, 0]);
    expect(found.map(({ previousDigestS3Object }) => previousDigestS3Object !== null)).toEqual([
      ...[false, true, false, true, true],
    ]);
    await expectProved(house, "after the restart");
  });

  it("are of the time in which validation is on", async () => {
    await startLogging(house, { EnableLogFileValidation: false });
    await house.record();
    await deliver(house);
    house.clock.time += hour;
    await deliver(house);
    expect(await digestsOf(house)).toEqual([]);
    await house.trails.updateTrail(call(), { Name, EnableLogFileValidation: true });
    await house.record();
    await deliver(house);
    house.clock.time += 600_000;
    await house.trails.updateTrail(call(), { Name, EnableLogFileValidation: false });
    await deliver(house);
    await house.record();
    await deliver(house);
    house.clock.time += 2 * hour;
    await deliver(house);
    const [only, ...none] = await digestsOf(house);
    expect(none).toEqual([]);
    expect([only?.digestStartTime, only?.digestEndTime]).toEqual(["2026-10-15T13:02:30Z", "2026-10-15T13:12:30Z"]);
    expect(only?.logFiles).toHaveLength(1);
  });

  it("of other Regions begin with the logging, and are signed with keys of those Regions", async () => {
    await startLogging(house, { IsMultiRegionTrail: true });
    house.clock.time += 1.5 * hour;
    await house.record({ awsRegion: "eu-west-1" });
    await deliver(house);
    house.clock.time += hour;
    await deliver(house);
    const found = await digestsOf(house, "logs", "eu-west-1");
    expect(found.map(({ logFiles }) => logFiles.length)).toEqual([0, 1]);
    expect(found[0]?.digestStartTime).toBe("2026-10-15T12:02:30Z");
    const [away, here] = [await keys.publicKeys("eu-west-1"), await keys.publicKeys(home)];
    expect(away.at(-1)?.fingerprint).not.toBe(here.at(-1)?.fingerprint);
    expect((await verified(house)).findings).toEqual([]);
  });

  it("of an organization's trail are of each account by itself", async () => {
    await house.close();
    const member = "111111111111";
    house = await openHouse({ id: "o-exampleorg1", managementAccount: account, accounts: [accountId(member)] });
    const arn = `arn:aws:cloudtrail:${home}:${account}:trail/${Name}`;
    const policy = bucketPolicyFor("logs", account, arn, undefined, "o-exampleorg1");
    house.buckets.set("logs", { owner: account, region: regionName(home), policy });
    const settings = { IsOrganizationTrail: true, IsMultiRegionTrail: true, EnableLogFileValidation: true };
    await house.trails.createTrail(call(), { Name, S3BucketName: "logs", ...settings });
    await house.trails.startLogging(call(), { Name });
    await house.record();
    await house.record({ recipientAccountId: member });
    await deliver(house);
    house.clock.time += hour;
    await deliver(house);
    const found = await digestsOf(house);
    expect(found.map(({ key, logFiles }) => [key.split("/")[2], logFiles[0]?.s3Object.split("/")[2]])).toEqual([
      [member, member],
      [account, account],
    ]);
    expect((await verified(house)).findings).toEqual([]);
  });

  it("wait for a bucket that is away, and GetTrailStatus tells why", async () => {
    await startLogging(house);
    await house.record();
    await deliver(house);
    const bucket = house.buckets.get("logs");
    house.buckets.delete("logs");
    house.clock.time += 2 * hour;
    await deliver(house);
    expect(await house.trails.getTrailStatus(call(), { Name })).toMatchObject({
      LatestDigestDeliveryError: "NoSuchBucket",
    });
    if (bucket) house.buckets.set("logs", bucket);
    await deliver(house);
    expect((await digestsOf(house)).map(({ logFiles }) => logFiles.length)).toEqual([1, 0]);
    expect(await house.trails.getTrailStatus(call(), { Name })).not.toHaveProperty("LatestDigestDeliveryError");
    expect((await verified(house)).findings).toEqual([]);
  });

  it("follow the trail to another bucket, and name what they left", async () => {
    await startLogging(house);
    await house.record();
    await deliver(house);
    house.clock.time += hour;
    await deliver(house);
    house.makeBucket("new", Name, "moved");
    await house.trails.updateTrail(call(), { Name, S3BucketName: "new", S3KeyPrefix: "moved" });
    house.clock.time += hour;
    await deliver(house);
    const [left] = await digestsOf(house);
    expect(await digestsOf(house, "new")).toMatchObject([
      { digestS3Bucket: "new", previousDigestS3Bucket: "logs", previousDigestS3Object: left?.key },
    ]);
  });

  it("of a deleted trail end with it, and then it is forgotten", async () => {
    await startLogging(house);
    await house.record();
    await deliver(house);
    const request = call();
    await house.trails.deleteTrail(request, { Name });
    await house.record({ requestID: request.requestId, eventName: "DeleteTrail" });
    house.clock.time += 60_000;
    await deliver(house);
    expect((await digestsOf(house)).flatMap(({ logFiles }) => logFiles)).toHaveLength(2);
    expect(await house.state.list("trails")).toEqual([]);
  });

  it("of a deleted trail aren't tried for ever when its bucket is gone, too", async () => {
    await startLogging(house);
    await house.record();
    await deliver(house);
    const request = call();
    await house.trails.deleteTrail(request, { Name });
    await house.record({ requestID: request.requestId, eventName: "DeleteTrail" });
    house.buckets.delete("logs");
    await deliver(house);
    house.clock.time += hour + 60_000;
    await deliver(house);
    expect(await house.state.list("trails")).not.toEqual([]);
    house.clock.time += hour;
    await deliver(house);
    expect(await house.state.list("trails")).toEqual([]);
  });
});

/** That each log file is in exactly one digest, and that each digest and log file is proved. */
async function expectProved(house: House, why: string): Promise<void> {
  const digests = [...(await digestsOf(house)), ...(await digestsOf(house, "logs", "eu-west-1"))];
  const listed = digests.flatMap(({ logFiles }) => logFiles.map(({ s3Object }) => s3Object));
  expect(listed.sort(), why).toEqual((await logsOf(house)).sort());
  const { findings } = await verified(house);
  expect(
    findings.filter(({ problem }) => problem !== "ChainRestarted" && problem !== "TailOld"),
    why,
  ).toEqual([]);
}

it("has every log file in exactly one digest, at whichever step the process dies", async () => {
  for (let diesAt = 0; ; diesAt++) {
    let house = await openHouse();
    try {
      await startLogging(house, { IsMultiRegionTrail: true });
      for (const awsRegion of [home, "eu-west-1"]) await house.record({ awsRegion });
      await deliver(house);
      house.clock.time += hour + 1_000;
      for (const awsRegion of [home, "eu-west-1"]) await house.record({ awsRegion });
      const { died, ...doors } = mortal(house, diesAt);
      await deliver(house, doors);
      const before = new Map((await house.logFiles("logs")).map(({ key, text }) => [key, text]));
      house = await house.reopen();
      house.clock.time += 60_000;
      await stopLogging(house);
      await deliver(house);
      house.clock.time += 1_000;
      await deliver(house);
      await expectProved(house, `dies at ${diesAt}`);
      const after = new Map((await house.logFiles("logs")).map(({ key, text }) => [key, text]));
      for (const [key, text] of before) expect(after.get(key), `dies at ${diesAt}`).toBe(text);
      if (!died()) return;
    } finally {
      await house.close();
    }
  }
});

it("has every log file in exactly one digest, whatever happens", async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant("record" as const) },
    { weight: 2, arbitrary: fc.record({ passes: fc.integer({ min: -600_000, max: 3 * hour }) }) },
    fc.constantFrom("start" as const, "stop" as const, "deliver" as const),
    fc.record({ diesAt: fc.nat(10) }),
    fc.record({ refuses: fc.nat(3) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      let house = await openHouse();
      try {
        await startLogging(house);
        for (const what of steps) {
          if (what === "record") await house.record();
          else if (what === "start") await house.trails.startLogging(call(), { Name });
          else if (what === "stop") await stopLogging(house);
          else if (what === "deliver") await deliver(house);
          else if ("passes" in what) house.clock.time += what.passes;
          else if ("diesAt" in what) {
            await deliver(house, mortal(house, what.diesAt));
            house = await house.reopen();
          } else {
            await deliver(house, { target: refusing(house.target, what.refuses) });
          }
        }
        house.clock.time += 60_000;
        await stopLogging(house);
        for (let n = 0; n < 2; n++) {
          await deliver(house);
          house.clock.time += 61_000;
        }
        await expectProved(house, "at the end");
      } finally {
        await house.close();
      }
    }),
    { numRuns: 40 },
  );
});

it("has every log file in exactly one digest when two processes deliver at once", async () => {
  const house = await openHouse();
  try {
    await startLogging(house);
    for (let round = 0; round < 25; round++) {
      for (let n = 0; n < 3; n++)
        await house.record({ eventTime: new Date(house.clock.time + n * 600_000).toISOString() });
      house.clock.time += hour;
      await Promise.all([deliver(house), deliver(house)]);
    }
    house.clock.time += 60_000;
    await stopLogging(house);
    for (let n = 0; n < 2; n++) await deliver(house);
    await expectProved(house, "in the end");
  } finally {
    await house.close();
  }
});

it("has a log file in the next digest when one is decided just before the delivery is noted", async () => {
  const house = await openHouse();
  try {
    await startLogging(house);
    await house.record();
    house.clock.time += hour - 1;
    let decided = false;
    const state: State = {
      ...house.state,
      async commit(changes) {
        if (!decided && changes.some(({ key }) => key.startsWith("trails-digest-files/"))) {
          decided = true;
          house.clock.time += 1;
          const digests = startDigests({ ...house, keys, interval: hour, onFailure: () => {} });
          await digests.flush();
          await digests.stop();
        }
        return house.state.commit(changes);
      },
    };
    await deliver(house, { state });
    expect((await digestsOf(house)).map(({ logFiles }) => logFiles.length)).toEqual([0]);
    house.clock.time += hour;
    await deliver(house);
    expect((await digestsOf(house)).map(({ logFiles }) => logFiles.length)).toEqual([0, 1]);
    await expectProved(house, "in the end");
  } finally {
    await house.close();
  }
});

describe("keys", () => {
  it("are readable by their owner alone, are renewed in time, and their public halves stay", async () => {
    const folder = await mkdtemp(join(tmpdir(), "opentrail-keys-"));
    try {
      const own = await openDigestKeys({ folder: join(folder, "keys") });
      const day = 24 * hour;
      const start = Date.parse("2026-01-01T00:00:00Z");
      const fingerprints = new Set<string>();
      for (const days of [0, 28, 29.5, 65])
        fingerprints.add((await own.signingKey(home, start + days * day)).fingerprint);
      expect(fingerprints.size).toBe(3);
      const listed = await own.publicKeys(home);
      expect(listed.map(({ fingerprint }) => fingerprint)).toEqual([...fingerprints]);
      expect(listed.map(({ validFrom, validTo }) => [(validFrom - start) / day, (validTo - start) / day])).toEqual([
        [0, 30],
        [29.5, 59.5],
        [65, 95],
      ]);
      expect(listed[0]?.der.toString("base64")).toMatch(/^MIIBCgKCAQEA/);
      const files = await readdir(join(folder, "keys", home));
      expect(files.filter((name) => name.endsWith(".pem"))).toEqual([`${listed[2]?.fingerprint}.pem`]);
      expect((await stat(join(folder, "keys"))).mode & 0o777).toBe(0o700);
      for (const name of files) expect((await stat(join(folder, "keys", home, name))).mode & 0o777).toBe(0o600);
      const again = await openDigestKeys({ folder: join(folder, "keys") });
      expect((await again.signingKey(home, start + 66 * day)).fingerprint).toBe(listed[2]?.fingerprint);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("may be one that is given as PEM, which isn't copied", async () => {
    const folder = await mkdtemp(join(tmpdir(), "opentrail-keys-"));
    const given = join(folder, "given.pem");
    try {
      const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      await writeFile(given, privateKey.export({ type: "pkcs1", format: "pem" }));
      const own = await openDigestKeys({ folder: join(folder, "keys"), given });
      const start = Date.parse("2026-01-01T00:00:00Z");
      const { fingerprint, sign } = await own.signingKey(home, start);
      await own.signingKey(home, start + 400 * 24 * hour);
      const [listed, ...none] = await own.publicKeys(home);
      expect(none).toEqual([]);
      expect(listed?.fingerprint).toBe(fingerprint);
      expect([listed?.validFrom, (listed?.validTo ?? 0) > start + 400 * 24 * hour]).toEqual([start, true]);
      const der = { key: listed?.der as Buffer, format: "der", type: "pkcs1" } as const;
      expect(
        verifySignature("sha256", Buffer.from("text"), createPublicKey(der), Buffer.from(await sign("text"), "hex")),
      ).toBe(true);
      expect(await readdir(join(folder, "keys", home))).toEqual([`${fingerprint}.json`]);

      const absent = join(folder, "absent.pem");
      await expect(openDigestKeys({ folder: join(folder, "keys"), given: absent })).rejects.toThrow(
        `The digest key ${absent} can't be read (ENOENT); give another --digest-key`,
      );
      await writeFile(given, "a secret that is no key");
      const broken = openDigestKeys({ folder: join(folder, "keys"), given });
      await expect(broken).rejects.toThrow(/given\.pem holds no RSA private key of 2048 bits/);
      await expect(broken).rejects.not.toThrow(/secret/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("have the fingerprint that AWS gives them", () => {
    // The key and fingerprint of AWS's example of list-public-keys.
    const value =
      "MIIBCgKCAQEAlSS3cl92HDycr/MTj0moOhas8habjrraXw+KzlWF0axSI2tcF+3iJ9BKQAVSKxGwxwu3m0wG3J+kUl1xboEcEPHYoIYMbgfSw7KGnuDKwkLzsQWhUJ0cIbOHASox1vv/5fNXkrHhGbDCHeVXm804c83nvHUEFYThr1PfyP/8HwrCtR3FX5OANtQCP61C1nJtSSkC8JSQUOrIP4CuwJjc+4WGDk+BGH5m9iuiAKkipEHWmUl8/P7XpfpWQuk4h8g3pXZOrNXr08lbh4d39svj7UqdhvOXoBISp9t/EXYuePGEtBdrKD9Dz+VHwyUPtBQvYr9BnkF88qBnaPNhS44rzwIDAQAB";
    expect(verificationKey(Buffer.from(value, "base64")).fingerprint).toBe("7f3f401420072e50a65a141430817ab3");
  });
});
