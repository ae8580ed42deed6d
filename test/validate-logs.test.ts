import { execFile } from "node:child_process";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  CreateTrailCommand,
  GetTrailStatusCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from "@aws-sdk/client-cloudtrail";
import { CreateKeyPairCommand } from "@aws-sdk/client-ec2";
import {
  CopyObjectCommand,
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
import { awsEnvironment, isHere } from "./support/tools.ts";

const Bucket = "proved-logs";
const arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/proved";

describe.skipIf(!isHere("aws", "--version"))("aws cloudtrail validate-logs, unchanged", () => {
  let server: TestServer;
  let aws: ReturnType<typeof clients>;
  let started: string;

  async function validate(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    const command = ["cloudtrail", "validate-logs", "--trail-arn", arn, "--start-time", started, ...args];
    return new Promise((resolve) => {
      execFile("aws", command, { env: awsEnvironment(server.url) }, (error, stdout, stderr) =>
        resolve({ code: (error?.code as number | undefined) ?? 0, stdout, stderr }),
      );
    });
  }

  async function keys(folder: string): Promise<string[]> {
    const { Contents = [] } = await aws.s3.send(
      new ListObjectsV2Command({ Bucket, Prefix: `AWSLogs/123456789012/${folder}/us-east-1/` }),
    );
    return Contents.map(({ Key }) => Key as string);
  }

  async function read(Key: string) {
    const { Body, Metadata, ContentType, ContentEncoding } = await aws.s3.send(new GetObjectCommand({ Bucket, Key }));
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
    return { Bucket, Key, Body: bytes, Metadata, ContentType, ContentEncoding };
  }
  const put = (object: Awaited<ReturnType<typeof read>>) => aws.s3.send(new PutObjectCommand(object));
  const remove = (Key: string) => aws.s3.send(new DeleteObjectCommand({ Bucket, Key }));

  /** Does something to an object, tells what validate-logs says of it, and puts it back as it was. */
  async function afterTampering(key: string, tamper: (object: Awaited<ReturnType<typeof read>>) => Promise<unknown>) {
    const before = await read(key);
    await tamper(before);
    try {
      return await validate();
    } finally {
      await put(before);
    }
  }

  beforeAll(async () => {
    server = await startOpenTrail("--delivery-interval", "1s", "--digest-interval", "2s");
    aws = clients(server.url);
    started = new Date(Date.now() - 1_000).toISOString();
    await aws.s3.send(new CreateBucketCommand({ Bucket }));
    await aws.s3.send(
      new PutBucketPolicyCommand({ Bucket, Policy: bucketPolicyFor(Bucket, accountId("123456789012"), arn) }),
    );
    await aws.cloudtrail.send(
      new CreateTrailCommand({ Name: "proved", S3BucketName: Bucket, EnableLogFileValidation: true }),
    );
    await aws.cloudtrail.send(new StartLoggingCommand({ Name: "proved" }));
    for (let round = 0; round < 4; round++) {
      await aws.ec2.send(new CreateKeyPairCommand({ KeyName: `pair-${round}` }));
      await eventually(`log file ${round}`, async () => (await keys("CloudTrail")).length > round || undefined);
    }
    await aws.cloudtrail.send(new StopLoggingCommand({ Name: "proved" }));
    await eventually(
      "the last digest",
      async () => {
        const texts = await Promise.all((await keys("CloudTrail-Digest")).map(read));
        const named = texts.flatMap(({ Body }) => JSON.parse(gunzipSync(Body).toString()).logFiles);
        const logs = await keys("CloudTrail");
        const last = logs.length >= 5 && named.length === logs.length;
        return last || undefined;
      },
      20_000,
    );
  }, 60_000);
  afterAll(() => server.dispose());

  it("finds everything valid", async () => {
    const { code, stdout, stderr } = await validate("--verbose");
    const [digests, logs] = [(await keys("CloudTrail-Digest")).length, (await keys("CloudTrail")).length];
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(`${digests}/${digests} digest files valid`);
    expect(stdout).toContain(`${logs}/${logs} log files valid`);
    expect(digests).toBeGreaterThan(2);
    expect(await aws.cloudtrail.send(new GetTrailStatusCommand({ Name: "proved" }))).toMatchObject({
      LatestDigestDeliveryTime: expect.any(Date),
    });
  });

  it("finds a log file that was changed", async () => {
    const [key = ""] = await keys("CloudTrail");
    const { code, stderr } = await afterTampering(key, (object) =>
      put({ ...object, Body: gzipSync(gunzipSync(object.Body).toString().replace("eventTime", "eventTIME")) }),
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`Log file\ts3://${Bucket}/${key}\tINVALID: hash value doesn't match`);
  });

  it("finds a log file that was deleted", async () => {
    const [key = ""] = await keys("CloudTrail");
    const { code, stderr } = await afterTampering(key, () => remove(key));
    expect(code).toBe(1);
    expect(stderr).toContain(`Log file\ts3://${Bucket}/${key}\tINVALID: not found`);
  });

  it("finds a log file that was renamed", async () => {
    const [key = ""] = await keys("CloudTrail");
    const renamed = key.replace(".json.gz", "x.json.gz");
    const { code, stderr } = await afterTampering(key, async () => {
      await aws.s3.send(new CopyObjectCommand({ Bucket, Key: renamed, CopySource: `${Bucket}/${key}` }));
      await remove(key);
    });
    await remove(renamed);
    expect(code).toBe(1);
    expect(stderr).toContain(`Log file\ts3://${Bucket}/${key}\tINVALID: not found`);
  });

  it("finds a digest that was changed", async () => {
    const key = (await keys("CloudTrail-Digest")).at(-1) as string;
    const { code, stderr } = await afterTampering(key, (object) =>
      put({ ...object, Body: gzipSync(gunzipSync(object.Body).toString().replace('"logFiles":[{', '"logFiles": [{')) }),
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`Digest file\ts3://${Bucket}/${key}\tINVALID: signature verification failed`);
  });

  it("finds a digest that was deleted, and one that was moved", async () => {
    const [, second = "", third = ""] = await keys("CloudTrail-Digest");
    const deleted = await afterTampering(second, () => remove(second));
    expect(deleted.code).toBe(1);
    expect(deleted.stderr).toContain(`Digest file\ts3://${Bucket}/${second}\tINVALID: not found`);
    const moved = await afterTampering(second, async () => put({ ...(await read(third)), Key: second }));
    expect(moved.code).toBe(1);
    expect(moved.stderr).toContain(
      `Digest file\ts3://${Bucket}/${second}\tINVALID: has been moved from its original location`,
    );
  });

  it("finds a broken chain", async () => {
    const key = (await keys("CloudTrail-Digest")).at(-1) as string;
    const { code, stderr } = await afterTampering(key, (object) => {
      const text = gunzipSync(object.Body)
        .toString()
        .replace(/"previousDigestSignature":"[0-9a-f]{8}/, '"previousDigestSignature":"00000000');
      return put({ ...object, Body: gzipSync(text) });
    });
    expect(code).toBe(1);
    expect(stderr).toContain(`Digest file\ts3://${Bucket}/${key}\tINVALID: signature verification failed`);
  });
});
