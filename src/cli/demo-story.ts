import { generateKeyPairSync } from "node:crypto";
import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DeleteVolumeCommand,
  DescribeImagesCommand,
  EC2Client,
  ModifySnapshotAttributeCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
  waitUntilInstanceRunning,
  waitUntilInstanceTerminated,
  waitUntilSnapshotCompleted,
  waitUntilVolumeAvailable,
} from "@aws-sdk/client-ec2";
import { EC2InstanceConnectClient, SendSSHPublicKeyCommand } from "@aws-sdk/client-ec2-instance-connect";
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeleteAccessKeyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DeleteUserCommand,
  DeleteUserPolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import sshpk from "sshpk";
import type { ClientOptions } from "./aws-client.ts";

/** One thing that somebody did. */
export interface Step {
  readonly who: string;
  /** The API's action. */
  readonly action: string;
  /** What it was about, in a person's words. */
  readonly what: string;
  /** AWS's error code, when it was refused. */
  readonly refused?: string;
  /** What records name that AWS made because of it: they don't name who did it. */
  readonly resource?: string;
}

/** Whose snapshot copy it will be; nobody's account. */
const otherAccount = "999988887777";

const policy = (statement: object) =>
  JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow", ...statement }] });
const mayAll = policy({ Action: "*", Resource: "*" });
const trusting = (arn: string) => policy({ Action: "sts:AssumeRole", Principal: { AWS: arn } });

interface Keys {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
}

function credentialsOf({ AccessKeyId = "", SecretAccessKey = "", SessionToken }: Keys) {
  const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
  return SessionToken === undefined ? keys : { ...keys, sessionToken: SessionToken };
}

const nameOf = (error: unknown): string => (error as Error).name;

/** What comes of it, or the name of AWS's error. */
async function refusalOf(work: Promise<unknown>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    (error: unknown) => {
      if ((error as { $metadata?: unknown }).$metadata) return nameOf(error);
      throw error;
    },
  );
}

function sshKeyOf(person: string): string {
  const { privateKey } = generateKeyPairSync("ed25519", {
    privateKeyEncoding: { format: "pem", type: "pkcs8" },
    publicKeyEncoding: { format: "pem", type: "spki" },
  });
  const key = sshpk.parsePrivateKey(privateKey).toPublic();
  key.comment = `${person}@laptop`;
  return key.toString("ssh");
}

/** Who takes part. */
interface Cast {
  readonly person: string;
  readonly roleName: string;
  readonly adminName: string;
}

/** Clients that act for somebody. */
function actingAs(options: ClientOptions, keys?: Keys) {
  const signed = keys ? { ...options, credentials: credentialsOf(keys) } : options;
  return {
    ec2: new EC2Client(signed),
    instanceConnect: new EC2InstanceConnectClient(signed),
    iam: new IAMClient(signed),
    sts: new STSClient(signed),
  };
}

type Clients = ReturnType<typeof actingAs>;

const patience = { maxWaitTime: 30, minDelay: 1, maxDelay: 1 };

/** Root takes somebody on; gives her access key. */
async function* joining({ iam, sts }: Clients, { person, roleName, adminName }: Cast): AsyncGenerator<Step, Keys> {
  const root = { who: "root" };
  await iam.send(new CreateUserCommand({ UserName: person }));
  yield { ...root, action: "CreateUser", what: `${person} joins` };
  await iam.send(new PutUserPolicyCommand({ UserName: person, PolicyName: "all", PolicyDocument: mayAll }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: person }));
  yield { ...root, action: "CreateAccessKey", what: `gives her the access key ${AccessKey?.AccessKeyId}` };
  const { Account } = await sts.send(new GetCallerIdentityCommand({}));
  const arn = `arn:aws:iam::${Account}:`;
  const roles = [
    [roleName, `${arn}user/${person}`],
    [adminName, `${arn}role/${roleName}`],
  ] as const;
  for (const [RoleName, trusted] of roles)
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trusting(trusted) }));
  await iam.send(new PutRolePolicyCommand({ RoleName: roleName, PolicyName: "all", PolicyDocument: mayAll }));
  yield { ...root, action: "CreateRole", what: `makes ${roleName} for her, and ${adminName} not for her` };
  return AccessKey ?? {};
}

