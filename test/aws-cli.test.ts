import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerers, startAnsweredBy } from "./support/answerers.ts";
import { eventually } from "./support/clients.ts";
import type { TestServer } from "./support/opentrail.ts";
import { awsEnvironment, failure, isHere, output } from "./support/tools.ts";

const isCliHere = isHere("aws", "--version");

describe.skipIf(!isCliHere).each(answerers)("aws-cli, unchanged, answered by %s", (answerer) => {
  let server: TestServer;
  let folder: string;
  const aws = async (...args: string[]) => output("aws", args, awsEnvironment(server.url));
  const json = async (...args: string[]) => JSON.parse((await aws(...args, "--output", "json")) || "null");

  beforeAll(async () => {
    server = await startAnsweredBy(answerer, "--delivery-interval", "1s");
    folder = await mkdtemp(join(tmpdir(), "opentrail-cli-"));
  });
  afterAll(async () => {
    await server.dispose();
    await rm(folder, { recursive: true });
  });

  const userName = answerer === "moto" ? "moto" : "root";

  it("makes a volume, and finds the call in Event history", async () => {
    const volume = await json("ec2", "create-volume", "--size", "1", "--availability-zone", "us-east-1a");
    const State = answerer === "moto" ? "available" : "creating";
    expect(volume).toMatchObject({ Size: 1, State, AvailabilityZone: "us-east-1a" });
    const event = await eventually("CreateVolume in Event history", async () => {
      const { Events } = await json(
        ...[
          "cloudtrail",
          "lookup-events",
          "--lookup-attributes",
          `AttributeKey=ResourceName,AttributeValue=${volume.VolumeId}`,
        ],
      );
      return Events[0];
    });
    expect(event).toMatchObject({ EventName: "CreateVolume", ReadOnly: "false", Username: userName });
    expect(JSON.parse(event.CloudTrailEvent).requestParameters).toMatchObject({ size: "1", zone: "us-east-1a" });
  });

  it("is told AWS's errors", async () => {
    const { code, stderr } = await failure(
      "aws",
      ["ec2", "delete-volume", "--volume-id", "vol-0123456789abcdef0"],
      awsEnvironment(server.url),
    );
    expect([254, 255]).toContain(code); // version 2, version 1
    expect(stderr).toContain(
      "An error occurred (InvalidVolume.NotFound) when calling the DeleteVolume operation: The volume 'vol-0123456789abcdef0' does not exist.",
    );
    const [event] = await eventually("DeleteVolume in Event history", async () => {
      const attribute = "AttributeKey=EventName,AttributeValue=DeleteVolume";
      const { Events } = await json("cloudtrail", "lookup-events", "--lookup-attributes", attribute);
      return Events.length > 0 ? Events : undefined;
    });
    expect(JSON.parse(event.CloudTrailEvent)).toMatchObject({
      errorCode: "Client.InvalidVolume.NotFound",
      responseElements: null,
      userAgent: expect.stringContaining("aws-cli/"),
    });
  });

  it("copies, syncs and removes files in a bucket", { timeout: 120_000 }, async () => {
    const local = join(folder, "local");
    await mkdir(join(local, "deep"), { recursive: true });
    await writeFile(join(local, "a.txt"), "a");
    await writeFile(join(local, "deep", "b c.txt"), "b");
    await writeFile(join(folder, "big.bin"), Buffer.alloc(9 * 1024 * 1024, 7)); // beyond 8 MB aws-cli uploads in parts
    await aws("s3", "mb", "s3://files");
    await aws("s3", "sync", local, "s3://files/tree");
    await aws("s3", "cp", join(folder, "big.bin"), "s3://files/big.bin");
    const listing = await aws("s3", "ls", "--recursive", "s3://files");
    expect(listing.match(/\S+ +(\d+) (.*)$/gm)?.map((line) => line.replace(/^\S+ +/, ""))).toEqual([
      "9437184 big.bin",
      "1 tree/a.txt",
      "1 tree/deep/b c.txt",
    ]);
    await aws("s3", "cp", "s3://files/big.bin", join(folder, "back.bin"));
    expect((await readFile(join(folder, "back.bin"))).equals(await readFile(join(folder, "big.bin")))).toBe(true);
    await aws("s3", "rm", "--recursive", "s3://files");
    await aws("s3", "rb", "s3://files");
    expect(await aws("s3", "ls")).not.toContain("files");
  });

  it("makes a trail whose log file holds a later call", { timeout: 120_000 }, async () => {
    await aws("s3", "mb", "s3://trail-bucket");
    const policy = {
      Version: "2012-10-17",
      Statement: [
        {
          Sid: "AWSCloudTrailAclCheck20150319",
          Effect: "Allow",
          Principal: { Service: "cloudtrail.amazonaws.com" },
          Action: "s3:GetBucketAcl",
          Resource: "arn:aws:s3:::trail-bucket",
        },
        {
          Sid: "AWSCloudTrailWrite20150319",
          Effect: "Allow",
          Principal: { Service: "cloudtrail.amazonaws.com" },
          Action: "s3:PutObject",
          Resource: "arn:aws:s3:::trail-bucket/AWSLogs/123456789012/*",
          Condition: { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } },
        },
      ],
    };
    await aws("s3api", "put-bucket-policy", "--bucket", "trail-bucket", "--policy", JSON.stringify(policy));
    await aws(
      "cloudtrail",
      "create-trail",
      "--name",
      "audit",
      "--s3-bucket-name",
      "trail-bucket",
      "--is-multi-region-trail",
    );
    await aws("cloudtrail", "start-logging", "--name", "audit");
    await aws("ec2", "create-key-pair", "--key-name", "of-the-trail", "--region", "eu-west-1");

    const files = await eventually("the log file of eu-west-1", async () => {
      const listing = await json("s3api", "list-objects-v2", "--bucket", "trail-bucket");
      const keys: string[] = (listing?.Contents ?? []).map(({ Key }: { Key: string }) => Key);
      const ours = keys.filter((key) => key.includes("/CloudTrail/eu-west-1/"));
      return ours.length > 0 ? ours : undefined;
    });
    expect(files[0]).toMatch(
      /^AWSLogs\/123456789012\/CloudTrail\/eu-west-1\/\d{4}\/\d\d\/\d\d\/123456789012_CloudTrail_eu-west-1_\d{8}T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz$/,
    );
    await aws("s3", "cp", `s3://trail-bucket/${files[0]}`, join(folder, "log.json.gz"));
    const { Records } = JSON.parse(gunzipSync(await readFile(join(folder, "log.json.gz"))).toString());
    expect(Records).toHaveLength(1);
    expect(Records[0]).toMatchObject({
      eventName: "CreateKeyPair",
      awsRegion: "eu-west-1",
      requestParameters: { keyName: "of-the-trail" },
      responseElements: { keyMaterial: "<sensitiveDataRemoved>" },
    });
  });
});
