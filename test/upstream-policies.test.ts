import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Sha256 } from "@aws-crypto/sha256-js";
import {
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeVolumesCommand,
  StopInstancesCommand,
} from "@aws-sdk/client-ec2";
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  ListUsersCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
  UpdateAccessKeyCommand,
} from "@aws-sdk/client-iam";
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { SignatureV4 } from "@smithy/signature-v4";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventOf, type Keys } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

// Another OpenTrail plays the cloud, which has one key for all; users, roles and policies are those of the one in front.

const account = "123456789012";
const root: Keys = { accessKeyId: "AKIAROOT000000000001", secretAccessKey: "the-secret-of-the-root-in-front" };
const policy = (...statements: object[]) => JSON.stringify({ Version: "2012-10-17", Statement: statements });
const allow = (Action: string, Resource = "*") => ({ Effect: "Allow", Action, Resource });

let cloud: TestServer;
let front: TestServer;
let folder: string;
let alice: Keys;
const as = (keys: Keys) => clients(front.url, keys);

async function keyOf(url: string, userName: string, keys?: Keys): Promise<Keys> {
  const { iam } = clients(url, keys);
  await iam.send(new CreateUserCommand({ UserName: userName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: userName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}

beforeAll(async () => {
  cloud = await startOpenTrail();
  const there = await keyOf(cloud.url, "there");
  folder = await mkdtemp(join(tmpdir(), "opentrail-policies-"));
  const config = join(folder, "opentrail.yaml");
  const { accessKeyId: rootAccessKeyId, secretAccessKey: rootSecretAccessKey } = root;
  const settings = { auth: "verify", rootAccessKeyId, rootSecretAccessKey, upstream: cloud.url };
  await writeFile(
    config,
    JSON.stringify({ ...settings, upstreamCredentials: [{ upstream: there }], upstreamPolicies: true }),
  );
  front = await startOpenTrail("--config", config);
  alice = await keyOf(front.url, "alice", root);
  const statements = [
    allow("ec2:Describe*"),
    allow("ec2:CreateVolume"),
    allow("ec2:StopInstances", `arn:aws:ec2:us-east-1:${account}:instance/i-0123456789abcdef0`),
    allow("s3:*", "arn:aws:s3:::mine/*"),
  ];
  const inline = { UserName: "alice", PolicyName: "own", PolicyDocument: policy(...statements) };
  await as(root).iam.send(new PutUserPolicyCommand(inline));
});
afterAll(async () => {
  await Promise.all([front, cloud].map((server) => server.dispose()));
  await rm(folder, { recursive: true });
});

/** How often the cloud has been asked for an action. */
async function seenByCloud(action: string): Promise<number> {
  const found = await fetch(`${cloud.url}/_opentrail/events?EventName=${action}`);
  return (await found.text()).split("\n").filter((line) => line !== "").length;
}

describe("policies in front of an upstream", () => {
  it("let a call pass that they allow, as the user's; the users are OpenTrail's own", async () => {
    await as(alice).ec2.send(new CreateVolumeCommand({ AvailabilityZone: "us-east-1a", Size: 1 }));
    const { record } = await eventOf(as(root).cloudtrail, "CreateVolume");
    expect(record).toMatchObject({
      userIdentity: { type: "IAMUser", userName: "alice", arn: `arn:aws:iam::${account}:user/alice` },
      responseElements: { size: "1" },
    });
    expect((await as(alice).ec2.send(new DescribeVolumesCommand({}))).Volumes).toHaveLength(1);
    const users = await clients(cloud.url).iam.send(new ListUsersCommand({}));
    expect(users.Users?.map(({ UserName }) => UserName)).toEqual(["there"]);
  });

  it("refuse what they don't allow in AWS's words, on record; the upstream doesn't hear of it", async () => {
    const gone = as(alice).ec2.send(new DeleteVolumeCommand({ VolumeId: "vol-0123456789abcdef0" }));
    const sentence = `User: arn:aws:iam::${account}:user/alice is not authorized to perform: ec2:DeleteVolume on resource: arn:aws:ec2:us-east-1:${account}:volume/vol-0123456789abcdef0 because no identity-based policy allows the ec2:DeleteVolume action. Encoded authorization failure message: `;
    await expect(gone).rejects.toMatchObject({
      name: "UnauthorizedOperation",
      message: expect.stringContaining(sentence),
    });
    const { record } = await eventOf(as(root).cloudtrail, "DeleteVolume");
    expect(record).toMatchObject({
      errorCode: "Client.UnauthorizedOperation",
      errorMessage: expect.stringContaining(sentence),
      requestParameters: { volumeId: "vol-0123456789abcdef0" },
    });
    await eventOf(clients(cloud.url).cloudtrail, "CreateVolume");
    expect(await seenByCloud("DeleteVolume")).toBe(0);
  });

  it("decide by what a call names, without asking whether it is there", async () => {
    const stop = (id: string) => as(alice).ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    await expect(stop("i-0123456789abcdef0")).rejects.toMatchObject({ name: "InvalidInstanceID.NotFound" });
    await expect(stop("i-0fedcba9876543210")).rejects.toMatchObject({ name: "UnauthorizedOperation" });
    await as(root).s3.send(new CreateBucketCommand({ Bucket: "mine" }));
    await as(alice).s3.send(new PutObjectCommand({ Bucket: "mine", Key: "a", Body: "a" }));
    const other = as(alice).s3.send(new GetObjectCommand({ Bucket: "other", Key: "a" }));
    await expect(other).rejects.toMatchObject({
      name: "AccessDenied",
      message: expect.stringContaining('s3:GetObject on resource: "arn:aws:s3:::other/a"'),
    });
  });

  it("are a role's for its session, which OpenTrail's own STS gives", async () => {
    const { iam } = as(root);
    const trust = policy({
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${account}:user/alice` },
      Action: "sts:AssumeRole",
    });
    await iam.send(new CreateRoleCommand({ RoleName: "reader", AssumeRolePolicyDocument: trust }));
    const reads = { RoleName: "reader", PolicyName: "reads", PolicyDocument: policy(allow("ec2:DescribeVolumes")) };
    await iam.send(new PutRolePolicyCommand(reads));
    const role = { RoleArn: `arn:aws:iam::${account}:role/reader`, RoleSessionName: "run" };
    const { Credentials: given } = await as(alice).sts.send(new AssumeRoleCommand(role));
    const session = {
      accessKeyId: given?.AccessKeyId ?? "",
      secretAccessKey: given?.SecretAccessKey ?? "",
      sessionToken: given?.SessionToken ?? "",
    };
    await as(session).ec2.send(new DescribeVolumesCommand({}));
    const made = as(session).ec2.send(new CreateVolumeCommand({ AvailabilityZone: "us-east-1a", Size: 1 }));
    await expect(made).rejects.toMatchObject({
      name: "UnauthorizedOperation",
      message: expect.stringContaining(`User: arn:aws:sts::${account}:assumed-role/reader/run is not authorized`),
    });
  });

  it("take nothing that can't be read before it is passed on or be understood in two ways, and no key that isn't active", async () => {
    const filter = { Name: "tag:x", Values: ["y".repeat(9_000_000)] };
    const large = as(root).ec2.send(new DescribeVolumesCommand({ Filters: [filter] }));
    await expect(large).rejects.toMatchObject({ name: "RequestEntityTooLarge", $metadata: { httpStatusCode: 413 } });
    const signer = new SignatureV4({ service: "ec2", region: "us-east-1", credentials: alice, sha256: Sha256 });
    const body = "Action=TerminateInstances&InstanceId.1=i-1&Version=2016-11-15&Action=DescribeVolumes";
    const { host, hostname } = new URL(front.url);
    const headers = { host, "content-type": "application/x-www-form-urlencoded" };
    const form = { protocol: "http:", hostname, method: "POST", path: "/", query: {}, headers, body };
    const signed = await signer.sign(form);
    const twice = await fetch(front.url, { method: "POST", headers: signed.headers, body });
    expect(await twice.text()).toContain("<Code>MalformedQueryString</Code>");
    await as(root).iam.send(
      new UpdateAccessKeyCommand({ UserName: "alice", AccessKeyId: alice.accessKeyId, Status: "Inactive" }),
    );
    await expect(as(alice).ec2.send(new DescribeVolumesCommand({}))).rejects.toMatchObject({ name: "AuthFailure" });
  });
});
