import type { KnownResource } from "../../identity/index.ts";
import type { Context } from "../../policy/index.ts";
import type { State } from "../../storage/state/state.ts";
import type { Place } from "./mechanism/inventory.ts";
import type { Resource } from "./mechanism/kind.ts";

/** What of a stored resource the conditions of policies may ask: the key, and where its value is. */
type KeyRows = Readonly<Record<string, string>>;

const instance: KeyRows = {
  "ec2:instancetype": "facts.InstanceType",
  "ec2:availabilityzone": "facts.Placement.AvailabilityZone",
  "ec2:tenancy": "facts.Placement.Tenancy",
  "ec2:rootdevicetype": "facts.RootDeviceType",
  "ec2:ebsoptimized": "facts.EbsOptimized",
  "ec2:instanceprofile": "facts.IamInstanceProfile.Arn",
  "ec2:metadatahttptokens": "metadataOptions.HttpTokens",
  "ec2:instanceid": "id",
};
const volume: KeyRows = {
  "ec2:availabilityzone": "facts.AvailabilityZone",
  "ec2:encrypted": "facts.Encrypted",
  "ec2:volumeid": "id",
  "ec2:volumeiops": "facts.Iops",
  "ec2:volumesize": "facts.Size",
  "ec2:volumethroughput": "facts.Throughput",
  "ec2:volumetype": "facts.VolumeType",
};

/** By type; of what isn't here, somebody else may have one of the id. */
const types: Readonly<Record<string, { readonly keys: KeyRows; readonly ownOnly: boolean }>> = {
  instance: { keys: instance, ownOnly: true },
  volume: { keys: volume, ownOnly: true },
  snapshot: {
    keys: { "ec2:encrypted": "facts.Encrypted", "ec2:snapshotid": "id", "ec2:volumesize": "facts.VolumeSize" },
    ownOnly: false,
  },
  image: {
    keys: { "ec2:imageid": "id", "ec2:owner": "ownerId", "ec2:public": "launchPermission.all" },
    ownOnly: false,
  },
  subnet: { keys: { "ec2:availabilityzone": "facts.AvailabilityZone", "ec2:subnetid": "id" }, ownOnly: true },
  vpc: { keys: { "ec2:vpcid": "id", "ec2:tenancy": "facts.InstanceTenancy" }, ownOnly: true },
  "security-group": { keys: { "ec2:securitygroupid": "id" }, ownOnly: true },
  "security-group-rule": { keys: {}, ownOnly: true },
  "internet-gateway": { keys: {}, ownOnly: true },
  "route-table": { keys: {}, ownOnly: true },
  "network-acl": { keys: {}, ownOnly: true },
  "dhcp-options": { keys: {}, ownOnly: true },
  "egress-only-internet-gateway": { keys: {}, ownOnly: true },
  "elastic-ip": { keys: { "ec2:allocationid": "id", "ec2:publicipaddress": "publicIp" }, ownOnly: true },
  natgateway: { keys: {}, ownOnly: true },
  "vpc-endpoint": { keys: {}, ownOnly: true },
  "vpc-flow-log": { keys: {}, ownOnly: true },
  "instance-connect-endpoint": { keys: { "ec2:subnetid": "subnetId" }, ownOnly: true },
  "network-interface": { keys: { "ec2:networkinterfaceid": "id" }, ownOnly: true },
};

/** Keys that hold the ARN of a resource around it. */
const around: Readonly<Record<string, Readonly<Record<string, readonly [type: string, from: string]>>>> = {
  subnet: { "ec2:vpc": ["vpc", "facts.VpcId"] },
  "security-group": { "ec2:vpc": ["vpc", "vpcId"] },
  "network-interface": { "ec2:vpc": ["vpc", "facts.VpcId"], "ec2:subnet": ["subnet", "facts.SubnetId"] },
};

/** What policies may ask of a resource that an action names: `absent` when there is none, undefined when nobody knows. */
export async function knownResource(
  state: State,
  place: Place,
  type: string,
  id: string,
): Promise<KnownResource | "absent" | undefined> {
  const row = Object.hasOwn(types, type) ? types[type] : undefined;
  if (!row) return undefined;
  const entry = await state.get(`ec2/${place.account}/${place.region}/${type}/${id}`);
  if (!entry) return row.ownOnly ? "absent" : undefined;
  const resource = entry.value as unknown as Resource;
  const keys: Record<string, string> = {};
  for (const [key, from] of Object.entries(row.keys)) {
    const value = at(resource, from);
    if (value !== undefined) keys[key] = value;
  }
  for (const [key, [outer, from]] of Object.entries(around[type] ?? {})) {
    const value = at(resource, from);
    if (value !== undefined) keys[key] = `arn:aws:ec2:${place.region}:${place.account}:${outer}/${value}`;
  }
  return { tags: resource.tags, keys: keys satisfies Context };
}

function at(resource: Resource, path: string): string | undefined {
  let value: unknown = resource;
  for (const name of path.split(".")) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value === undefined || value === null || typeof value === "object" ? undefined : String(value);
}
