import { execFile } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import {
  CreateTrailCommand,
  GetTrailStatusCommand,
  ListPublicKeysCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from "@aws-sdk/client-cloudtrail";
import { CreateKeyPairCommand } from "@aws-sdk/client-ec2";
import { CreateAliasCommand, CreateKeyCommand, GetPublicKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { accountId } from "../src/aws/names.ts";
import { bucketPolicyFor } from "../src/trails/index.ts";
import { clients, eventually } from "./support/clients.ts";
import { startMoto } from "./support/moto.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { awsEnvironment, isHere } from "./support/tools.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const Bucket = "proved-logs";
const arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/proved";

const hasAws = isHere("aws", "--version");

/** Runs `aws cloudtrail validate-logs` on the trail of these tests. */
function validateLogs(url: string, started: string, ...args: string[]) {
  const command = ["cloudtrail", "validate-logs", "--trail-arn", arn, "--start-time", started, ...args];
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile("aws", command, { env: awsEnvironment(url) }, (error, stdout, stderr) =>
      resolve({ code: (error?.code as number | undefined) ?? 0, stdout, stderr }),
    );
  });
}

/** Has the trail of these tests log, into its bucket. */
async function startTrail(aws: ReturnType<typeof clients>): Promise<void> {
  await aws.s3.send(new CreateBucketCommand({ Bucket }));
  await aws.s3.send(
    new PutBucketPolicyCommand({ Bucket, Policy: bucketPolicyFor(Bucket, accountId("123456789012"), arn) }),
  );
  await aws.cloudtrail.send(
    new CreateTrailCommand({ Name: "proved", S3BucketName: Bucket, EnableLogFileValidation: true }),
  );
  await aws.cloudtrail.send(new StartLoggingCommand({ Name: "proved" }));
}

async function filesIn({ s3 }: Pick<ReturnType<typeof clients>, "s3">, folder: string): Promise<string[]> {
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket, Prefix: `AWSLogs/123456789012/${folder}/us-east-1/` }),
  );
  return Contents.map(({ Key }) => Key as string);
}

describe.skipIf(!hasAws)("aws cloudtrail validate-logs, unchanged", () => {
  let server: TestServer;
  let aws: ReturnType<typeof clients>;
  let started: string;

  const validate = (...args: string[]) => validateLogs(server.url, started, ...args);
  const keys = (folder: string) => filesIn(aws, folder);

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
    await startTrail(aws);
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

describe.skipIf(!hasAws || !isHere("moto_server", "--help"))("digests whose key is in KMS", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("are proved by aws cloudtrail validate-logs; a KMS that is away delays them alone, and shows", async () => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    const moto = await startMoto();
    const port = Number(new URL(moto.url).port);
    const started = new Date(Date.now() - 1_000).toISOString();
    const alias = "arn:aws:kms:us-east-1:123456789012:alias/digests";
    vi.stubEnv("OPENTRAIL_ENDPOINTS", JSON.stringify({ kms: moto.url }));
    await moto.stop();
    const flags = ["--delivery-interval", "1s", "--digest-interval", "1s", "--digest-key", alias];
    const server = await startOpenTrail(...flags);
    let again = moto;
    try {
      const aws = clients(server.url);
      const status = () => aws.cloudtrail.send(new GetTrailStatusCommand({ Name: "proved" }));
      await startTrail(aws);
      await aws.ec2.send(new CreateKeyPairCommand({ KeyName: "pair" }));
      await eventually("a log file", async () => (await filesIn(aws, "CloudTrail")).length || undefined);
      const error = () => status().then(({ LatestDigestDeliveryError }) => LatestDigestDeliveryError);
      await eventually("the status", async () => ((await error()) === "KMS.ServiceUnavailable" ? true : undefined));
      expect(await filesIn(aws, "CloudTrail-Digest")).toEqual([]);

      again = await startMoto(port); // there, but without the key
      await eventually(
        "its refusal",
        async () => ((await error()) === "KMS.NotFoundException" ? true : undefined),
        20_000,
      );
      const kms = new KMSClient({ endpoint: moto.url, region: "us-east-1", credentials });
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeySpec: "RSA_2048", KeyUsage: "SIGN_VERIFY" }));
      const { KeyId = "" } = KeyMetadata ?? {};
      await kms.send(new CreateAliasCommand({ AliasName: "alias/digests", TargetKeyId: KeyId }));
      await eventually("a digest", async () => (await filesIn(aws, "CloudTrail-Digest")).at(2), 70_000);
      expect(await status()).toMatchObject({ LatestDigestDeliveryTime: expect.any(Date) });
      expect(await status()).not.toHaveProperty("LatestDigestDeliveryError");

      const { PublicKeyList = [] } = await aws.cloudtrail.send(new ListPublicKeysCommand({}));
      const { PublicKey = new Uint8Array() } = await kms.send(new GetPublicKeyCommand({ KeyId }));
      const spki = createPublicKey({ key: Buffer.from(PublicKey), format: "der", type: "spki" });
      const der = spki.export({ type: "pkcs1", format: "der" });
      expect(PublicKeyList.map(({ Value }) => Buffer.from(Value ?? []).toString("hex"))).toEqual([der.toString("hex")]);
      const { code, stdout, stderr } = await validateLogs(server.url, started);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/(\d+)\/\1 digest files valid\n.*[1-9]\d*\/\d+ log files valid/s);
    } finally {
      await server.dispose();
      await again.stop();
    }
  }, 120_000);

  it("need an endpoint, which the start says", async () => {
    const arn = "arn:aws:kms:us-east-1:123456789012:key/12345678-1234-1234-1234-123456789012";
    await expect(startOpenTrail("--digest-key", arn)).rejects.toThrow(/set endpoints\.kms to where that is, or to aws/);
    await expect(startOpenTrail("--digest-key", "arn:aws:s3:::bucket")).rejects.toThrow(/is no ARN of a KMS key/);
  });
});
