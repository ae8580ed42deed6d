// The two records that AWS's own guides print, reproduced by making the calls behind them:
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-with-cloudtrail.html (TerminateInstances by root) and
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-with-cloudtrail.html#ec2-instance-connect-cloudtrail (SendSSHPublicKey).
import { generateKeyPairSync } from "node:crypto";
import {
  DescribeImagesCommand,
  DescribeInstancesCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from "@aws-sdk/client-ec2";
import { SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import { CreateAccessKeyCommand, CreateUserCommand } from "@aws-sdk/client-iam";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventOf, eventually } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startOpenTrail();
});
afterAll(() => server.dispose());

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function launch(): Promise<string> {
  const { ec2 } = clients(server.url);
  const { Instances } = await ec2.send(
    new RunInstancesCommand({ ImageId: await anImage(), InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 }),
  );
  const id = Instances?.[0]?.InstanceId ?? "";
  await eventually(`${id} running`, async () => {
    const { Reservations } = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    return Reservations?.[0]?.Instances?.[0]?.State?.Name === "running" ? true : undefined;
  });
  return id;
}

async function anImage(): Promise<string> {
  const { Images } = await clients(server.url).ec2.send(new DescribeImagesCommand({ Owners: ["amazon"] }));
  return Images?.[0]?.ImageId ?? "";
}

function openSshKey(): string {
  const { publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const field = (bytes: Buffer) => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return `ssh-ed25519 ${Buffer.concat([field(Buffer.from("ssh-ed25519")), field(raw)]).toString("base64")} someone@laptop`;
}

describe("the records of AWS's guides", () => {
  it("TerminateInstances by root", async () => {
    const instanceId = await launch();
    const root = clients(server.url, { accessKeyId: "210987654321", secretAccessKey: "test" });
    const own = clients(server.url);
    await expect(root.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }))).rejects.toThrow(
      "does not exist",
    );
    const answer = await own.ec2.send(new TerminateInstancesCommand({ InstanceIds: [instanceId] }));
    const { event, record } = await eventOf(own.cloudtrail, "TerminateInstances", answer.$metadata.requestId);

    expect(record).toEqual({
      eventVersion: "1.11",
      userIdentity: {
        type: "Root",
        principalId: "123456789012",
        arn: "arn:aws:iam::123456789012:root",
        accountId: "123456789012",
        accessKeyId: "test",
      },
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      eventSource: "ec2.amazonaws.com",
      eventName: "TerminateInstances",
      awsRegion: "us-east-1",
      sourceIPAddress: "127.0.0.1",
      userAgent: expect.stringContaining("aws-sdk-js/"),
      requestParameters: {
        instancesSet: { items: [{ instanceId }] },
        force: false,
        skipOsShutdown: false,
      },
      responseElements: {
        requestId: answer.$metadata.requestId,
        instancesSet: {
          items: [
            {
              instanceId,
              currentState: { code: 32, name: "shutting-down" },
              previousState: { code: 16, name: "running" },
            },
          ],
        },
      },
      requestID: answer.$metadata.requestId,
      eventID: expect.stringMatching(uuid),
      readOnly: false,
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: "123456789012",
      eventCategory: "Management",
    });
    expect(Object.keys(record)).toEqual(
      "eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress userAgent requestParameters responseElements requestID eventID readOnly eventType managementEvent recipientAccountId eventCategory".split(
        " ",
      ),
    );
    expect(event).toMatchObject({
      EventName: "TerminateInstances",
      Username: "root",
      ReadOnly: "false",
      AccessKeyId: "test",
      EventSource: "ec2.amazonaws.com",
      Resources: [{ ResourceType: "AWS::EC2::Instance", ResourceName: instanceId }],
    });
  });

  it("SendSSHPublicKey by an IAM user", async () => {
    const InstanceId = await launch();
    const admin = clients(server.url);
    const { User } = await admin.iam.send(new CreateUserCommand({ UserName: "IAM-friendly-name" }));
    const { AccessKey } = await admin.iam.send(new CreateAccessKeyCommand({ UserName: "IAM-friendly-name" }));
    const user = clients(server.url, {
      accessKeyId: AccessKey?.AccessKeyId ?? "",
      secretAccessKey: AccessKey?.SecretAccessKey ?? "",
    });
    const SSHPublicKey = openSshKey();
    const answer = await user.instanceConnect.send(
      new SendSSHPublicKeyCommand({ InstanceId, InstanceOSUser: "ec2-user", SSHPublicKey }),
    );
    expect(answer.Success).toBe(true);
    const { event, record } = await eventOf(admin.cloudtrail, "SendSSHPublicKey");

    expect(record).toEqual({
      eventVersion: "1.08",
      userIdentity: {
        type: "IAMUser",
        principalId: User?.UserId,
        arn: "arn:aws:iam::123456789012:user/IAM-friendly-name",
        accountId: "123456789012",
        accessKeyId: AccessKey?.AccessKeyId,
        userName: "IAM-friendly-name",
      },
      eventTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      eventSource: "ec2-instance-connect.amazonaws.com",
      eventName: "SendSSHPublicKey",
      awsRegion: "us-east-1",
      sourceIPAddress: "127.0.0.1",
      userAgent: expect.stringContaining("aws-sdk-js/"),
      requestParameters: { instanceId: InstanceId, instanceOSUser: "ec2-user", sSHPublicKey: SSHPublicKey },
      responseElements: { requestId: answer.RequestId, success: true },
      requestID: answer.RequestId,
      eventID: expect.stringMatching(uuid),
      readOnly: false,
      eventType: "AwsApiCall",
      managementEvent: true,
      recipientAccountId: "123456789012",
      eventCategory: "Management",
    });
    expect(event).toMatchObject({ Username: "IAM-friendly-name", AccessKeyId: AccessKey?.AccessKeyId });
  });
});
