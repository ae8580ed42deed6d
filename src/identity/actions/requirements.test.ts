import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Call, Members } from "../../aws/call.ts";
import { type ServiceName, service, services } from "../../aws/model.ts";
import { accountId, region } from "../../aws/names.ts";
import { noNotes } from "../../aws/notes.ts";
import { openLmdbState, type State } from "../../storage/state/index.ts";
import { entityKey } from "../principals.ts";
import type { Resources } from "./requirement.ts";
import { requirementsOf } from "./requirements.ts";

const account = accountId("123456789012");
let state: State;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-requirements-"));
  state = await openLmdbState({ folder });
  const role = { name: "App", path: "/svc/", id: "AROAAPP", tags: [{ Key: "tier", Value: "1" }] };
  await state.commit([
    { key: entityKey(account, "role", "App"), value: role },
    {
      key: entityKey(account, "instance-profile", "App"),
      value: { name: "App", path: "/", roleName: "App", tags: [] },
    },
    { key: entityKey(account, "user", "bob"), value: { name: "bob", path: "/ops/", id: "AIDABOB", tags: [] } },
  ]);
});
afterAll(async () => {
  await state.close();
  await rm(folder, { recursive: true });
});

function callOf(name: ServiceName, actionName: string, input: Members): Call {
  const arn = `arn:aws:iam::${account}:user/ops/bob`;
  return {
    service: service(name),
    actionName,
    action: service(name).actions.get(actionName),
    input,
    caller: { type: "IAMUser", accountId: account, principalId: "AIDABOB", arn, userName: "bob" },
    account,
    region: region("us-east-1"),
    requestId: "",
    notes: noNotes(),
    request: { method: "POST", path: "/", query: "", headers: {}, remoteAddress: "", body: Buffer.alloc(0) },
  };
}

const needs = async (name: ServiceName, action: string, input: Members, resources?: Resources) =>
  (await requirementsOf(callOf(name, action, input), { state, ...(resources && { resources }) })).map(
    (one) => `${one.action} ${one.resource}`,
  );

const here = "arn:aws:ec2:us-east-1:123456789012";
const iam = "arn:aws:iam::123456789012";

