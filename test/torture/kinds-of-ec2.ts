import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { isEarly, type Kind } from "./kind.ts";
import { type Answer, element, type Wire } from "./wire.ts";

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
  for (let left = 60; ; left--) {
    try {
      return await call();
    } catch (error) {
      if (!isEarly(error) || left === 0) throw error;
      await pause(50);
    }
  }
}

const makeWith =
  (action: string, parameters: Readonly<Record<string, string>>, id: string): Kind["make"] =>
  async (wire) =>
    element(id, await wire.query("ec2", action, parameters));

const runInstance = async (wire: Wire) => {
  const images = await wire.query("ec2", "DescribeImages", { "Owner.1": "amazon" });
  const ImageId = element("imageId", images);
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

export const kindsOfEc2: readonly Kind[] = [
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
];
