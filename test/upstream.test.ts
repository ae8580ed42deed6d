import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import { CreateTrailCommand, StartLoggingCommand } from "@aws-sdk/client-cloudtrail";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { CreateVolumeCommand, DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { CreateTopicCommand, PublishCommand, SNSClient } from "@aws-sdk/client-sns";
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Action, service } from "../src/aws/model.ts";
import { credentials as exampleKeys, requestOfSdk } from "../src/aws/sdk.fixture.ts";
import { exampleMembers } from "../src/record/example-values.ts";
import { clients, eventOf, eventually } from "./support/clients.ts";
import { type Moto, startMoto } from "./support/moto.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { awsEnvironment, isHere, output } from "./support/tools.ts";

const account = "123456789012";

describe.skipIf(!isHere("moto_server", "--help"))("in front of moto", () => {
  let moto: Moto;
  let server: TestServer;
  beforeAll(async () => {
    moto = await startMoto();
    server = await startOpenTrail("--upstream", moto.url, "--delivery-interval", "1s");
  });
  afterAll(async () => {
    await server.dispose();
    await moto.stop();
  });

  it("EC2 is moto's, and the record tells what was asked and what moto answered", async () => {
    const { ec2, cloudtrail } = clients(server.url);
    const made = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: "us-east-1a", Size: 3 }));
    const direct = await clients(moto.url).ec2.send(new DescribeVolumesCommand({ VolumeIds: [made.VolumeId ?? ""] }));
    expect(direct.Volumes).toHaveLength(1);
    const { record } = await eventOf(cloudtrail, "CreateVolume", made.$metadata.requestId);
    expect(record).toMatchObject({
      eventSource: "ec2.amazonaws.com",
      requestParameters: { size: "3", zone: "us-east-1a" },
      responseElements: { volumeId: made.VolumeId, size: "3", status: "available" },
      recipientAccountId: account,
    });
    await expect(ec2.send(new DescribeVolumesCommand({ VolumeIds: ["vol-0000"] }))).rejects.toThrow("does not exist");
    const failed = await eventOf(cloudtrail, "DescribeVolumes");
    expect(failed.record).toMatchObject({ errorCode: "Client.InvalidVolume.NotFound", responseElements: null });
  });

  it("who calls is learnt from moto's answers, and lasts", async () => {
    const { iam } = clients(server.url);
    const { User } = await iam.send(new CreateUserCommand({ UserName: "alice", Path: "/team/" }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "alice" }));
    const key = AccessKey?.AccessKeyId ?? "";
    const alice = { accessKeyId: key, secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
    await clients(server.url, alice).sts.send(new GetCallerIdentityCommand({}));
    const identity = {
      type: "IAMUser",
      principalId: User?.UserId,
      arn: `arn:aws:iam::${account}:user/team/alice`,
      accessKeyId: key,
      userName: "alice",
    };
    const asAlice = async (name: string, url = server.url) =>
      eventually(`alice's ${name}`, async () => {
        const found = await fetch(`${url}/_opentrail/events?EventName=${name}&AccessKeyId=${key}`);
        const [line] = (await found.text()).trim().split("\n");
        return line ? (JSON.parse(line) as Record<string, unknown>) : undefined;
      });
    expect(JSON.stringify(await asAlice("GetCallerIdentity"))).toContain("user/team/alice");

    await iam.send(new CreateRoleCommand({ RoleName: "auditor", AssumeRolePolicyDocument: "{}" }));
    const { Credentials, AssumedRoleUser } = await clients(server.url, alice).sts.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account}:role/auditor`, RoleSessionName: "morning" }),
    );
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    server = await server.restart();
    const volume = await clients(server.url, session).ec2.send(
      new CreateVolumeCommand({ AvailabilityZone: "us-east-1b", Size: 1 }),
    );
    const later = clients(server.url).cloudtrail;
    const { record } = await eventOf(later, "CreateVolume", volume.$metadata.requestId);
    expect(record.userIdentity).toMatchObject({
      type: "AssumedRole",
      principalId: AssumedRoleUser?.AssumedRoleId,
      arn: `arn:aws:sts::${account}:assumed-role/auditor/morning`,
      accessKeyId: session.accessKeyId,
      sessionContext: {
        sessionIssuer: { type: "Role", arn: `arn:aws:iam::${account}:role/auditor`, userName: "auditor" },
      },
    });
    const token = await clients(server.url, alice).sts.send(new GetSessionTokenCommand({}));
    const { record: asked } = await eventOf(later, "GetSessionToken", token.$metadata.requestId);
    expect(asked.userIdentity).toMatchObject(identity);

    await clients(server.url).iam.send(new DeleteAccessKeyCommand({ UserName: "alice", AccessKeyId: key }));
    const unknown = await clients(server.url, alice).sts.send(new GetCallerIdentityCommand({}));
    const { record: stranger } = await eventOf(later, "GetCallerIdentity", unknown.$metadata.requestId);
    expect(stranger.userIdentity.arn).toBe(unknown.Arn);
  });

  it("a key that nobody told of is whoever moto says it is, asked once and not recorded", async () => {
    const strange = { accessKeyId: "AKIASTRANGER00000001", secretAccessKey: "any" };
    const { sts } = clients(server.url, strange);
    const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
    const found = await eventually("the one event", async () => {
      const text = await (await fetch(`${server.url}/_opentrail/events?AccessKeyId=${strange.accessKeyId}`)).text();
      return text.trim() === "" ? undefined : text.trim().split("\n");
    });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(Arn);
  });

  it("a session that began elsewhere is told by moto, and its role by IAM's answers, path and all", async () => {
    const { iam, cloudtrail } = clients(server.url);
    await iam.send(new CreateRoleCommand({ RoleName: "deploy", Path: "/app/", AssumeRolePolicyDocument: "{}" }));
    const RoleArn = `arn:aws:iam::${account}:role/app/deploy`;
    const { Credentials } = await clients(moto.url).sts.send(
      new AssumeRoleCommand({ RoleArn, RoleSessionName: "elsewhere" }),
    );
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    const { $metadata } = await clients(server.url, session).ec2.send(new DescribeVolumesCommand({}));
    const { record } = await eventOf(cloudtrail, "DescribeVolumes", $metadata.requestId);
    expect(record.userIdentity).toMatchObject({
      type: "AssumedRole",
      arn: `arn:aws:sts::${account}:assumed-role/deploy/elsewhere`,
      sessionContext: { sessionIssuer: { type: "Role", arn: RoleArn, userName: "deploy" } },
    });
  });

  it("objects of any size pass both ways, with the memory of small ones", { timeout: 120_000 }, async () => {
    const { s3 } = clients(server.url);
    await s3.send(new CreateBucketCommand({ Bucket: "big" }));
    const chunk = randomBytes(1024 * 1024);
    const megabytes = 200;
    const memory = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, "utf8"))?.[1]) / 1024;
    const before = memory();
    await s3.send(
      new PutObjectCommand({
        Bucket: "big",
        Key: "one",
        ContentLength: megabytes * chunk.length,
        Body: Readable.from(Array.from({ length: megabytes }, () => chunk)),
      }),
    );
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "big", Key: "one" }));
    const hash = createHash("sha256");
    for await (const part of Body as Readable) hash.update(part as Buffer);
    const expected = createHash("sha256");
    for (let index = 0; index < megabytes; index++) expected.update(chunk);
    expect(hash.digest("hex")).toBe(expected.digest("hex"));
    expect(memory() - before).toBeLessThan(150);
    const range = await s3.send(new GetObjectCommand({ Bucket: "big", Key: "one", Range: "bytes=5-9" }));
    expect(Buffer.from((await range.Body?.transformToByteArray()) ?? []).equals(chunk.subarray(5, 10))).toBe(true);
    await expect(s3.send(new HeadObjectCommand({ Bucket: "big", Key: "none" }))).rejects.toThrow();
  });

  it("other services are recorded by their model where it is installed, and no secret with them", async () => {
    const options = { endpoint: server.url, region: "us-east-1", credentials: exampleKeys };
    const sns = new SNSClient(options);
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: "alarms" }));
    await sns.send(new PublishCommand({ TopicArn, Message: "s3cr3t" }));
    const logs = new CloudWatchLogsClient(options);
    await logs.send(new CreateLogGroupCommand({ logGroupName: "group" }));
    const { cloudtrail } = clients(server.url);
    expect((await eventOf(cloudtrail, "CreateTopic")).record).toMatchObject({
      eventSource: "sns.amazonaws.com",
      requestParameters: { name: "alarms" },
      responseElements: { topicArn: TopicArn },
    });
    expect((await eventOf(cloudtrail, "CreateLogGroup")).record).toMatchObject({
      eventSource: "logs.amazonaws.com",
      requestParameters: { logGroupName: "group" },
    });
  });

  it.skipIf(!isHere("python3", "-c", "import boto3"))(
    "other services are recorded from the wire without one",
    { timeout: 60_000 },
    async () => {
      const script = new URL("upstream_services.py", import.meta.url).pathname;
      const records = JSON.parse(await output("python3", [script, server.url], awsEnvironment(server.url)));
      expect(records).toMatchObject({
        "dynamodb CreateTable": { requestParameters: { tableName: "cheese", billingMode: "PAY_PER_REQUEST" } },
        "sqs CreateQueue": { responseElements: { queueUrl: expect.stringContaining(server.url) } },
        "sqs GetQueueUrl": { errorCode: "QueueDoesNotExist", responseElements: null },
        "kms CreateKey": { readOnly: false },
        "kms Encrypt": { readOnly: true, requestParameters: { keyId: expect.any(String) } },
        "secretsmanager CreateSecret": { requestParameters: { name: "shown" } },
        "ssm PutParameter": { requestParameters: { name: "/shown", value: "HIDDEN_DUE_TO_SECURITY_REASONS" } },
        "lambda ListFunctions20150331": { readOnly: true },
      });
      expect(JSON.stringify(records)).not.toContain("s3cr3t");
    },
  );

  it("trails deliver into moto's buckets", async () => {
    const { s3, cloudtrail } = clients(server.url);
    await s3.send(new CreateBucketCommand({ Bucket: "logs" }));
    const allow = (Action: string, Resource: string) => ({
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action,
      Resource,
    });
    const Statement = [allow("s3:GetBucketAcl", "arn:aws:s3:::logs"), allow("s3:PutObject", "arn:aws:s3:::logs/*")];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await s3.send(new PutBucketPolicyCommand({ Bucket: "logs", Policy }));
    await cloudtrail.send(new CreateTrailCommand({ Name: "audit", S3BucketName: "logs" }));
    await cloudtrail.send(new StartLoggingCommand({ Name: "audit" }));
    await clients(server.url).ec2.send(new CreateVolumeCommand({ AvailabilityZone: "us-east-1a", Size: 1 }));
    const keys = await eventually("a log file in moto", async () => {
      const { Contents } = await clients(moto.url).s3.send(new ListObjectsV2Command({ Bucket: "logs" }));
      return Contents?.some(({ Key }) => Key?.endsWith(".json.gz")) ? Contents : undefined;
    });
    expect(keys.length).toBeGreaterThan(0);
  });
});

/** Sends a request as it is and gives what comes back. */
async function raw(url: string, request: { method: string; path: string; headers: object; body: Buffer }) {
  const { hostname, port } = new URL(url);
  const { path, method } = request;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = httpRequest({ hostname, port, path, method, headers: { ...request.headers } }, resolve);
    sent.on("error", reject).end(request.body);
  });
  const body = Buffer.concat(await response.toArray()).toString("utf8");
  return { status: response.statusCode, body, requestId: response.headers["x-amzn-requestid"] };
}

// Ids are drawn and times are told by each server for itself.
const comparable = (text: string) =>
  text
    .replace(/\d{4}-\d\d-\d\d[T ][\d:.]+(Z|\+00:00)?/g, "TIME")
    .replace(/\b[A-Za-z0-9]{52}\b/g, "REQUEST")
    .replace(/\b2400:6500:\w+:\w+::/g, "ADDRESS")
    .replace(/\b(10|172|192|54|127)(\.\d+){3}\b|ip(-\d+){4}|ec2(-\d+){4}/g, "ADDRESS")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "UUID")
    .replace(/\b([a-z]+)-[0-9a-f]{8,17}\b/g, "$1-ID");

describe.skipIf(!isHere("moto_server", "--help"))("every action of EC2", () => {
  let motos: readonly Moto[];
  let server: TestServer;
  beforeAll(async () => {
    motos = [await startMoto(), await startMoto()];
    server = await startOpenTrail("--upstream", (motos[0] as Moto).url);
  });
  afterAll(async () => {
    await server.dispose();
    await Promise.all(motos.map((moto) => moto.stop()));
  });

  it("is answered as moto answers directly, and recorded once", { timeout: 600_000 }, async () => {
    const ec2 = service("ec2");
    const direct = (motos[1] as Moto).url;
    const requestIds = new Map<string, string>();
    // Both draw the same ids.
    for (const url of [server.url, direct]) await fetch(`${url}/moto-api/seed?a=7`, { method: "POST" });
    for (const action of ec2.actions.values()) {
      const sent = await requestOfSdk("ec2", action.name, inputOf(action));
      const request = { ...sent, body: sent.body as Buffer };
      const [through, straight] = [await raw(server.url, request), await raw(direct, request)];
      expect([action.name, through.status]).toEqual([action.name, straight.status]);
      expect(comparable(through.body), action.name).toBe(comparable(straight.body));
      requestIds.set(action.name, String(through.requestId));
    }
    const found = await eventually(
      "all events",
      async () => {
        const text = await (await fetch(`${server.url}/_opentrail/events?limit=5000`)).text();
        const events = text.trim().split("\n");
        return events.length >= ec2.actions.size ? events : undefined;
      },
      30_000,
    );
    expect(found).toHaveLength(ec2.actions.size);
    for (const name of ec2.actions.keys()) {
      expect(found.filter((line) => line.includes(`"${name}"`)).length, name).toBeGreaterThan(0);
    }
    expect(requestIds.size).toBe(ec2.actions.size);
  });
});

// What isn't there is asked for: an example of each member.
function inputOf(action: Action) {
  return exampleMembers(service("ec2"), action.input);
}
