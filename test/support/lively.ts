import { generateKeyPairSync, randomUUID } from "node:crypto";
import { join } from "node:path";
import {
  AttachVolumeCommand,
  CopySnapshotCommand,
  CreateImageCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  RunInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
  waitUntilVolumeInUse,
} from "@aws-sdk/client-ec2";
import { SendSerialConsoleSSHPublicKeyCommand, SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import sshpk from "sshpk";
import type { CloudTrailRecord } from "../../src/record/record.ts";
import { openSegmentJournal } from "../../src/storage/journal/index.ts";
import { clients, eventOf, type Keys } from "./clients.ts";
import type { TestServer } from "./opentrail.ts";

/** What the lively account has, by what tests look for. */
export interface LivelyAccount {
  /** Ada's, launched with her volume attached, connected to by her and by Linus with one key. */
  readonly instance: string;
  readonly volume: string;
  readonly snapshot: string;
  /** Ada's SSH public key, which Linus has, too. */
  readonly sharedKey: string;
}

const policy = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });

/** A new SSH public key as a line of authorized_keys. */
function sshKeyOf(comment: string): string {
  const { privateKey } = generateKeyPairSync("ed25519", {
    privateKeyEncoding: { format: "pem", type: "pkcs8" },
    publicKeyEncoding: { format: "pem", type: "spki" },
  });
  const key = sshpk.parsePrivateKey(privateKey).toPublic();
  key.comment = comment;
  return key.toString("ssh");
}

const image = "ami-0cf63600155d053c3";
const zoneOf = (region: string) => `${region}a`;

/**
 * A few people and a role at work in two Regions: instances, volumes, snapshots and images made, attached and taken
 * away, SSH keys pushed and shared, calls refused. Resolves when Event history has all of it.
 */
export async function livelyAccount(url: string): Promise<LivelyAccount> {
  const { iam, sts, cloudtrail } = clients(url);
  const { Account } = await sts.send(new GetCallerIdentityCommand({}));
  async function joins(UserName: string): Promise<Keys> {
    await iam.send(new CreateUserCommand({ UserName }));
    const all = policy({ Action: "*", Resource: "*" });
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: "all", PolicyDocument: all }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
    return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
  }
  const [ada, grace, linus] = [await joins("ada"), await joins("grace"), await joins("linus")];
  const trust = policy({ Action: "sts:AssumeRole", Principal: { AWS: `arn:aws:iam::${Account}:user/grace` } });
  await iam.send(new CreateRoleCommand({ RoleName: "deployer", AssumeRolePolicyDocument: trust }));

  const { instance, volume, sharedKey } = await adaWorks(url, ada);
  const snapshot = await graceDeploys(url, grace, `arn:aws:iam::${Account}:role/deployer`, volume);
  await linusTries(url, linus, { instance, volume, sharedKey });
  await eventOf(cloudtrail, "SendSerialConsoleSSHPublicKey");
  return { instance, volume, snapshot, sharedKey };
}

async function adaWorks(url: string, keys: Keys) {
  const { ec2, instanceConnect } = clients(url, keys);
  const sharedKey = sshKeyOf("ada@laptop");
  await ec2.send(new DescribeInstancesCommand({}));
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({ ImageId: image, InstanceType: "t3.micro", MinCount: 2, MaxCount: 2 }),
  );
  const [instance = "", other = ""] = Instances.map(({ InstanceId }) => InstanceId ?? "");
  const { VolumeId: volume = "" } = await ec2.send(
    new CreateVolumeCommand({
      Size: 8,
      VolumeType: "gp3",
      AvailabilityZone: Instances[0]?.Placement?.AvailabilityZone ?? zoneOf("us-east-1"),
    }),
  );
  await waitUntilInstanceRunning(
    { client: ec2, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
    { InstanceIds: [instance, other] },
  );
  await ec2.send(new AttachVolumeCommand({ InstanceId: instance, VolumeId: volume, Device: "/dev/sdf" }));
  await waitUntilVolumeInUse({ client: ec2, maxWaitTime: 30, minDelay: 1, maxDelay: 1 }, { VolumeIds: [volume] });
  for (const InstanceId of [instance, other])
    await instanceConnect.send(
      new SendSSHPublicKeyCommand({ InstanceId, InstanceOSUser: "ec2-user", SSHPublicKey: sharedKey }),
    );
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [other] }));
  return { instance, volume, sharedKey };
}

