import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { gunzipSync } from "node:zlib";
import {
  CreateTrailCommand,
  DeleteTrailCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  StartLoggingCommand,
  UpdateTrailCommand,
} from "@aws-sdk/client-cloudtrail";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  DeleteLogGroupCommand,
  FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateVolumeCommand, DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectLockConfigurationCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import {
  CreateTopicCommand,
  DeleteTopicCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { accountId } from "../src/aws/names.ts";
import { bucketPolicyFor } from "../src/trails/index.ts";
import { clients, eventually } from "./support/clients.ts";
import { type Moto, startMoto } from "./support/moto.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { isHere } from "./support/tools.ts";

const account = accountId("123456789012");
const secret = "a secret of the webhook";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** The policy that AWS's guide gives a topic, which lets CloudTrail publish for the trails of an account. */
const topicPolicy = (arn: string, sourceAccount: string = account) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AWSCloudTrailSNSPolicy20131101",
        Effect: "Allow",
        Principal: { Service: "cloudtrail.amazonaws.com" },
        Action: "SNS:Publish",
        Resource: arn,
        Condition: { StringEquals: { "aws:SourceAccount": sourceAccount } },
      },
    ],
  });

let folder: string;
const servers: TestServer[] = [];

async function openTrail(settings: object): Promise<TestServer> {
  const config = join(folder, "opentrail.yaml");
  await writeFile(config, stringify({ deliveryInterval: "1s", ...settings }));
  const server = await startOpenTrail("--config", config);
  servers.push(server);
  return server;
}

async function bucket({ s3 }: Pick<ReturnType<typeof clients>, "s3">, Bucket: string, trail: string): Promise<void> {
  await s3.send(new CreateBucketCommand({ Bucket }));
  const arn = `arn:aws:cloudtrail:us-east-1:${account}:trail/${trail}`;
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: bucketPolicyFor(Bucket, account, arn) }));
}

async function loggingTrail(own: ReturnType<typeof clients>, Name: string, settings: object = {}): Promise<void> {
  await bucket(own, `${Name}-logs`, Name);
  await own.cloudtrail.send(new CreateTrailCommand({ Name, S3BucketName: `${Name}-logs`, ...settings }));
  await own.cloudtrail.send(new StartLoggingCommand({ Name }));
}

async function createVolume({ ec2 }: ReturnType<typeof clients>): Promise<string> {
  const { $metadata } = await ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: "us-east-1a" }));
  return $metadata.requestId ?? "";
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-forwarding-"));
  vi.stubEnv("AWS_ACCESS_KEY_ID", credentials.accessKeyId);
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey);
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.dispose();
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

