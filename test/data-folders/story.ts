import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import {
  CreateTrailCommand,
  GetTrailStatusCommand,
  LookupEventsCommand,
  StartLoggingCommand,
} from "@aws-sdk/client-cloudtrail";
import {
  CompleteSnapshotCommand,
  EBSClient,
  GetSnapshotBlockCommand,
  ListSnapshotBlocksCommand,
  PutSnapshotBlockCommand,
  StartSnapshotCommand,
} from "@aws-sdk/client-ebs";
import {
  CreateKeyPairCommand,
  CreateVolumeCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeVolumesCommand,
  RunInstancesCommand,
} from "@aws-sdk/client-ec2";
import { CreateAccessKeyCommand, CreateUserCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { clients, eventually, type Keys } from "../support/clients.ts";

/** What a data folder holds, by what it is found by; made by the release whose folder it is. */
export interface Contents {
  readonly instance: string;
  readonly volume: string;
  readonly keyPair: string;
  readonly snapshot: string;
  readonly blockSha256: string;
  readonly user: string;
  readonly keys: Keys;
  readonly bucket: string;
  readonly object: string;
  readonly trail: string;
  readonly logFiles: readonly string[];
  /** Names and ids of all events, the newest first. */
  readonly events: readonly (readonly [name: string, id: string])[];
}

/** Beyond any age that a kept folder may come to. */
export const flags = ["--history-retention", "20000d", "--delivery-interval", "1s"];

const bucket = "kept-trail";
const object = "notes/hello.txt";
const trail = "kept";
const block = Buffer.alloc(512 * 1024, "OpenTrail");
const blockSha256 = createHash("sha256").update(block).digest("base64");

const ebsAt = (endpoint: string) =>
  new EBSClient({ endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } });

const bucketPolicy = (account: string) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: "s3:GetBucketAcl",
        Resource: `arn:aws:s3:::${bucket}`,
      },
      {
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: `arn:aws:s3:::${bucket}/AWSLogs/${account}/*`,
      },
    ],
  });

async function logFilesOf(url: string, name: string): Promise<string[]> {
  const { s3 } = clients(url);
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: name, Prefix: "AWSLogs/" }));
  return Contents.map(({ Key = "" }) => Key).filter((key) => key.includes("/CloudTrail/") && key.endsWith(".json.gz"));
}

async function eventsOf(url: string): Promise<[string, string][]> {
  const { Events = [] } = await clients(url).cloudtrail.send(new LookupEventsCommand({ MaxResults: 50 }));
  return Events.map(({ EventName = "", EventId = "" }) => [EventName, EventId]);
}

/** Fills a new server with something of everything that its data folder keeps. */
export async function fill(url: string): Promise<Contents> {
  const { ec2, iam, s3, sts, cloudtrail } = clients(url);
  const { Account = "" } = await sts.send(new GetCallerIdentityCommand({}));
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: bucketPolicy(Account) }));
  await cloudtrail.send(
    new CreateTrailCommand({
      Name: trail,
      S3BucketName: bucket,
      EnableLogFileValidation: true,
      IsMultiRegionTrail: true,
    }),
  );
  await cloudtrail.send(new StartLoggingCommand({ Name: trail }));
  await s3.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }));
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: object, Body: "hello" }));
  await ec2.send(new CreateKeyPairCommand({ KeyName: "kept", KeyType: "ed25519" }));
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId: "ami-0cf63600155d053c3", InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 }),
  );
  const { VolumeId = "" } = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: "us-east-1a", Size: 1 }));
  const ebs = ebsAt(url);
  const { SnapshotId = "" } = await ebs.send(new StartSnapshotCommand({ VolumeSize: 1 }));
  await ebs.send(
    new PutSnapshotBlockCommand({
      ...{ SnapshotId, BlockIndex: 7, BlockData: block, DataLength: block.length },
      ...{ Checksum: blockSha256, ChecksumAlgorithm: "SHA256" },
    }),
  );
  await ebs.send(new CompleteSnapshotCommand({ SnapshotId, ChangedBlocksCount: 1 }));
  await iam.send(new CreateUserCommand({ UserName: "ada" }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "ada" }));
  const events = await eventually("all events", async () => {
    const found = await eventsOf(url);
    return found.some(([name]) => name === "CreateAccessKey") ? found : undefined;
  });
  const logFiles = await eventually("a log file", async () => {
    const found = await logFilesOf(url, bucket);
    return found.length > 0 ? found : undefined;
  });
  return {
    ...{ instance: Instances?.[0]?.InstanceId ?? "", volume: VolumeId, keyPair: "kept", snapshot: SnapshotId },
    ...{ blockSha256, user: "ada", bucket, object, trail, logFiles, events },
    keys: { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" },
  };
}

/** What of the contents a server has, in the same form. */
export async function look(url: string, kept: Contents): Promise<Contents> {
  const { ec2, s3 } = clients(url);
  const known = await eventsOf(url);
  const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [kept.instance] }));
  const { Volumes } = await ec2.send(new DescribeVolumesCommand({ VolumeIds: [kept.volume] }));
  const { KeyPairs } = await ec2.send(new DescribeKeyPairsCommand({ KeyNames: [kept.keyPair] }));
  const ebs = ebsAt(url);
  const { Blocks } = await ebs.send(new ListSnapshotBlocksCommand({ SnapshotId: kept.snapshot }));
  const { BlockData } = await ebs.send(
    new GetSnapshotBlockCommand({
      ...{ SnapshotId: kept.snapshot, BlockIndex: Blocks?.[0]?.BlockIndex, BlockToken: Blocks?.[0]?.BlockToken },
    }),
  );
  const { Arn } = await clients(url, kept.keys).sts.send(new GetCallerIdentityCommand({}));
  const { VersionId, Body } = await s3.send(new GetObjectCommand({ Bucket: kept.bucket, Key: kept.object }));
  const isWhole = VersionId !== undefined && (await Body?.transformToString()) === "hello";
  const { IsLogging } = await clients(url).cloudtrail.send(new GetTrailStatusCommand({ Name: kept.trail }));
  const files = new Set(await logFilesOf(url, kept.bucket));
  return {
    ...kept,
    instance: Reservations?.[0]?.Instances?.[0]?.InstanceId ?? "",
    volume: Volumes?.[0]?.VolumeId ?? "",
    keyPair: KeyPairs?.[0]?.KeyName ?? "",
    blockSha256: createHash("sha256")
      .update(await buffer(BlockData as AsyncIterable<Buffer>))
      .digest("base64"),
    user: Arn?.split("/").at(-1) ?? "",
    object: isWhole ? kept.object : "",
    trail: IsLogging ? kept.trail : "",
    logFiles: kept.logFiles.filter((key) => files.has(key)),
    events: known.slice(-kept.events.length),
  };
}
