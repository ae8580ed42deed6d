import { execFile } from "node:child_process";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  CreateTrailCommand,
  ListPublicKeysCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from "@aws-sdk/client-cloudtrail";
import { CreateKeyPairCommand } from "@aws-sdk/client-ec2";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountId } from "../src/aws/names.ts";
import { bucketPolicyFor } from "../src/trails/index.ts";
import { clients, eventually } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

const Bucket = "verified-logs";
const prefix = "of/audit";
const arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/verified";
const main = new URL("../dist/cli/main.js", import.meta.url).pathname;

/** Runs `opentrail verify`, which gets a pipe and so answers with JSON. */
function verifyWith(endpoint: string, ...args: string[]): Promise<Found> {
  const env = { PATH: process.env.PATH, AWS_ENDPOINT_URL: endpoint };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, "verify", ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), report: JSON.parse(stdout || "null"), stderr }),
    );
  });
}
const problems = ({ report }: Found, level = "error") =>
  report.findings.filter((one) => one.level === level).map(({ problem }) => problem);

interface Found {
  readonly code: number;
  readonly report: {
    digests: { valid: number; invalid: number };
    logs: { valid: number; invalid: number };
    findings: { level: string; problem: string; object: string }[];
  };
  readonly stderr: string;
}

describe("opentrail verify", () => {
  let server: TestServer;
  let aws: ReturnType<typeof clients>;
  let folder: string;

  const verify = (...args: string[]) => verifyWith(server.url, ...args);

  async function keys(of: string): Promise<string[]> {
    const { Contents = [] } = await aws.s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: `${prefix}/AWSLogs/123456789012/${of}/` }),
    );
    return Contents.map(({ Key }) => Key as string);
  }
  async function read(Key: string) {
    const { Body, Metadata } = await aws.s3.send(new GetObjectCommand({ Bucket, Key }));
    return { Bucket, Key, Metadata, Body: Buffer.from((await Body?.transformToByteArray()) ?? []) };
  }
  const remove = (Key: string) => aws.s3.send(new DeleteObjectCommand({ Bucket, Key }));
  const put = (object: Awaited<ReturnType<typeof read>>) => aws.s3.send(new PutObjectCommand(object));

  /** Removes objects, tells what verification of the trail says, and puts them back. */
  async function without(...removed: string[]): Promise<Found> {
    const before = await Promise.all(removed.map(read));
    await Promise.all(removed.map(remove));
    try {
      return await verify("verified");
    } finally {
      await Promise.all(before.map(put));
    }
  }

  beforeAll(async () => {
    server = await startOpenTrail("--delivery-interval", "1s", "--digest-interval", "2s");
    aws = clients(server.url);
    folder = await mkdtemp(join(tmpdir(), "opentrail-verify-"));
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    const Policy = bucketPolicyFor(Bucket, accountId("123456789012"), arn, prefix);
    await aws.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
    const trail = { Name: "verified", S3BucketName: Bucket, S3KeyPrefix: prefix };
    await aws.cloudtrail.send(
      new CreateTrailCommand({ ...trail, EnableLogFileValidation: true, IsMultiRegionTrail: true }),
    );
    await aws.cloudtrail.send(new StartLoggingCommand({ Name: "verified" }));
    await clients(server.url, undefined, "eu-west-1").ec2.send(new CreateKeyPairCommand({ KeyName: "elsewhere" }));
    const digests = async (least: number) =>
      (await keys("CloudTrail-Digest/us-east-1")).length >= least ? true : undefined;
    for (let round = 1; round <= 3; round++) {
      await aws.ec2.send(new CreateKeyPairCommand({ KeyName: `pair-${round}` }));
      await eventually(`digest ${round}`, () => digests(round));
    }
    await aws.cloudtrail.send(new StopLoggingCommand({ Name: "verified" }));
    await eventually(
      "digests of all log files",
      async () => {
        const texts = await Promise.all((await keys("CloudTrail-Digest")).map(read));
        const named = texts.flatMap(({ Body }) => JSON.parse(gunzipSync(Body).toString()).logFiles);
        return named.length === (await keys("CloudTrail")).length && (await digests(4)) ? true : undefined;
      },
      20_000,
    );
  }, 90_000);
  afterAll(async () => {
    await server.dispose();
    await rm(folder, { recursive: true });
  });

  it("proves a trail by name or ARN, and a bucket", async () => {
    const [digests, logs] = [(await keys("CloudTrail-Digest")).length, (await keys("CloudTrail")).length];
    for (const what of ["verified", arn, `s3://${Bucket}/${prefix}/`]) {
      const { code, report, stderr } = await verify(what);
      expect({ code, stderr, errors: report.findings.filter(({ level }) => level === "error") }).toEqual({
        ...{ code: 0, stderr: "", errors: [] },
      });
      expect([report.digests, report.logs]).toEqual([
        { valid: digests, invalid: 0 },
        { valid: logs, invalid: 0 },
      ]);
    }
  });

  it("finds what was changed, deleted and added", async () => {
    const [log = ""] = await keys("CloudTrail/us-east-1");
    expect(problems(await without(log))).toEqual(["LogNotFound"]);
    const [, second = "", third = ""] = await keys("CloudTrail-Digest/us-east-1");
    expect(problems(await without(second))).toEqual(expect.arrayContaining(["DigestNotFound", "DigestsMissing"]));
    expect(problems(await without(second, third))).toEqual(
      expect.arrayContaining(["DigestNotFound", "DigestsMissing"]),
    );
    const before = await read(log);
    await put({ ...before, Body: gzipSync(`${gunzipSync(before.Body)} `) });
    const changed = await verify("verified");
    await put(before);
    expect([changed.code, problems(changed)]).toEqual([1, ["LogChanged"]]);
  });

  it("finds that the newest digests are missing, which nothing in the bucket shows", async () => {
    const digests = await keys("CloudTrail-Digest/us-east-1");
    const { code, ...found } = await without(...digests.slice(1));
    expect([code, problems(found as Found).includes("TailMissing")]).toEqual([1, true]);
  });

  it("proves a copy in a folder without OpenTrail, given the public keys", async () => {
    for (const key of [...(await keys("CloudTrail-Digest")), ...(await keys("CloudTrail"))]) {
      await mkdir(dirname(join(folder, key)), { recursive: true });
      await writeFile(join(folder, key), (await read(key)).Body);
    }
    const files: string[] = [];
    for (const region of ["us-east-1", "eu-west-1"]) {
      const range = { StartTime: new Date(Date.now() - 3_600_000), EndTime: new Date() };
      const list = await clients(server.url, undefined, region).cloudtrail.send(new ListPublicKeysCommand(range));
      const { PublicKeyList = [] } = list;
      const text = PublicKeyList.map((key) => ({ ...key, Value: Buffer.from(key.Value ?? []).toString("base64") }));
      const file = join(folder, `${region}.json`);
      await writeFile(file, JSON.stringify({ PublicKeyList: text }));
      files.push("--public-keys", file);
    }
    const nobody = ["--endpoint", "http://127.0.0.1:1", ...files];
    const found = await verify(folder, ...nobody);
    expect([found.code, problems(found)]).toEqual([0, []]);
    expect(new Set(problems(found, "notice"))).toContain("DigestSignatureAbsent");

    const [log = ""] = await keys("CloudTrail/us-east-1");
    const path = join(folder, log);
    await writeFile(path, gzipSync(`${gunzipSync(await readFile(path))} `));
    const changed = await verify(folder, ...nobody);
    expect([changed.code, problems(changed)]).toEqual([1, ["LogChanged"]]);
  });

  it("says in one line what it can't do", async () => {
    const absent = await verify("nowhere");
    expect([absent.code, absent.stderr]).toEqual([
      1,
      "opentrail: There is no trail nowhere in us-east-1; say another --region, or give its ARN\n",
    ]);
    const empty = join(folder, "empty");
    await mkdir(empty);
    expect((await verify(empty)).stderr).toMatch(/^opentrail: .* has no AWSLogs\/<account>\/… in it; .*\n$/);
    expect((await verify("s3://no-such-bucket-here")).stderr).toMatch(/^opentrail: NoSuchBucket: .*\n$/);
  });
});