describe("a webhook", () => {
  it("gets signed events of what trails log, in order, though it is away at first", async () => {
    const got: { signature: string; body: string }[] = [];
    let failures = 3;
    const receiver = createServer(async (request, response) => {
      const body = await text(request);
      if (failures-- > 0) return void response.writeHead(503).end();
      got.push({ signature: String(request.headers["x-opentrail-signature"]), body });
      response.end();
    }).listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/in?token=of-the-receiver`;
    const server = await openTrail({ webhooks: [{ url, secret }] });
    try {
      const own = clients(server.url);
      await createVolume(own); // no trail logs it
      await loggingTrail(own, "audit");
      const ids: string[] = [];
      for (let n = 0; n < 5; n++) {
        await own.ec2.send(new DescribeVolumesCommand({}));
        ids.push(await createVolume(own));
      }
      const events = await eventually("the events", async () => {
        const all = got.flatMap(({ body }) => JSON.parse(body));
        return all.length >= 6 ? all : undefined;
      });
      expect(events.map(({ detail }) => detail.eventName)).toEqual(["StartLogging", ...ids.map(() => "CreateVolume")]);
      expect(events.slice(1).map(({ detail }) => detail.requestID)).toEqual(ids);
      expect(events[1]).toEqual({
        version: "0",
        id: events[1].detail.eventID,
        "detail-type": "AWS API Call via CloudTrail",
        source: "aws.ec2",
        account,
        time: events[1].detail.eventTime,
        region: "us-east-1",
        resources: [],
        detail: expect.objectContaining({ eventSource: "ec2.amazonaws.com", readOnly: false }),
      });
      for (const { signature, body } of got) {
        const [, time, hash] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(signature) ?? [];
        expect(hash).toBe(createHmac("sha256", secret).update(`${time}.${body}`).digest("hex"));
        expect(Math.abs(Date.now() / 1_000 - Number(time))).toBeLessThan(60);
      }
      expect(server.output()).toMatch(/webhook 1 \(http:\/\/127\.0\.0\.1:\d+\) answers 503/);
      expect(server.output()).not.toMatch(/of-the-receiver|a secret/);
    } finally {
      receiver.close();
    }
  });

  it("that hangs holds up neither calls nor log files, and the end neither; what it missed comes after the next start", async () => {
    const receiver = createServer(() => {}).listen(0, "127.0.0.1"); // never answers
    await once(receiver, "listening");
    const { port } = receiver.address() as AddressInfo;
    const server = await openTrail({
      webhooks: [{ url: `http://127.0.0.1:${port}/`, secret, readOnlyEvents: true }],
    });
    const own = clients(server.url);
    await loggingTrail(own, "audit");
    await own.ec2.send(new DescribeVolumesCommand({}));
    await eventually("a log file", async () => {
      const { Contents } = await own.s3.send(new ListObjectsV2Command({ Bucket: "audit-logs", Prefix: "AWSLogs/" }));
      return Contents;
    });
    const ended = Date.now();
    expect(await server.end("SIGTERM")).toBe(0);
    expect(Date.now() - ended).toBeLessThan(5_000);
    receiver.closeAllConnections();
    receiver.close();
    await once(receiver, "close");

    const names: string[] = [];
    const back = createServer(async (request, response) => {
      for (const { detail } of JSON.parse(await text(request))) names.push(detail.eventName);
      response.end();
    }).listen(port, "127.0.0.1");
    await once(back, "listening");
    servers.push(await server.restart());
    try {
      await eventually("what it missed", async () => (names.includes("DescribeVolumes") ? true : undefined));
      expect(names.slice(0, 2)).toEqual(["StartLogging", "DescribeVolumes"]);
    } finally {
      back.close();
    }
  });
});

it("a trail with a topic or a log group needs an SNS or CloudWatch Logs", async () => {
  const server = await openTrail({});
  const own = clients(server.url);
  await bucket(own, "logs", "audit");
  const create = (settings: object) =>
    own.cloudtrail.send(new CreateTrailCommand({ Name: "audit", S3BucketName: "logs", ...settings }));
  await expect(create({ SnsTopicName: "topic" })).rejects.toMatchObject({
    name: "InsufficientSnsTopicPolicyException",
    message:
      "SNS Topic does not exist or the topic policy is incorrect! OpenTrail has no SNS: set endpoints.sns to where the topic is.",
  });
  await expect(create({ SnsTopicName: "no topic" })).rejects.toMatchObject({ name: "InvalidSnsTopicNameException" });
  await expect(
    create({
      CloudWatchLogsLogGroupArn: `arn:aws:logs:us-east-1:${account}:log-group:audit:*`,
      CloudWatchLogsRoleArn: `arn:aws:iam::${account}:role/audit`,
    }),
  ).rejects.toMatchObject({ name: "CloudWatchLogsDeliveryUnavailableException" });
});

