import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { gunzipSync } from "node:zlib";
import { CreateVolumeCommand, EC2Client } from "@aws-sdk/client-ec2";
import { GetBucketPolicyCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig, type RunningServer, startServer } from "../server/index.ts";
import { printed } from "./command.fixture.ts";
import { trailCommand } from "./trail.ts";

let server: RunningServer;
let folder: string;
let ec2: EC2Client;
let s3: S3Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-trail-"));
  const config = loadConfig({ port: "0", data: folder, deliveryInterval: "1s" }, {});
  server = await startServer(config, pino({ level: "silent" }));
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const options = { endpoint: server.url, region: "eu-west-1", credentials, maxAttempts: 1 };
  ec2 = new EC2Client(options);
  s3 = new S3Client({ ...options, forcePathStyle: true });
});
afterAll(async () => {
  ec2.destroy();
  s3.destroy();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const env = (url = server.url) => ({ AWS_ENDPOINT_URL: url, AWS_REGION: "eu-west-1" });
const trail = async (args: readonly string[], url = server.url) =>
  stripVTControlCharacters(await printed(trailCommand, args, env(url), true));

const keys = async (bucket: string, prefix: string) => {
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  return Contents.map(({ Key = "" }) => Key);
};

describe("opentrail trail", () => {
  const arn = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/opentrail";

  it("create makes bucket, policy and trail, tells how to read the logs, and log files come", async () => {
    expect(await trail(["create", "--bucket", "the-logs"])).toContain(
      `Bucket         s3://the-logs made
Bucket policy  lets the trail write
Trail          ${arn} made: all Regions, log file validation
Logging        on
`,
    );
    await ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: "eu-west-1a" }));
    const below = "AWSLogs/123456789012/CloudTrail/eu-west-1/";
    await expect
      .poll(
        async () => {
          const names: string[] = [];
          for (const Key of await keys("the-logs", below)) {
            const { Body } = await s3.send(new GetObjectCommand({ Bucket: "the-logs", Key }));
            const { Records } = JSON.parse(gunzipSync((await Body?.transformToByteArray()) ?? "").toString());
            names.push(...Records.map(({ eventName }: { eventName: string }) => eventName));
          }
          return names;
        },
        { timeout: 10_000 },
      )
      .toContain("CreateVolume");
  });

  it("create run again changes nothing, and leaves another's statements in the policy", async () => {
    await trail(["create", "--bucket", "shared-logs", "--name", "first"]);
    await trail(["create", "--bucket", "shared-logs", "--name", "sec.ond", "--prefix", "below"]);
    const again = await trail(["create", "--bucket", "shared-logs", "--name", "first"]);
    expect(again).toContain("s3://shared-logs was there");
    expect(again).toContain("lets the trail write already");
    expect(again).toContain("trail/first was there");
    const { Policy = "" } = await s3.send(new GetBucketPolicyCommand({ Bucket: "shared-logs" }));
    expect(JSON.parse(Policy).Statement.map(({ Sid }: { Sid: string }) => Sid)).toEqual([
      "AWSCloudTrailAclCheck20150319",
      "AWSCloudTrailWrite20150319",
      "AWSCloudTrailAclCheck20150319second",
      "AWSCloudTrailWrite20150319second",
    ]);
  });

  it("create says in one line why it can't", async () => {
    await trail(["create", "--bucket", "one-logs", "--name", "taken"]);
    await expect(trail(["create", "--bucket", "other-logs", "--name", "taken"])).rejects.toThrow(
      "The trail taken is there and delivers to s3://one-logs/; give the new one another --name",
    );
    await expect(trail(["create", "--bucket", "Not_A_Bucket", "--name", "new"])).rejects.toThrow(
      /^InvalidBucketName: [^\n]+$/,
    );
    await expect(trail(["create", "--bucket", "the-logs", "--name", "a"])).rejects.toThrow(
      "InvalidTrailNameException: Trail name too short.",
    );
    await expect(trail(["create", "--bucket", "the-logs"], "http://127.0.0.1:1")).rejects.toThrow(
      "OpenTrail doesn't answer at http://127.0.0.1:1 (ECONNREFUSED)",
    );
  });

  it("list and status show what there is", async () => {
    await trail(["create", "--bucket", "the-logs"]);
    const list = await trail(["list"]);
    expect(list).toMatch(/^NAME +HOME REGION +REGIONS +LOG FILES\n/);
    expect(list).toMatch(/\nopentrail +eu-west-1 +all +s3:\/\/the-logs\/\n/);
    expect(await trail(["list", "--region", "us-east-1"])).toContain("opentrail");
    const status = await trail(["status", arn]);
    expect(status).toMatch(/^IsLogging +yes\n/);
    expect(status).toMatch(/StartLoggingTime +\d{4}-/);
    await expect(trail(["status", "nothing"])).rejects.toThrow("TrailNotFoundException: Unknown trail: ");
  });

  it("answers a pipe with JSON", async () => {
    const piped = async (...args: string[]) => JSON.parse(await printed(trailCommand, args, env()));
    expect(await piped("create", "--bucket", "the-logs")).toMatchObject({
      arn,
      account: "123456789012",
      steps: { Bucket: "s3://the-logs was there", Logging: "on" },
    });
    expect(await piped("list")).toContainEqual(expect.objectContaining({ Name: "opentrail", TrailARN: arn }));
    expect(await piped("list", "--region", "us-east-1")).toEqual(await piped("list"));
    expect(await piped("status", arn)).toMatchObject({
      IsLogging: true,
      StartLoggingTime: expect.stringMatching(/Z$/),
    });
  });
});