describe("opentrail verify of a copy of AWS's own logs", () => {
  // What AWS's guide says of digest files, written down here once more: nothing of OpenTrail's makes this copy.
  // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
  const [organization, management, member] = ["o-aa111bb222", "111111111111", "222222222222"];
  const begin = Date.parse("2026-03-01T10:17:28Z");
  const hour = 3_600_000;
  const iso = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;
  const stamp = (time: number) => iso(time).replaceAll(/[-:]/g, "");
  const day = (time: number) => iso(time).slice(0, 10).replaceAll("-", "/");
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

  let copy: string;
  let keyFiles: string[];
  const nobody = "http://127.0.0.1:1";
  const verify = (...args: string[]) => verifyWith(nobody, copy, ...keyFiles, "--json", ...args);
  const pairs = new Map<string, { privateKey: KeyObject; fingerprint: string }>();

  async function store(key: string, text: string): Promise<void> {
    const path = join(copy, "audit", key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, gzipSync(text));
  }

  interface Previous {
    readonly key: string;
    readonly hash: string;
    readonly signature: string;
  }

  /** A digest of an hour with its log files; `backfill` is when a backfill digest was made. */
  async function digestOf(
    account: string,
    region: string,
    end: number,
    folders: readonly string[],
    previous: Previous | undefined,
    backfill?: number,
  ): Promise<Previous> {
    const folder = `audit/AWSLogs/${organization}/${account}`;
    const logFiles: object[] = [];
    for (const [index, name] of folders.entries()) {
      const time = end - hour + 600_000 * (index + 1);
      const mark = stamp(Math.ceil(time / 300_000) * 300_000).replace(/\d\dZ$/, "Z");
      const s3Object = `${folder}/${name}/${region}/${day(time)}/${account}_${name}_${region}_${mark}_${"Aa1"}${sha256(`${account}${region}${time}${backfill}`).slice(0, 13)}.json.gz`;
      const text = JSON.stringify({ Records: [{ eventID: `${account}-${region}-${time}-${name}` }] });
      await store(s3Object.slice("audit/".length), text);
      const seen = iso(time - 60_000);
      logFiles.push({
        ...{ s3Bucket: "their-bucket", s3Object, hashValue: sha256(text), hashAlgorithm: "SHA-256" },
        ...{ newestEventTime: seen, oldestEventTime: seen },
      });
    }
    const { privateKey, fingerprint } = pairs.get(region) as { privateKey: KeyObject; fingerprint: string };
    const suffix = backfill === undefined ? "" : "_backfill";
    const key = `${folder}/CloudTrail-Digest/${region}/${day(end)}/${account}_CloudTrail-Digest_${region}_org_trail_us-east-1_${stamp(end)}${suffix}.json.gz`;
    const text = JSON.stringify({
      ...{ awsAccountId: account, digestStartTime: iso(end - hour), digestEndTime: iso(end) },
      ...{ digestS3Bucket: "their-bucket", digestS3Object: key, digestPublicKeyFingerprint: fingerprint },
      digestSignatureAlgorithm: "SHA256withRSA",
      newestEventTime: logFiles.length > 0 ? iso(end) : null,
      oldestEventTime: logFiles.length > 0 ? iso(end - hour) : null,
      previousDigestS3Bucket: previous ? "their-bucket" : null,
      previousDigestS3Object: previous?.key ?? null,
      previousDigestHashValue: previous?.hash ?? null,
      previousDigestHashAlgorithm: previous ? "SHA-256" : null,
      previousDigestSignature: previous?.signature ?? null,
      logFiles,
    });
    const signed = `${iso(end)}\ntheir-bucket/${key}\n${sha256(text)}\n${previous?.signature ?? "null"}`;
    const signature = sign("sha256", Buffer.from(signed), privateKey).toString("hex");
    await store(key.slice("audit/".length), text);
    await writeFile(
      join(copy, `${key}.metadata.json`),
      JSON.stringify({
        ...{ signature, "signature-algorithm": "SHA256withRSA" },
        ...(backfill !== undefined && { "backfill-generation-timestamp": new Date(backfill).toISOString() }),
      }),
    );
    return { key, hash: sha256(text), signature };
  }

  const all: Previous[] = [];
  let logs: string[];

  beforeAll(async () => {
    copy = await mkdtemp(join(tmpdir(), "opentrail-aws-copy-"));
    keyFiles = [];
    for (const region of ["us-east-1", "eu-west-1"]) {
      const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
      const der = publicKey.export({ type: "pkcs1", format: "der" });
      const fingerprint = createHash("md5").update(der).digest("hex");
      pairs.set(region, { privateKey, fingerprint });
      // As `aws cloudtrail list-public-keys` prints it.
      const Value = der.toString("base64");
      const listed = { ValidityStartTime: "2026-02-20T00:00:00+00:00", ValidityEndTime: "2026-03-22T00:00:00+00:00" };
      const file = join(copy, `keys-${region}.json`);
      await writeFile(
        file,
        JSON.stringify({ PublicKeyList: [{ Value, ...listed, Fingerprint: fingerprint }] }, null, 4),
      );
      keyFiles.push("--public-keys", file);
    }
    for (const account of [management, member])
      for (const region of pairs.keys()) {
        let previous: Previous | undefined;
        for (const [hours, folders] of [
          ["CloudTrail", "CloudTrail", "CloudTrail-Insight"],
          [],
          ["CloudTrail", "CloudTrail-NetworkActivity", "CloudTrail-Aggregated"],
          ["CloudTrail"],
        ].entries()) {
          previous = await digestOf(account, region, begin + (hours + 1) * hour, folders, previous);
          all.push(previous);
        }
        let late: Previous | undefined;
        for (const hours of [2, 3]) {
          const made = begin + 60 * 24 * hour;
          late = await digestOf(account, region, begin + hours * hour, ["CloudTrail"], late, made);
          all.push(late);
        }
      }
    // What lies beside it in such a bucket and isn't CloudTrail's.
    await store(`AWSLogs/${organization}/${member}/Config/us-east-1/2026/3/1/ConfigSnapshot/config.json.gz`, "{}");
    await store(`AWSLogs/${member}/vpcflowlogs/us-east-1/2026/03/01/${member}_vpcflowlogs.log.gz`, "version");
    const entries = await readdir(copy, { recursive: true });
    logs = entries.filter((name) => /\/\d{12}_CloudTrail(-(?!Digest)[A-Za-z]+)?_.*\.json\.gz$/.test(name));
  });
  afterAll(() => rm(copy, { recursive: true }));

  /** Does something to a file, tells what verification says, and puts it back. */
  async function afterwards(name: string, tamper: (path: string) => Promise<unknown>): Promise<Found> {
    const path = join(copy, name);
    const before = await readFile(path);
    await tamper(path);
    try {
      return await verify();
    } finally {
      await writeFile(path, before);
    }
  }

  it("proves organization paths, other kinds of log files and backfill digests", async () => {
    const { code, report, stderr } = await verify("--until", iso(begin + 4 * hour));
    expect({ code, stderr, findings: report.findings }).toEqual({ code: 0, stderr: "", findings: [] });
    expect(report.digests).toEqual({ valid: all.length, invalid: 0 });
    expect(report.logs).toEqual({ valid: logs.length, invalid: 0 });
    expect([all.length, logs.length]).toEqual([24, 36]);
  });

  it("finds tampering in each of them", async () => {
    for (const kind of ["CloudTrail", "CloudTrail-Insight", "CloudTrail-NetworkActivity"]) {
      const log = logs.find((name) => name.includes(`/${member}/${kind}/eu-west-1/`)) as string;
      expect(problems(await afterwards(log, (path) => writeFile(path, gzipSync("{}"))))).toEqual(["LogChanged"]);
      expect(problems(await afterwards(log, (path) => rm(path)))).toEqual(["LogNotFound"]);
    }
    const backfill = all.filter(({ key }) => key.endsWith("_backfill.json.gz"));
    const changed = await afterwards(backfill[0]?.key as string, (path) => writeFile(path, gzipSync("{}")));
    expect(problems(changed)).toContain("DigestInvalidFormat");
    expect(problems(await afterwards(backfill[0]?.key as string, (path) => rm(path)))).toContain("DigestNotFound");
    const added = join(dirname(logs.find((name) => name.includes("/CloudTrail/eu-west-1/")) as string));
    const extra = join(copy, added, `${member}_CloudTrail_eu-west-1_20260301T1100Z_AAAAAAAAAAAAAAAA.json.gz`);
    await writeFile(extra, gzipSync("{}"));
    await utimes(extra, new Date(begin + hour / 2), new Date(begin + hour / 2));
    expect(problems(await verify())).toEqual(["LogUnnamed"]);
    await rm(extra);
  });

  it("needs the Region's keys", async () => {
    const [option = "", first = ""] = keyFiles;
    const found = await verifyWith(nobody, copy, option, first, "--json");
    expect(found.code).toBe(1);
    expect(new Set(problems(found))).toEqual(new Set(["DigestKeyUnknown"]));
  });
});
