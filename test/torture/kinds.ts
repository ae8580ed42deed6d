import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Chance } from "./random.ts";
import { type Answer, element, Refused, type Wire } from "./wire.ts";

/** A kind of what OpenTrail itself keeps: how one is made, looked at, changed and removed, as any client does. */
export interface Kind {
  readonly name: string;
  /** Its name, when the client gives it; else `make` tells the id. */
  readonly named?: (n: number) => string;
  /** Resolves with what it is known by from then on. */
  readonly make: (wire: Wire, name: string, chance: Chance) => Promise<string>;
  /** What a client sees of it, as one text; rejects with Refused when it isn't there. */
  readonly look: (wire: Wire, id: string) => Promise<string | undefined>;
  /** How it looks when `make` is answered. */
  readonly made: string;
  /** Makes it look as `value` is from then on. */
  readonly change?: (wire: Wire, id: string, n: number) => Promise<unknown>;
  readonly changed?: (n: number) => string;
  readonly remove: (wire: Wire, id: string) => Promise<unknown>;
}

/** The codes of AWS by which a service says that something isn't there. */
const absences = /NotFound|NoSuch|NotExist|Unknown|Gone/;

/** What is there; undefined when AWS's code says that it isn't. */
export async function lookAt(kind: Kind, wire: Wire, id: string): Promise<string | undefined> {
  try {
    return await kind.look(wire, id);
  } catch (error) {
    const isAbsent = error instanceof Refused && (error.status === 404 || absences.test(error.code));
    if (isAbsent) return undefined;
    throw error;
  }
}

const tag = (wire: Wire, id: string, n: number) =>
  wire.query("ec2", "CreateTags", { "ResourceId.1": id, "Tag.1.Key": "n", "Tag.1.Value": String(n) });

function tagOf({ text }: Answer): string {
  const [, value] = /<key>n<\/key><value>([^<]*)<\/value>/.exec(text) ?? [];
  return value ?? "untagged";
}

interface TaggedRow {
  readonly name: string;
  readonly make: Kind["make"];
  readonly describe: string;
  readonly parameter: string;
  readonly remove: string;
  readonly removeParameter?: string;
  readonly gone?: RegExp;
}

/** A resource of EC2 that is known by an id, changed by its tags and described by one action. */
function tagged({ name, make, describe, parameter, remove, removeParameter, gone }: TaggedRow): Kind {
  return {
    name,
    make,
    made: "untagged",
    async look(wire, id) {
      const answer = await wire.query("ec2", describe, { [`${parameter}.1`]: id });
      return gone?.test(answer.text) || !answer.text.includes(id) ? undefined : tagOf(answer);
    },
    change: tag,
    changed: String,
    remove: (wire, id) => whenReady(() => wire.query("ec2", remove, { [removeParameter ?? parameter]: id })),
  };
}

/** Asks again while what the call needs is still being made, as waiters of SDKs do. */
async function whenReady<Result>(call: () => Promise<Result>): Promise<Result> {
  for (let left = 100; ; left--) {
    try {
      return await call();
    } catch (error) {
      const isEarly = error instanceof Refused && /^Incorrect.*State$/.test(error.code);
      if (!isEarly || left === 0) throw error;
      await pause(50);
    }
  }
}

const makeWith =
  (action: string, parameters: Readonly<Record<string, string>>, id: string): Kind["make"] =>
  async (wire) =>
    element(id, await wire.query("ec2", action, parameters));

const image = "ami-0torture000000001";
const runInstance = async (wire: Wire) => {
  const images = await wire.query("ec2", "DescribeImages", { "Owner.1": "amazon" });
  const ImageId = /<imageId>([^<]*)<\/imageId>/.exec(images.text)?.[1] ?? image;
  const parameters = { ImageId, InstanceType: "t3.micro", MinCount: "1", MaxCount: "1" };
  return element("instanceId", await wire.query("ec2", "RunInstances", parameters));
};
const createVpc = makeWith("CreateVpc", { CidrBlock: "10.9.0.0/16" }, "vpcId");
const createSubnet: Kind["make"] = async (wire, name, chance) => {
  const VpcId = await createVpc(wire, name, chance);
  return element("subnetId", await wire.query("ec2", "CreateSubnet", { VpcId, CidrBlock: "10.9.1.0/24" }));
};