async function graceDeploys(url: string, keys: Keys, RoleArn: string, VolumeId: string): Promise<string> {
  const { sts } = clients(url, keys);
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "grace-release-42" }));
  const session = {
    accessKeyId: Credentials?.AccessKeyId ?? "",
    secretAccessKey: Credentials?.SecretAccessKey ?? "",
    sessionToken: Credentials?.SessionToken ?? "",
  };
  const { ec2 } = clients(url, session);
  const { SnapshotId: snapshot = "" } = await ec2.send(
    new CreateSnapshotCommand({ VolumeId, Description: "before release 42" }),
  );
  const abroad = clients(url, session, "eu-central-1");
  await abroad.ec2
    .send(new CopySnapshotCommand({ SourceRegion: "us-east-1", SourceSnapshotId: snapshot }))
    .catch(refused);
  await abroad.ec2.send(new CreateVolumeCommand({ Size: 20, AvailabilityZone: zoneOf("eu-central-1") }));
  await abroad.ec2.send(new DescribeVolumesCommand({}));
  return snapshot;
}

async function linusTries(
  url: string,
  keys: Keys,
  { instance, volume, sharedKey }: Pick<LivelyAccount, "instance" | "volume" | "sharedKey">,
): Promise<void> {
  const { ec2, instanceConnect } = clients(url, keys);
  await ec2.send(new DeleteVolumeCommand({ VolumeId: volume })).catch(refused);
  await ec2.send(new StopInstancesCommand({ InstanceIds: ["i-0123456789abcdef0"] })).catch(refused);
  await ec2.send(new CreateImageCommand({ InstanceId: instance, Name: "golden" })).catch(refused);
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({ ImageId: image, InstanceType: "t3.large", MinCount: 1, MaxCount: 1 }),
  );
  await waitUntilInstanceRunning(
    { client: ec2, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
    { InstanceIds: Instances.map(({ InstanceId }) => InstanceId ?? "") },
  );
  await instanceConnect.send(
    new SendSSHPublicKeyCommand({ InstanceId: instance, InstanceOSUser: "root", SSHPublicKey: sharedKey }),
  );
  await instanceConnect
    .send(new SendSerialConsoleSSHPublicKeyCommand({ InstanceId: instance, SSHPublicKey: sshKeyOf("linus@work") }))
    .catch(refused);
}

/** A call that AWS refuses, too, is part of the story; anything else that goes wrong isn't. */
function refused(error: unknown): void {
  if (!(error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode) throw error;
}

// Working hours have more calls than nights, and weekends fewer: UTC hours of a day, by turns.
const hours = [9, 9, 10, 10, 11, 13, 14, 14, 15, 16, 19, 2];
const addresses: Readonly<Record<string, readonly string[]>> = {
  ada: ["198.51.100.24", "198.51.100.24", "203.0.113.7"],
  grace: ["203.0.113.80"],
  linus: ["192.0.2.44"],
};

/**
 * Gives the account a past: what it has on record happened on each of the last `days`, too, at other hours and from
 * people's own addresses. The server is started anew; resolves with it. For pictures and tests of more than a minute.
 */
export async function withPast(server: TestServer, days: number): Promise<TestServer> {
  await server.end("SIGTERM");
  const journal = await openSegmentJournal({ folder: join(server.data, "journal") });
  const entries = await journal.read(0, 10_000);
  const records = entries.map(({ record }) => JSON.parse(record.toString("utf8")) as CloudTrailRecord);
  for (let day = days; day > 0; day -= 1)
    await journal.append(records.flatMap((record, index) => (keeps(day, index) ? [earlier(record, day, index)] : [])));
  await journal.close();
  return server.restart();
}

const keeps = (day: number, index: number): boolean => (day % 7 < 2 ? index % 5 === 0 : (index + day) % 7 !== 0);

function earlier(record: CloudTrailRecord, day: number, index: number): Buffer {
  const time = new Date(record.eventTime);
  time.setUTCDate(time.getUTCDate() - day);
  time.setUTCHours(hours[(index + day) % hours.length] ?? 9, (index * 7 + day) % 60);
  const { userName } = record.userIdentity as { userName?: string };
  const own = addresses[userName ?? ""] ?? [record.sourceIPAddress];
  return Buffer.from(
    JSON.stringify({
      ...record,
      eventTime: time.toISOString().replace(/\.\d+Z$/, "Z"),
      sourceIPAddress: own[day % own.length],
      eventID: randomUUID(),
      requestID: randomUUID(),
    }),
  );
}
