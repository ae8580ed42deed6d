import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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

  function verify(...args: string[]): Promise<Found> {
    const env = { PATH: process.env.PATH, AWS_ENDPOINT_URL: server.url };
    return new Promise((resolve) => {
      execFile(process.execPath, [main, "verify", ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), report: JSON.parse(stdout || "null"), stderr }),
      );
    });
  }
  const problems = ({ report }: Found, level = "error") =>
    report.findings.filter((one) => one.level === level).map(({ problem }) => problem);

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
    const { code, ...found } = await without(...digests.slice(-3));
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