interface Work {
  readonly InstanceId: string;
  readonly VolumeId: string;
  readonly AvailabilityZone: string;
}

/** She launches an instance, gives it a volume and connects to it. */
async function* working({ ec2, instanceConnect }: Clients, { person }: Cast): AsyncGenerator<Step, Work> {
  const ada = { who: person };
  const { Images = [] } = await ec2.send(
    new DescribeImagesCommand({ Owners: ["amazon"], Filters: [{ Name: "name", Values: ["al2023*x86_64*"] }] }),
  );
  yield { ...ada, action: "DescribeImages", what: "looks for Amazon Linux 2023" };
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({ ImageId: Images[0]?.ImageId, InstanceType: "t3.micro", MinCount: 1, MaxCount: 1 }),
  );
  const { InstanceId = "", Placement } = Instances[0] ?? {};
  yield { ...ada, action: "RunInstances", what: `launches ${InstanceId}` };
  const { VolumeId = "" } = await ec2.send(
    new CreateVolumeCommand({ AvailabilityZone: Placement?.AvailabilityZone, Size: 8, VolumeType: "gp3" }),
  );
  yield { ...ada, action: "CreateVolume", what: `makes a volume for the data, ${VolumeId}` };
  await waitUntilInstanceRunning({ client: ec2, ...patience }, { InstanceIds: [InstanceId] });
  await ec2.send(new AttachVolumeCommand({ InstanceId, VolumeId, Device: "/dev/sdf" }));
  yield { ...ada, action: "AttachVolume", what: "attaches it as /dev/sdf" };
  await instanceConnect.send(
    new SendSSHPublicKeyCommand({ InstanceId, InstanceOSUser: "ec2-user", SSHPublicKey: sshKeyOf(person) }),
  );
  yield { ...ada, action: "SendSSHPublicKey", what: "pushes her SSH key, to connect as ec2-user" };
  return { InstanceId, VolumeId, AvailabilityZone: Placement?.AvailabilityZone ?? "" };
}

/** She tries one role and takes another; gives its credentials. */
async function* climbing({ sts }: Clients, { person, roleName, adminName }: Cast): AsyncGenerator<Step, Keys> {
  const ada = { who: person, action: "AssumeRole" };
  const { Account } = await sts.send(new GetCallerIdentityCommand({}));
  const role = (name: string) => `arn:aws:iam::${Account}:role/${name}`;
  const attempt = new AssumeRoleCommand({ RoleArn: role(adminName), RoleSessionName: "just-trying" });
  const refused = await refusalOf(sts.send(attempt));
  yield { ...ada, what: `tries ${adminName}`, ...(refused !== undefined && { refused }) };
  const { Credentials = {} } = await sts.send(
    new AssumeRoleCommand({ RoleArn: role(roleName), RoleSessionName: `${person}-at-night` }),
  );
  yield { ...ada, what: `becomes ${roleName}` };
  return Credentials;
}

/** The role session gives the data away, and hides where it came from; gives the snapshot. */
async function* leaking({ ec2 }: Clients, { person }: Cast, work: Work): AsyncGenerator<Step, string> {
  const night = { who: `${person}-at-night` };
  const { SnapshotId = "" } = await ec2.send(
    new CreateSnapshotCommand({ VolumeId: work.VolumeId, Description: "backup" }),
  );
  yield { ...night, action: "CreateSnapshot", what: `copies the data into ${SnapshotId}` };
  await ec2.send(
    new ModifySnapshotAttributeCommand({
      SnapshotId,
      Attribute: "createVolumePermission",
      OperationType: "add",
      UserIds: [otherAccount],
    }),
  );
  yield { ...night, action: "ModifySnapshotAttribute", what: `shares it with the account ${otherAccount}` };
  await ec2.send(new TerminateInstancesCommand({ InstanceIds: [work.InstanceId] }));
  yield { ...night, action: "TerminateInstances", what: `takes ${work.InstanceId} away` };
  return SnapshotId;
}

