import type { Call, Members } from "../../aws/call.ts";
import type { Context } from "../../policy/index.ts";
import { ec2Arn } from "./ec2-resources.ts";
import { valuesAt } from "./requirement.ts";

/** A condition key of a resource that a call makes: where the request says it, and what it is where the request doesn't. */
interface KeyRow {
  readonly type: string;
  readonly key: string;
  readonly from: string;
  readonly otherwise?: string;
  /** The value stands for a resource, whose ARN the key holds. */
  readonly names?: string;
}

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-policy-keys
const rows: readonly KeyRow[] = [
  { type: "instance", key: "ec2:InstanceType", from: "InstanceType", otherwise: "m1.small" },
  { type: "instance", key: "ec2:Tenancy", from: "Placement.Tenancy", otherwise: "default" },
  { type: "instance", key: "ec2:AvailabilityZone", from: "Placement.AvailabilityZone" },
  { type: "instance", key: "ec2:EbsOptimized", from: "EbsOptimized", otherwise: "false" },
  { type: "instance", key: "ec2:InstanceMarketType", from: "InstanceMarketOptions.MarketType", otherwise: "on-demand" },
  { type: "instance", key: "ec2:InstanceProfile", from: "IamInstanceProfile.Arn" },
  { type: "instance", key: "ec2:MetadataHttpEndpoint", from: "MetadataOptions.HttpEndpoint" },
  { type: "instance", key: "ec2:MetadataHttpTokens", from: "MetadataOptions.HttpTokens" },
  { type: "instance", key: "ec2:MetadataHttpPutResponseHopLimit", from: "MetadataOptions.HttpPutResponseHopLimit" },
  { type: "instance", key: "ec2:ImageID", from: "ImageId" },
  { type: "instance", key: "ec2:PlacementGroup", from: "Placement.GroupName", names: "placement-group" },
  { type: "volume", key: "ec2:AvailabilityZone", from: "AvailabilityZone" },
  { type: "volume", key: "ec2:VolumeSize", from: "Size" },
  { type: "volume", key: "ec2:VolumeSize", from: "BlockDeviceMappings.Ebs.VolumeSize" },
  { type: "volume", key: "ec2:VolumeType", from: "VolumeType" },
  { type: "volume", key: "ec2:VolumeType", from: "BlockDeviceMappings.Ebs.VolumeType" },
  { type: "volume", key: "ec2:VolumeIops", from: "Iops" },
  { type: "volume", key: "ec2:VolumeIops", from: "BlockDeviceMappings.Ebs.Iops" },
  { type: "volume", key: "ec2:VolumeThroughput", from: "Throughput" },
  { type: "volume", key: "ec2:VolumeThroughput", from: "BlockDeviceMappings.Ebs.Throughput" },
  { type: "volume", key: "ec2:Encrypted", from: "BlockDeviceMappings.Ebs.Encrypted" },
  { type: "volume", key: "ec2:Encrypted", from: "Encrypted", otherwise: "false" },
  { type: "volume", key: "ec2:ParentSnapshot", from: "SnapshotId", names: "snapshot" },
  { type: "snapshot", key: "ec2:ParentVolume", from: "VolumeId", names: "volume" },
  { type: "snapshot", key: "ec2:Encrypted", from: "Encrypted" },
  { type: "network-interface", key: "ec2:AvailabilityZone", from: "Placement.AvailabilityZone" },
  {
    type: "network-interface",
    key: "ec2:AssociatePublicIpAddress",
    from: "NetworkInterfaces.AssociatePublicIpAddress",
  },
  { type: "network-interface", key: "ec2:Subnet", from: "SubnetId", names: "subnet" },
  { type: "network-interface", key: "ec2:Subnet", from: "NetworkInterfaces.SubnetId", names: "subnet" },
  { type: "subnet", key: "ec2:Vpc", from: "VpcId", names: "vpc" },
  { type: "security-group", key: "ec2:Vpc", from: "VpcId", names: "vpc" },
  { type: "key-pair", key: "ec2:KeyPairType", from: "KeyType", otherwise: "rsa" },
];

/** The condition keys of a resource that a call makes. */
export function keysOfNew(type: string, call: Call): Context {
  const keys: Record<string, string | readonly string[]> = {};
  for (const { type: of, key, from, otherwise, names } of rows) {
    if (of !== type || Object.hasOwn(keys, key.toLowerCase())) continue;
    const said = valuesAt(call.input ?? {}, from).map((value) => (names ? ec2Arn(call, names, value) : value));
    const [one = otherwise] = said;
    if (one !== undefined) keys[key.toLowerCase()] = said.length > 1 ? said : one;
  }
  return keys;
}

/** Which attribute of a resource a call looks at or changes: `ec2:Attribute`, and `ec2:Attribute/<name>` with the new value. */
export function attributeKeys({ Attribute: attribute, Value: value }: Members): Context {
  if (typeof attribute !== "string") return {};
  return {
    "ec2:attribute": attribute,
    ...(typeof value === "string" && { [`ec2:attribute/${attribute.toLowerCase()}`]: value }),
  };
}