const blockBytes = 524_288;
const blockOf = (id: string, index: number) => Buffer.alloc(blockBytes, `${id} ${index} `);
const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest("base64");

const putObject = (wire: Wire, path: string, n: number) => wire.rest("s3", "PUT", path, `the object's text ${n}`);
const getObject = async (wire: Wire, path: string) => (await wire.rest("s3", "GET", path)).text;
const madeBucket = async (wire: Wire, name: string) => {
  await wire.rest("s3", "PUT", `/${name}`);
  return name;
};
/** In a bucket of its own, which the object's removal takes away, too. */
const bucketOf = (path: string) => path.slice(0, path.indexOf("/", 1));
const trust = (n: number) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Sid: `n${n}`, Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" },
    ],
  });
const policyDocument = (n: number) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [{ Sid: `n${n}`, Effect: "Allow", Action: "ec2:*", Resource: "*" }],
  });
const sidIn = ({ text }: Answer) => /Sid%22%3A%22(n\d+)%22/i.exec(text)?.[1];
const userPath = (id: string) => id.split(" ") as [user: string, key: string];

/** Where trails that clients make deliver to. */
export const bucketOfOthers = "other-logs";

/** Every kind of resource that the embedded services keep. */
export const kinds: readonly Kind[] = [
  tagged({
    name: "instance",
    make: runInstance,
    describe: "DescribeInstances",
    parameter: "InstanceId",
    remove: "TerminateInstances",
    removeParameter: "InstanceId.1",
    gone: /<name>(terminated|shutting-down)<\/name>/,
  }),
  tagged({
    name: "volume",
    make: makeWith("CreateVolume", { Size: "1", AvailabilityZone: "us-east-1a" }, "volumeId"),
    describe: "DescribeVolumes",
    parameter: "VolumeId",
    remove: "DeleteVolume",
  }),
  tagged({
    name: "image",
    make: async (wire, name) => {
      const InstanceId = await runInstance(wire);
      const create = () => wire.query("ec2", "CreateImage", { InstanceId, Name: name });
      return element("imageId", await whenReady(create));
    },
    describe: "DescribeImages",
    parameter: "ImageId",
    remove: "DeregisterImage",
  }),
  tagged({ name: "VPC", make: createVpc, describe: "DescribeVpcs", parameter: "VpcId", remove: "DeleteVpc" }),
  tagged({
    name: "subnet",
    make: createSubnet,
    describe: "DescribeSubnets",
    parameter: "SubnetId",
    remove: "DeleteSubnet",
  }),
  tagged({
    name: "network interface",
    make: async (wire, name, chance) => {
      const SubnetId = await createSubnet(wire, name, chance);
      return element("networkInterfaceId", await wire.query("ec2", "CreateNetworkInterface", { SubnetId }));
    },
    describe: "DescribeNetworkInterfaces",
    parameter: "NetworkInterfaceId",
    remove: "DeleteNetworkInterface",
  }),
  tagged({
    name: "address",
    make: makeWith("AllocateAddress", { Domain: "vpc" }, "allocationId"),
    describe: "DescribeAddresses",
    parameter: "AllocationId",
    remove: "ReleaseAddress",
  }),
  {
    name: "security group",
    make: async (wire, name) => {
      const parameters = { GroupName: name, GroupDescription: "torture" };
      return element("groupId", await wire.query("ec2", "CreateSecurityGroup", parameters));
    },
    made: "",
    look: async (wire, id) => {
      const { text } = await wire.query("ec2", "DescribeSecurityGroups", { "GroupId.1": id });
      return [...text.matchAll(/<fromPort>(\d+)<\/fromPort>/g)].map(([, port]) => port).join(" ");
    },
    // One rule in the place of another takes two calls, so each group gets one at most.
    remove: (wire, id) => wire.query("ec2", "DeleteSecurityGroup", { GroupId: id }),
  },
  {
    name: "security group's rule",
    make: async (wire, name) => {
      const parameters = { GroupName: name, GroupDescription: "torture" };
      const GroupId = element("groupId", await wire.query("ec2", "CreateSecurityGroup", parameters));
      const rule = { IpProtocol: "tcp", FromPort: "22", ToPort: "22", CidrIp: "10.0.0.0/8" };
      const answer = await wire.query("ec2", "AuthorizeSecurityGroupIngress", { GroupId, ...rule });
      return `${GroupId} ${element("securityGroupRuleId", answer)}`;
    },
    made: "there",
    look: async (wire, id) => {
      const [, rule = ""] = id.split(" ");
      const { text } = await wire.query("ec2", "DescribeSecurityGroupRules", { "SecurityGroupRuleId.1": rule });
      return text.includes(rule) ? "there" : undefined;
    },
    remove: (wire, id) => {
      const [GroupId = "", rule = ""] = id.split(" ");
      return wire.query("ec2", "RevokeSecurityGroupIngress", { GroupId, "SecurityGroupRuleId.1": rule });
    },
  },
  {
    name: "key pair",
    named: (n) => `key-${n}`,
    make: async (wire, KeyName) => {
      await wire.query("ec2", "CreateKeyPair", { KeyName, KeyType: "ed25519" });
      return KeyName;
    },
    made: "there",
    look: async (wire, name) => {
      const { text } = await wire.query("ec2", "DescribeKeyPairs", { "KeyName.1": name });
      return text.includes(name) ? "there" : undefined;
    },
    remove: (wire, KeyName) => wire.query("ec2", "DeleteKeyPair", { KeyName }),
  },
  {
    name: "launch template",
    named: (n) => `template-${n}`,
    make: async (wire, name) => {
      const parameters = { LaunchTemplateName: name, "LaunchTemplateData.InstanceType": "t3.micro" };
      await wire.query("ec2", "CreateLaunchTemplate", { ...parameters, VersionDescription: "n0" });
      return name;
    },
    made: "n0",
    look: async (wire, name) => {
      const parameters = { LaunchTemplateName: name, "LaunchTemplateVersion.1": "$Latest" };
      return element("versionDescription", await wire.query("ec2", "DescribeLaunchTemplateVersions", parameters));
    },
    change: (wire, name, n) =>
      wire.query("ec2", "CreateLaunchTemplateVersion", {
        LaunchTemplateName: name,
        VersionDescription: `n${n}`,
        "LaunchTemplateData.InstanceType": "t3.small",
      }),
    changed: (n) => `n${n}`,
    remove: (wire, LaunchTemplateName) => wire.query("ec2", "DeleteLaunchTemplate", { LaunchTemplateName }),
  },
  {
    name: "snapshot of a volume",
    make: async (wire, name, chance) => {
      const parameters = { Size: "1", AvailabilityZone: "us-east-1a" };
      const VolumeId = await makeWith("CreateVolume", parameters, "volumeId")(wire, name, chance);
      return element("snapshotId", await whenReady(() => wire.query("ec2", "CreateSnapshot", { VolumeId })));
    },
    made: "untagged",
    look: async (wire, id) => tagOf(await wire.query("ec2", "DescribeSnapshots", { "SnapshotId.1": id })),
    change: tag,
    changed: String,
    remove: (wire, SnapshotId) => wire.query("ec2", "DeleteSnapshot", { SnapshotId }),
  },
  {
    name: "snapshot with blocks",
    make: async (wire) => {
      const started = await wire.rest("ebs", "POST", "/snapshots", JSON.stringify({ VolumeSize: 1 }), {
        "content-type": "application/json",
      });
      const { SnapshotId } = JSON.parse(started.text) as { SnapshotId: string };
      for (const index of [0, 7]) {
        const bytes = blockOf(SnapshotId, index);
        await wire.rest("ebs", "PUT", `/snapshots/${SnapshotId}/blocks/${index}`, bytes, {
          "x-amz-Data-Length": String(blockBytes),
          "x-amz-Checksum": digest(bytes),
          "x-amz-Checksum-Algorithm": "SHA256",
        });
      }
      await wire.rest("ebs", "POST", `/snapshots/completion/${SnapshotId}`, "", { "x-amz-ChangedBlocksCount": "2" });
      return SnapshotId;
    },
    made: "blocks 0 7",
    look: async (wire, id) => {
      const { text } = await wire.rest("ebs", "GET", `/snapshots/${id}/blocks`);
      const { Blocks } = JSON.parse(text) as { Blocks: { BlockIndex: number; BlockToken: string }[] };
      const whole: number[] = [];
      for (const { BlockIndex, BlockToken } of Blocks) {
        const token = encodeURIComponent(BlockToken);
        const { bytes } = await wire.rest("ebs", "GET", `/snapshots/${id}/blocks/${BlockIndex}?blockToken=${token}`);
        if (bytes.equals(blockOf(id, BlockIndex))) whole.push(BlockIndex);
      }
      return `blocks ${whole.join(" ")}`;
    },
    remove: (wire, SnapshotId) => wire.query("ec2", "DeleteSnapshot", { SnapshotId }),
  },
  {
    name: "bucket",
    named: (n) => `bucket-${n}`,
    make: madeBucket,
    made: "untagged",
    look: async (wire, name) => {
      await wire.rest("s3", "GET", `/${name}?location`);
      try {
        return /<Value>(.*?)<\/Value>/.exec((await wire.rest("s3", "GET", `/${name}?tagging`)).text)?.[1];
      } catch (error) {
        if (error instanceof Refused && error.code === "NoSuchTagSet") return "untagged";
        throw error;
      }
    },
    change: (wire, name, n) => {
      const tags = `<Tagging><TagSet><Tag><Key>n</Key><Value>${n}</Value></Tag></TagSet></Tagging>`;
      const md5 = createHash("md5").update(tags).digest("base64");
      return wire.rest("s3", "PUT", `/${name}?tagging`, tags, { "content-md5": md5 });
    },
    changed: String,
    remove: (wire, name) => wire.rest("s3", "DELETE", `/${name}`),
  },
  {
    name: "object",
    named: (n) => `/objects-${n}/folder/object`,
    make: async (wire, path) => {
      await madeBucket(wire, bucketOf(path).slice(1));
      await putObject(wire, path, 0);
      return path;
    },
    made: "the object's text 0",
    look: getObject,
    change: putObject,
    changed: (n) => `the object's text ${n}`,
    remove: (wire, path) => wire.rest("s3", "DELETE", path),
  },
  {
    name: "object in parts",
    named: (n) => `/parts-${n}/object`,
    make: async (wire, path) => {
      await madeBucket(wire, bucketOf(path).slice(1));
      const upload = element("UploadId", await wire.rest("s3", "POST", `${path}?uploads`));
      const part = await wire.rest("s3", "PUT", `${path}?partNumber=1&uploadId=${upload}`, "the only part");
      const list = `<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>${part.headers.etag}</ETag></Part></CompleteMultipartUpload>`;
      await wire.rest("s3", "POST", `${path}?uploadId=${upload}`, list);
      return path;
    },
    made: "the only part",
    look: getObject,
    remove: (wire, path) => wire.rest("s3", "DELETE", path),
  },
  {
    name: "object with versions",
    named: (n) => `/versions-${n}/object`,
    make: async (wire, path) => {
      const bucket = bucketOf(path);
      await madeBucket(wire, bucket.slice(1));
      const versioning = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
      await wire.rest("s3", "PUT", `${bucket}?versioning`, versioning);
      const first = await putObject(wire, path, 0);
      await putObject(wire, path, 1);
      return `${path}?versionId=${first.headers["x-amz-version-id"]}`;
    },
    made: "the object's text 0, then 1",
    look: async (wire, path) => {
      const first = await getObject(wire, path);
      const newest = await getObject(wire, path.replace(/\?.*/, ""));
      return `${first}, then ${newest.at(-1)}`;
    },
    remove: (wire, path) => wire.rest("s3", "DELETE", path),
  },
  {
    name: "user",
    named: (n) => `user-${n}`,
    make: async (wire, UserName) => {
      await wire.query("iam", "CreateUser", { UserName, "Tags.member.1.Key": "n", "Tags.member.1.Value": "0" });
      return UserName;
    },
    made: "0",
    look: async (wire, UserName) => element("Value", await wire.query("iam", "GetUser", { UserName })),
    change: (wire, UserName, n) =>
      wire.query("iam", "TagUser", { UserName, "Tags.member.1.Key": "n", "Tags.member.1.Value": String(n) }),
    changed: String,
    remove: (wire, UserName) => wire.query("iam", "DeleteUser", { UserName }),
  },
  {
    name: "access key",
    make: async (wire, name) => {
      const UserName = `keys-${name}`;
      await wire.query("iam", "CreateUser", { UserName });
      return `${UserName} ${element("AccessKeyId", await wire.query("iam", "CreateAccessKey", { UserName }))}`;
    },
    made: "Active",
    look: async (wire, id) => {
      const [UserName, key] = userPath(id);
      const answer = await wire.query("iam", "ListAccessKeys", { UserName });
      return answer.text.includes(key) ? element("Status", answer) : undefined;
    },
    change: (wire, id, n) => {
      const [UserName, AccessKeyId] = userPath(id);
      return wire.query("iam", "UpdateAccessKey", { UserName, AccessKeyId, Status: n % 2 ? "Inactive" : "Active" });
    },
    changed: (n) => (n % 2 ? "Inactive" : "Active"),
    remove: (wire, id) => {
      const [UserName, AccessKeyId] = userPath(id);
      return wire.query("iam", "DeleteAccessKey", { UserName, AccessKeyId });
    },
  },
  {
    name: "role",
    named: (n) => `role-${n}`,
    make: async (wire, RoleName) => {
      await wire.query("iam", "CreateRole", { RoleName, AssumeRolePolicyDocument: trust(0) });
      return RoleName;
    },
    made: "n0",
    look: async (wire, RoleName) => sidIn(await wire.query("iam", "GetRole", { RoleName })),
    change: (wire, RoleName, n) => wire.query("iam", "UpdateAssumeRolePolicy", { RoleName, PolicyDocument: trust(n) }),
    changed: (n) => `n${n}`,
    remove: (wire, RoleName) => wire.query("iam", "DeleteRole", { RoleName }),
  },
  {
    name: "policy of a user",
    named: (n) => `owner-${n}`,
    make: async (wire, UserName) => {
      await wire.query("iam", "CreateUser", { UserName });
      await wire.query("iam", "PutUserPolicy", { UserName, PolicyName: "own", PolicyDocument: policyDocument(0) });
      return UserName;
    },
    made: "n0",
    look: async (wire, UserName) => sidIn(await wire.query("iam", "GetUserPolicy", { UserName, PolicyName: "own" })),
    change: (wire, UserName, n) =>
      wire.query("iam", "PutUserPolicy", { UserName, PolicyName: "own", PolicyDocument: policyDocument(n) }),
    changed: (n) => `n${n}`,
    remove: (wire, UserName) => wire.query("iam", "DeleteUserPolicy", { UserName, PolicyName: "own" }),
  },
  {
    name: "managed policy",
    named: (n) => `policy-${n}`,
    make: async (wire, PolicyName) => {
      await wire.query("iam", "CreatePolicy", { PolicyName, PolicyDocument: policyDocument(0) });
      return PolicyName;
    },
    made: "there",
    look: async (wire, name) => {
      await wire.query("iam", "GetPolicy", { PolicyArn: `arn:aws:iam::123456789012:policy/${name}` });
      return "there";
    },
    remove: (wire, name) =>
      wire.query("iam", "DeletePolicy", { PolicyArn: `arn:aws:iam::123456789012:policy/${name}` }),
  },
  {
    name: "trail and its selectors",
    named: (n) => `other-${n}`,
    make: async (wire, Name) => {
      await wire.json("CreateTrail", { Name, S3BucketName: bucketOfOthers });
      return Name;
    },
    made: "All",
    look: async (wire, TrailName) => {
      const { text } = await wire.json("GetEventSelectors", { TrailName });
      return (JSON.parse(text) as { EventSelectors: { ReadWriteType: string }[] }).EventSelectors[0]?.ReadWriteType;
    },
    change: (wire, TrailName, n) =>
      wire.json("PutEventSelectors", {
        TrailName,
        EventSelectors: [{ ReadWriteType: readWrite(n), IncludeManagementEvents: true }],
      }),
    changed: readWrite,
    remove: (wire, Name) => wire.json("DeleteTrail", { Name }),
  },
];

function readWrite(n: number): string {
  return n % 2 ? "WriteOnly" : "ReadOnly";
}