/** What the other account made, and its clients. */
interface Loot {
  readonly VolumeId: string;
  readonly ec2: EC2Client;
}

/** The other account takes what is shared with it, where the server is open: there an account's number is a key of it. */
async function* taking(
  options: ClientOptions,
  { ec2 }: Clients,
  { AvailabilityZone }: Work,
  SnapshotId: string,
): AsyncGenerator<Step, Loot | undefined> {
  const other = actingAs(options, { AccessKeyId: otherAccount, SecretAccessKey: "of the other account" });
  let whose: string | undefined;
  await refusalOf(
    other.sts.send(new GetCallerIdentityCommand({})).then(({ Account }) => {
      whose = Account;
    }),
  );
  if (whose !== otherAccount) return undefined;
  await waitUntilSnapshotCompleted({ client: ec2, ...patience }, { SnapshotIds: [SnapshotId] });
  const { VolumeId = "" } = await other.ec2.send(new CreateVolumeCommand({ AvailabilityZone, SnapshotId }));
  const what = `makes a volume of it, ${VolumeId}, in that account`;
  yield { who: otherAccount, action: "CreateVolume", what, resource: SnapshotId };
  return { VolumeId, ec2: other.ec2 };
}

/** Root takes all of it away, so that the story can be told again. */
async function* tidying(
  { ec2, iam }: Clients,
  { person, roleName, adminName }: Cast,
  { InstanceId, VolumeId }: Work,
  keys: Keys,
  SnapshotId: string,
  loot: Loot | undefined,
): AsyncGenerator<Step> {
  if (loot) {
    const { VolumeId } = loot;
    await waitUntilVolumeAvailable({ client: loot.ec2, ...patience }, { VolumeIds: [VolumeId] });
    await loot.ec2.send(new DeleteVolumeCommand({ VolumeId }));
  }
  await waitUntilInstanceTerminated({ client: ec2, ...patience }, { InstanceIds: [InstanceId] });
  await ec2.send(new DeleteVolumeCommand({ VolumeId }));
  await ec2.send(new DeleteSnapshotCommand({ SnapshotId }));
  await iam.send(new DeleteAccessKeyCommand({ UserName: person, AccessKeyId: keys.AccessKeyId }));
  await iam.send(new DeleteUserPolicyCommand({ UserName: person, PolicyName: "all" }));
  await iam.send(new DeleteUserCommand({ UserName: person }));
  await iam.send(new DeleteRolePolicyCommand({ RoleName: roleName, PolicyName: "all" }));
  for (const RoleName of [adminName, roleName]) await iam.send(new DeleteRoleCommand({ RoleName }));
  yield { who: "root", action: "DeleteRole", what: "takes the data, the key, the user and the roles away" };
}

/** The last call of the story; when it is found, all are. */
export const lastAction = "DeleteRole";

/**
 * A day and a night in which data leaves an account: what root, a user and a role session do. What it makes is gone at its
 * end, so it may run again; all names have `run` in them, which tells its events. Rejects with the SDK's errors.
 */
export async function* demoStory(options: ClientOptions, run: string): AsyncGenerator<Step> {
  const cast: Cast = { person: `ada-${run}`, roleName: `night-shift-${run}`, adminName: `vault-${run}` };
  const root = actingAs(options);
  const keys = yield* joining(root, cast);
  const ada = actingAs(options, keys);
  const work = yield* working(ada, cast);
  const session = yield* climbing(ada, cast);
  const snapshot = yield* leaking(actingAs(options, session), cast, work);
  const loot = yield* taking(options, root, work, snapshot);
  yield* tidying(root, cast, work, keys, snapshot, loot);
}