describe.skipIf(!isHere("moto_server", "--help"))("on moto's server", () => {
  let moto: Moto;
  const at = () => ({ endpoint: moto.url, region: "us-east-1", credentials, maxAttempts: 1 });
  beforeAll(async () => {
    moto = await startMoto();
  });
  afterAll(() => moto.stop());

  /** Subscribes to a new topic; what SNS sends to its subscriber is in `messages`. */
  async function topic(Name: string) {
    const messages: { s3Bucket: string; s3ObjectKey: string[] }[] = [];
    const subscriber = createServer(async (request, response) => {
      const { Type, Message } = JSON.parse(await text(request));
      if (Type === "Notification") messages.push(JSON.parse(Message));
      response.end();
    }).listen(0, "127.0.0.1");
    await once(subscriber, "listening");
    const Endpoint = `http://127.0.0.1:${(subscriber.address() as AddressInfo).port}/`;
    const sns = new SNSClient(at());
    const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name }));
    const setPolicy = (AttributeValue: string) =>
      sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName: "Policy", AttributeValue }));
    await setPolicy(topicPolicy(TopicArn));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: "http", Endpoint }));
    const remove = () => sns.send(new DeleteTopicCommand({ TopicArn }));
    return { arn: TopicArn, messages, setPolicy, remove, close: () => subscriber.close() };
  }

  const logFiles = async ({ s3 }: Pick<ReturnType<typeof clients>, "s3">, Bucket: string) =>
    ((await s3.send(new ListObjectsV2Command({ Bucket, Prefix: "AWSLogs/" }))).Contents ?? []).map(({ Key }) => Key);

  const statusOf = ({ cloudtrail }: ReturnType<typeof clients>, Name: string) =>
    cloudtrail.send(new GetTrailStatusCommand({ Name }));

  it("SNS is told of each log file, and GetTrailStatus tells when", async () => {
    const { arn, messages, close } = await topic("trails");
    try {
      const server = await openTrail({ endpoints: { sns: moto.url } });
      const own = clients(server.url);
      await loggingTrail(own, "audit", { SnsTopicName: "trails" });
      const { Trail } = await own.cloudtrail.send(new GetTrailCommand({ Name: "audit" }));
      expect(Trail).toMatchObject({ SnsTopicName: "trails", SnsTopicARN: arn });
      await createVolume(own);
      const sent = await eventually("a notification of each log file", async () => {
        const keys = messages.flatMap(({ s3ObjectKey }) => s3ObjectKey);
        const files = await logFiles(own, "audit-logs");
        return files.length > 0 && keys.length === files.length ? keys : undefined;
      });
      expect(sent.sort()).toEqual((await logFiles(own, "audit-logs")).sort());
      expect(messages[0]).toEqual({ s3Bucket: "audit-logs", s3ObjectKey: [expect.stringMatching(/\.json\.gz$/)] });
      const status = await eventually("the status", async () => {
        const found = await statusOf(own, "audit");
        return found.LatestNotificationTime && found;
      });
      expect(status.LatestNotificationTime?.getTime()).toBeGreaterThan(Date.now() - 60_000);
      expect(status.LatestNotificationAttemptSucceeded).toMatch(/^\d{4}-.*Z$/);
      expect(status).not.toHaveProperty("LatestNotificationError");
    } finally {
      close();
    }
  });

  it("a trail's topic must let CloudTrail publish", async () => {
    const { arn, setPolicy, close } = await topic("closed");
    try {
      const server = await openTrail({ endpoints: { sns: moto.url } });
      const own = clients(server.url);
      const refusal = {
        name: "InsufficientSnsTopicPolicyException",
        message: `SNS Topic does not exist or the topic policy is incorrect! It does not: Allow SNS:Publish on ${arn} to the service cloudtrail.amazonaws.com.`,
      };
      await setPolicy(topicPolicy(arn, "999999999999"));
      await bucket(own, "logs", "audit");
      const create = (settings: object) =>
        own.cloudtrail.send(new CreateTrailCommand({ Name: "audit", S3BucketName: "logs", ...settings }));
      await expect(create({ SnsTopicName: "closed" })).rejects.toMatchObject(refusal);
      await create({});
      const update = new UpdateTrailCommand({ Name: "audit", SnsTopicName: arn });
      await expect(own.cloudtrail.send(update)).rejects.toMatchObject(refusal);
      await setPolicy(topicPolicy(arn));
      expect(await own.cloudtrail.send(update)).toMatchObject({ SnsTopicARN: arn });
    } finally {
      close();
    }
  });

  it("a topic that is gone shows in GetTrailStatus and holds up nothing; the next topic gets what waited", async () => {
    const first = await topic("first");
    const second = await topic("second");
    try {
      const server = await openTrail({ endpoints: { sns: moto.url } });
      const own = clients(server.url);
      await expect(loggingTrail(own, "none", { SnsTopicName: "no-such-topic" })).rejects.toMatchObject({
        name: "InsufficientSnsTopicPolicyException",
        message: "SNS Topic does not exist or the topic policy is incorrect!",
      });
      await loggingTrail(own, "audit", { SnsTopicName: first.arn });
      await first.remove();
      await createVolume(own);
      const failed = await eventually("the error", async () => {
        const status = await statusOf(own, "audit");
        return status.LatestNotificationError === undefined ? undefined : status;
      });
      expect(failed.LatestNotificationError).toBe("NotFound");
      const files = await logFiles(own, "audit-logs");
      expect(files).not.toEqual([]);
      await own.cloudtrail.send(new UpdateTrailCommand({ Name: "audit", SnsTopicName: second.arn }));
      await eventually("the log file's notification", async () =>
        second.messages.some(({ s3ObjectKey }) => s3ObjectKey.includes(files[0] ?? "")) ? true : undefined,
      );
      await eventually("a status without the error", async () =>
        (await statusOf(own, "audit")).LatestNotificationError === undefined ? true : undefined,
      );
      await own.cloudtrail.send(new UpdateTrailCommand({ Name: "audit", SnsTopicName: "" }));
      const { Trail } = await own.cloudtrail.send(new GetTrailCommand({ Name: "audit" }));
      expect(Trail).not.toHaveProperty("SnsTopicARN");
    } finally {
      first.close();
      second.close();
    }
  });

  it("each record is an event of the trail's log group, in CloudTrail's streams", async () => {
    const logs = new CloudWatchLogsClient(at());
    await logs.send(new CreateLogGroupCommand({ logGroupName: "trails/audit" }));
    const logGroup = {
      CloudWatchLogsLogGroupArn: `arn:aws:logs:us-east-1:${account}:log-group:trails/audit:*`,
      CloudWatchLogsRoleArn: `arn:aws:iam::${account}:role/service/audit`,
    };
    const server = await openTrail({ endpoints: { logs: moto.url } });
    const own = clients(server.url);
    const other = clients(server.url, credentials, "eu-west-1");
    for (const wrong of [
      { CloudWatchLogsLogGroupArn: logGroup.CloudWatchLogsLogGroupArn.slice(0, -2) },
      { CloudWatchLogsLogGroupArn: logGroup.CloudWatchLogsLogGroupArn.replace("audit", "nothing") },
      { CloudWatchLogsLogGroupArn: logGroup.CloudWatchLogsLogGroupArn.replace("us-east-1", "eu-west-1") },
    ])
      await expect(
        own.cloudtrail.send(new CreateTrailCommand({ Name: "audit", S3BucketName: "b-1", ...logGroup, ...wrong })),
      ).rejects.toMatchObject({ name: expect.stringMatching(/^(InvalidCloudWatchLogs|S3Bucket)/) });
    await loggingTrail(own, "audit", { ...logGroup, IsMultiRegionTrail: true });
    const { Trail } = await own.cloudtrail.send(new GetTrailCommand({ Name: "audit" }));
    expect(Trail).toMatchObject(logGroup);
    await own.ec2.send(new DescribeVolumesCommand({}));
    await other.ec2.send(new DescribeVolumesCommand({}));
    const last = await createVolume(own);

    const events = await eventually("the events", async () => {
      const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: "trails/audit" }));
      const records = events.map(({ message = "{}", ...event }) => ({ ...event, record: JSON.parse(message) }));
      const streams = new Set(records.map(({ logStreamName }) => logStreamName));
      return streams.size === 2 && records.some(({ record }) => record.requestID === last) ? records : undefined;
    });
    expect(events.map(({ logStreamName, record }) => `${logStreamName} ${record.eventName}`).sort()).toEqual([
      `${account}_CloudTrail_eu-west-1 DescribeVolumes`,
      ...["CreateVolume", "DescribeVolumes", "GetTrail", "StartLogging"].map(
        (name) => `${account}_CloudTrail_us-east-1 ${name}`,
      ),
    ]);
    for (const { timestamp, record } of events) expect(timestamp).toBe(Date.parse(record.eventTime));
    const deliveredAt = await eventually("the status", async () => {
      return (await statusOf(own, "audit")).LatestCloudWatchLogsDeliveryTime;
    });
    expect(deliveredAt.getTime()).toBeGreaterThan(Date.now() - 60_000);

    await logs.send(new DeleteLogGroupCommand({ logGroupName: "trails/audit" }));
    const missed = await createVolume(own);
    const failed = await eventually("the error", async () => {
      const status = await statusOf(own, "audit");
      return status.LatestCloudWatchLogsDeliveryError ? status : undefined;
    });
    expect(failed.LatestCloudWatchLogsDeliveryError).toBe("ResourceNotFoundException");
    // What the trail logged until it was deleted comes too, however late.
    await own.cloudtrail.send(new DeleteTrailCommand({ Name: "audit" }));
    await logs.send(new CreateLogGroupCommand({ logGroupName: "trails/audit" }));
    await eventually(
      "the event that was missed, and the trail's end",
      async () => {
        const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: "trails/audit" }));
        const text = events.map(({ message }) => message).join();
        return text.includes(missed) && text.includes("DeleteTrail") ? true : undefined;
      },
      20_000,
    );
  });

  it("the role for a trail's log group must trust CloudTrail and allow it to write, as far as it is known here", async () => {
    const logs = new CloudWatchLogsClient(at());
    await logs.send(new CreateLogGroupCommand({ logGroupName: "guarded" }));
    const server = await openTrail({ endpoints: { logs: moto.url } });
    const own = clients(server.url);
    const iam = new IAMClient({ ...at(), endpoint: server.url });
    const group = `arn:aws:logs:us-east-1:${account}:log-group:guarded`;
    const RoleName = "CloudTrail_CloudWatchLogs_Role";
    const trust = (Service: string) =>
      JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" }],
      });
    const allow = (Action: string[], stream = "*") =>
      iam.send(
        new PutRolePolicyCommand({
          RoleName,
          PolicyName: "logs",
          PolicyDocument: JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Action, Resource: [`${group}:log-stream:${stream}`] }],
          }),
        }),
      );
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust("ec2.amazonaws.com") }),
    );
    const settings = { CloudWatchLogsLogGroupArn: `${group}:*`, CloudWatchLogsRoleArn: Role?.Arn };
    await bucket(own, "guarded-logs", "audit");
    const create = () =>
      own.cloudtrail.send(new CreateTrailCommand({ Name: "audit", S3BucketName: "guarded-logs", ...settings }));
    await expect(create()).rejects.toMatchObject({
      name: "InvalidCloudWatchLogsRoleArnException",
      message: `Access denied. Verify in IAM that the role has adequate trust relationships. ${Role?.Arn} does not: Allow sts:AssumeRole to the service cloudtrail.amazonaws.com.`,
    });
    const PolicyDocument = trust("cloudtrail.amazonaws.com");
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument }));
    const stream = `${account}_CloudTrail_us-east-1`;
    for (const [actions, streams, missing] of [
      [["logs:PutLogEvents"], "*", "logs:CreateLogStream"],
      [["logs:*"], `${account}_CloudTrail_eu-west-1*`, "logs:CreateLogStream"],
      [["logs:Create*"], "*", "logs:PutLogEvents"],
    ] as const) {
      await allow([...actions], streams);
      await expect(create()).rejects.toMatchObject({
        name: "InvalidCloudWatchLogsLogGroupArnException",
        message: `Access denied. Verify in IAM that the role has adequate permissions. ${Role?.Arn} does not: Allow ${missing} on ${group}:log-stream:${stream}.`,
      });
    }
    await allow(["logs:CreateLogStream", "logs:PutLogEvents"], `${stream}*`);
    expect(await create()).toMatchObject(settings);
  });

  it("EventBridge gets what changes something, and a bus that asks for it what only reads too", async () => {
    const logs = new CloudWatchLogsClient(at());
    const bus = new EventBridgeClient(at());
    for (const [name, readOnlyEvents] of [
      ["changes", false],
      ["everything", true],
    ] as const) {
      await bus.send(new CreateEventBusCommand({ Name: name }));
      await logs.send(new CreateLogGroupCommand({ logGroupName: name }));
      const EventPattern = JSON.stringify({ source: ["aws.ec2"], "detail-type": ["AWS API Call via CloudTrail"] });
      await bus.send(new PutRuleCommand({ Name: "ec2", EventBusName: name, EventPattern }));
      const Targets = [{ Id: "1", Arn: `arn:aws:logs:us-east-1:${account}:log-group:${name}` }];
      await bus.send(new PutTargetsCommand({ Rule: "ec2", EventBusName: name, Targets }));

      const server = await openTrail({ endpoints: { events: moto.url }, eventBus: { name, readOnlyEvents } });
      const own = clients(server.url);
      await loggingTrail(own, "audit");
      for (let n = 0; n < 15; n++) await own.ec2.send(new DescribeVolumesCommand({}));
      const last = await createVolume(own);
      const events = await eventually("the events", async () => {
        const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName: name }));
        const all = events.map(({ message = "{}" }) => JSON.parse(message));
        return all.some(({ detail }) => detail.requestID === last) ? all : undefined;
      });
      expect(events.map(({ detail }) => detail.eventName).sort()).toEqual([
        "CreateVolume",
        ...Array.from({ length: readOnlyEvents ? 15 : 0 }, () => "DescribeVolumes"),
      ]);
      expect(events.find(({ detail }) => detail.requestID === last)).toMatchObject({
        version: "0",
        source: "aws.ec2",
        "detail-type": "AWS API Call via CloudTrail",
        region: "us-east-1",
      });
      await server.dispose();
    }
  });

  it("log files and digests in a bucket with Object Lock are kept as long as it says", async () => {
    const s3 = new S3Client({ ...at(), forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: "kept-logs", ObjectLockEnabledForBucket: true }));
    const Rule = { DefaultRetention: { Mode: "COMPLIANCE", Days: 365 } } as const;
    const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled", Rule } as const;
    await s3.send(new PutObjectLockConfigurationCommand({ Bucket: "kept-logs", ObjectLockConfiguration }));
    const server = await openTrail({ endpoints: { s3: moto.url }, digestInterval: "1s" });
    const own = clients(server.url);
    const settings = { S3BucketName: "kept-logs", EnableLogFileValidation: true };
    await own.cloudtrail.send(new CreateTrailCommand({ Name: "audit", ...settings }));
    await own.cloudtrail.send(new StartLoggingCommand({ Name: "audit" }));
    await createVolume(own);
    for (const kind of ["/CloudTrail/", "/CloudTrail-Digest/"]) {
      const Key = await eventually(`a file in ${kind}`, async () =>
        (await logFiles({ s3 }, "kept-logs")).find((key) => key?.includes(kind)),
      );
      const head = await s3.send(new HeadObjectCommand({ Bucket: "kept-logs", Key }));
      expect(head.ObjectLockMode).toBe("COMPLIANCE");
      expect(head.ObjectLockRetainUntilDate?.getTime()).toBeGreaterThan(Date.now() + 364 * 86_400_000);
    }
  });

  it("log files go to an S3 of one's own; its errors show in GetTrailStatus and the files come when it is back", async () => {
    const s3 = new S3Client({ ...at(), forcePathStyle: true });
    const server = await openTrail({ endpoints: { s3: moto.url } });
    const own = clients(server.url);
    const create = new CreateTrailCommand({ Name: "audit", S3BucketName: "far-logs" });
    await own.s3.send(new CreateBucketCommand({ Bucket: "far-logs" })); // OpenTrail's own isn't it
    await expect(own.cloudtrail.send(create)).rejects.toMatchObject({ name: "S3BucketDoesNotExistException" });
    await s3.send(new CreateBucketCommand({ Bucket: "far-logs" }));
    await own.cloudtrail.send(create);
    await own.cloudtrail.send(new StartLoggingCommand({ Name: "audit" }));
    const first = await createVolume(own);
    const requestIds = async () => {
      const ids: string[] = [];
      for (const Key of await logFiles({ s3 }, "far-logs")) {
        const { Body, ContentType, ContentEncoding } = await s3.send(new GetObjectCommand({ Bucket: "far-logs", Key }));
        expect([ContentType, ContentEncoding]).toEqual(["application/json", "gzip"]);
        const { Records } = JSON.parse(gunzipSync((await Body?.transformToByteArray()) ?? "").toString());
        ids.push(...Records.map(({ requestID }: { requestID: string }) => requestID));
      }
      return ids;
    };
    await eventually("the first call's log file", async () =>
      (await requestIds()).includes(first) ? true : undefined,
    );

    const port = Number(new URL(moto.url).port);
    await moto.stop();
    const meanwhile = await createVolume(own);
    moto = await startMoto(port); // which has forgotten the bucket
    const failed = await eventually(
      "the error",
      async () => {
        const status = await statusOf(own, "audit");
        return status.LatestDeliveryError ? status : undefined;
      },
      20_000,
    );
    expect(failed.LatestDeliveryError).toBe("NoSuchBucket");
    await s3.send(new CreateBucketCommand({ Bucket: "far-logs" }));
    await eventually("the log file", async () => ((await requestIds()).includes(meanwhile) ? true : undefined), 20_000);
    await eventually("a status without the error", async () =>
      (await statusOf(own, "audit")).LatestDeliveryError === undefined ? true : undefined,
    );
  });
});