describe("what a call needs", () => {
  it.each<[ServiceName, string, Members, string[]]>([
    ["ec2", "DescribeVolumes", { VolumeIds: ["vol-1"] }, ["ec2:DescribeVolumes *"]],
    [
      "ec2",
      "DescribeInstanceAttribute",
      { InstanceId: "i-1", Attribute: "userData" },
      [`ec2:DescribeInstanceAttribute ${here}:instance/i-1`],
    ],
    [
      "ec2",
      "StopInstances",
      { InstanceIds: ["i-1", "i-2"] },
      [`ec2:StopInstances ${here}:instance/i-1`, `ec2:StopInstances ${here}:instance/i-2`],
    ],
    [
      "ec2",
      "AttachVolume",
      { VolumeId: "vol-1", InstanceId: "i-1" },
      [`ec2:AttachVolume ${here}:instance/i-1`, `ec2:AttachVolume ${here}:volume/vol-1`],
    ],
    [
      "ec2",
      "CreateSnapshot",
      { VolumeId: "vol-1" },
      ["ec2:CreateSnapshot arn:aws:ec2:us-east-1::snapshot/*", `ec2:CreateSnapshot ${here}:volume/vol-1`],
    ],
    ["ec2", "CreateKeyPair", { KeyName: "mine" }, [`ec2:CreateKeyPair ${here}:key-pair/mine`]],
    ["ec2", "CreateTransitGateway", {}, [`ec2:CreateTransitGateway ${here}:transit-gateway/*`]],
    ["ec2", "CreateDefaultVpc", {}, [`ec2:CreateDefaultVpc ${here}:*/*`]],
    ["ec2", "EnableSerialConsoleAccess", {}, ["ec2:EnableSerialConsoleAccess *"]],
    [
      "ec2",
      "CreateTags",
      { Resources: ["i-1", "ipam-pool-1"], Tags: [] },
      [`ec2:CreateTags ${here}:instance/i-1`, "ec2:CreateTags arn:aws:ec2::123456789012:ipam-pool/ipam-pool-1"],
    ],
    ["ec2", "ReleaseAddress", { AllocationId: "eipalloc-1" }, [`ec2:ReleaseAddress ${here}:elastic-ip/eipalloc-1`]],
    [
      "ec2",
      "AuthorizeSecurityGroupIngress",
      { GroupId: "sg-1" },
      [`ec2:AuthorizeSecurityGroupIngress ${here}:security-group/sg-1`],
    ],
    [
      "ec2",
      "RunInstances",
      {
        ImageId: "ami-1",
        NetworkInterfaces: [{ SubnetId: "subnet-1", Groups: ["sg-1", "sg-2"] }],
        IamInstanceProfile: { Name: "App" },
        TagSpecifications: [{ ResourceType: "volume", Tags: [{ Key: "a", Value: "b" }] }],
      },
      [
        `ec2:RunInstances ${here}:instance/*`,
        "ec2:RunInstances arn:aws:ec2:us-east-1::image/ami-1",
        `ec2:RunInstances ${here}:subnet/subnet-1`,
        `ec2:RunInstances ${here}:security-group/sg-1`,
        `ec2:RunInstances ${here}:security-group/sg-2`,
        `ec2:RunInstances ${here}:volume/*`,
        `ec2:RunInstances ${here}:network-interface/*`,
        `ec2:CreateTags ${here}:volume/*`,
        `iam:PassRole ${iam}:role/svc/App`,
      ],
    ],
    [
      "ec2-instance-connect",
      "SendSSHPublicKey",
      { InstanceId: "i-1", InstanceOSUser: "root" },
      [`ec2-instance-connect:SendSSHPublicKey ${here}:instance/i-1`],
    ],
    [
      "ec2-instance-connect",
      "OpenTunnel",
      { instanceConnectEndpointId: "eice-1", remotePort: "22" },
      [`ec2-instance-connect:OpenTunnel ${here}:instance-connect-endpoint/eice-1`],
    ],
    [
      "ebs",
      "GetSnapshotBlock",
      { SnapshotId: "snap-1" },
      ["ebs:GetSnapshotBlock arn:aws:ec2:us-east-1::snapshot/snap-1"],
    ],
    ["ebs", "StartSnapshot", { VolumeSize: 1 }, ["ebs:StartSnapshot arn:aws:ec2:us-east-1::snapshot/*"]],
    ["iam", "GetUser", {}, [`iam:GetUser ${iam}:user/ops/bob`]],
    ["iam", "DeleteUser", { UserName: "carol" }, [`iam:DeleteUser ${iam}:user/carol`]],
    ["iam", "CreateUser", { UserName: "carol", Path: "/x/" }, [`iam:CreateUser ${iam}:user/x/carol`]],
    ["iam", "ListRoles", { PathPrefix: "/svc/" }, [`iam:ListRoles ${iam}:role/svc/`]],
    [
      "iam",
      "AttachUserPolicy",
      { UserName: "bob", PolicyArn: "arn:aws:iam::aws:policy/P" },
      [`iam:AttachUserPolicy ${iam}:user/ops/bob`],
    ],
    [
      "iam",
      "AddRoleToInstanceProfile",
      { InstanceProfileName: "App", RoleName: "App" },
      [`iam:AddRoleToInstanceProfile ${iam}:instance-profile/App`, `iam:PassRole ${iam}:role/svc/App`],
    ],
    ["iam", "GetAccountSummary", {}, ["iam:GetAccountSummary *"]],
    ["sts", "GetCallerIdentity", {}, []],
    [
      "sts",
      "AssumeRole",
      { RoleArn: `${iam}:role/svc/App`, Tags: [{ Key: "a", Value: "b" }] },
      [`sts:AssumeRole ${iam}:role/svc/App`, `sts:TagSession ${iam}:role/svc/App`],
    ],
    [
      "sts",
      "GetFederationToken",
      { Name: "eve" },
      ["sts:GetFederationToken arn:aws:sts::123456789012:federated-user/eve"],
    ],
    ["s3", "ListBuckets", {}, ["s3:ListAllMyBuckets *"]],
    ["s3", "ListObjectsV2", { Bucket: "b" }, ["s3:ListBucket arn:aws:s3:::b"]],
    ["s3", "HeadObject", { Bucket: "b", Key: "a/b" }, ["s3:GetObject arn:aws:s3:::b/a/b"]],
    ["s3", "GetObject", { Bucket: "b", Key: "k", VersionId: "1" }, ["s3:GetObjectVersion arn:aws:s3:::b/k"]],
    [
      "s3",
      "CopyObject",
      { Bucket: "b", Key: "k", CopySource: "/from/a%20b" },
      ["s3:PutObject arn:aws:s3:::b/k", "s3:GetObject arn:aws:s3:::from/a b"],
    ],
    [
      "s3",
      "DeleteObjects",
      { Bucket: "b", Delete: { Objects: [{ Key: "x" }, { Key: "y" }] } },
      ["s3:DeleteObject arn:aws:s3:::b/x", "s3:DeleteObject arn:aws:s3:::b/y"],
    ],
    ["s3", "DeleteBucketEncryption", { Bucket: "b" }, ["s3:PutEncryptionConfiguration arn:aws:s3:::b"]],
    [
      "cloudtrail",
      "StopLogging",
      { Name: "main" },
      ["cloudtrail:StopLogging arn:aws:cloudtrail:us-east-1:123456789012:trail/main"],
    ],
    ["cloudtrail", "LookupEvents", {}, ["cloudtrail:LookupEvents *"]],
  ])("%s %s", async (name, action, input, expected) => {
    expect(await needs(name, action, input)).toEqual(expected);
  });

  it("an id that isn't there is any of its type, and one that is has tags to be asked for", async () => {
    const resources: Resources = {
      bucket: async () => undefined,
      ec2: async (_, type, id) => {
        if (type !== "instance") return undefined;
        return id === "i-1" ? { tags: [{ Key: "Team", Value: "blue" }], keys: { "ec2:tenancy": "default" } } : "absent";
      },
    };
    const input = { InstanceIds: ["i-1", "i-2"] };
    expect(await needs("ec2", "StopInstances", input, resources)).toEqual([
      `ec2:StopInstances ${here}:instance/i-1`,
      `ec2:StopInstances ${here}:instance/*`,
    ]);
    const [first] = await requirementsOf(callOf("ec2", "StopInstances", input), { state, resources });
    expect(first?.context).toMatchObject({
      "ec2:resourcetag/team": "blue",
      "aws:resourcetag/team": "blue",
      "ec2:tenancy": "default",
    });
  });

  it("is known for every action of every service", async () => {
    for (const { name, actions } of services.values()) {
      for (const action of actions.keys()) {
        const found = await requirementsOf(callOf(name as ServiceName, action, {}), { state });
        for (const one of found)
          expect(one.resource, `${name}:${action}`).toMatch(/^(\*|arn:aws:[\w-]+:[\w-]*:\d*:.+)$/);
      }
    }
  });
});
