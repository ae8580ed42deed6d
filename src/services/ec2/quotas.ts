import { AwsError } from "../../aws/error.ts";
import { instanceTypeInfo } from "./instance-types/types.ts";
import { type InstanceResource, instanceState, instances } from "./instances/kinds.ts";
import type { Kind, Resource } from "./mechanism/kind.ts";
import type { Draft, Tables } from "./mechanism/tables.ts";
import { stateAt } from "./mechanism/timeline.ts";
import { elasticAddresses } from "./network/elastic-addresses.ts";
import { internetGateways } from "./network/internet-gateways.ts";
import { natGateways } from "./network/nat-gateways.ts";
import { networkAcls } from "./network/network-acls.ts";
import { networkInterfaces } from "./network/network-interfaces.ts";
import { routeTables } from "./network/route-tables.ts";
import { subnets } from "./network/subnets.ts";
import { vpcs } from "./network/vpcs.ts";
import { securityGroups } from "./security-groups/groups.ts";
import { snapshots, type VolumeResource, volumes } from "./storage/kinds.ts";

/** One of AWS's quotas: what counts against it, in an account and Region, and how a call is refused that asks for more. */
interface Quota<R extends Resource> {
  readonly name: string;
  /** What a new account has. */
  readonly aws: number;
  readonly kind: Kind<R>;
  /** Where the quota is one for each VPC, or such: which. */
  readonly each?: (resource: R, tables: Tables) => string;
  /** How much of the quota a resource takes; 1 when not given. */
  readonly amount?: (resource: R, now: number) => number;
  readonly code: string;
  readonly message: (limit: number, asked: number) => string;
}

const quota = <R extends Resource>(row: Quota<R>) => row as unknown as Quota<Resource>;

const reached = (what: string) => () => `The maximum number of ${what} has been reached.`;
const increase = "Please visit http://aws.amazon.com/contact-us/ec2-request to request an adjustment to this limit.";

const running = (instance: InstanceResource, now: number) =>
  ["pending", "running"].includes(instanceState(instance, now));
const familyOf = ({ facts }: InstanceResource) => /^[a-z]+/.exec(facts.InstanceType ?? "")?.[0] ?? "";
const vCpus = ({ facts }: InstanceResource) => instanceTypeInfo(facts.InstanceType ?? "")?.VCpuInfo?.DefaultVCpus ?? 1;

// The families of instance types that share a quota of vCPUs; a family of none of the others is a standard one.
// Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html
const buckets: readonly (readonly [name: string, families: readonly string[], aws: number])[] = [
  ["F", ["f"], 0],
  ["G and VT", ["g", "gr", "vt"], 0],
  ["P", ["p"], 0],
  ["X", ["x"], 0],
  ["Inf", ["inf"], 0],
  ["DL", ["dl"], 0],
  ["Trn", ["trn"], 0],
  ["HPC", ["hpc"], 0],
  ["High Memory", ["u"], 0],
];
const special = new Set(buckets.flatMap(([, families]) => families));

function vCpuQuotas(bucket: string, aws: number, isOf: (family: string) => boolean) {
  const amount = (spot: boolean) => (instance: InstanceResource, now: number) =>
    (instance.spot !== undefined) === spot && isOf(familyOf(instance)) && running(instance, now) ? vCpus(instance) : 0;
  return [
    quota({
      name: `Running On-Demand ${bucket} instances`,
      aws,
      kind: instances,
      amount: amount(false),
      code: "VcpuLimitExceeded",
      message: (limit) =>
        `You have requested more vCPU capacity than your current vCPU limit of ${limit} allows for the instance bucket that the specified instance type belongs to. ${increase}`,
    }),
    quota({
      name: `All ${bucket} Spot Instance Requests`,
      aws,
      kind: instances,
      amount: amount(true),
      code: "MaxSpotInstanceCountExceeded",
      message: () => "Max spot instance count exceeded",
    }),
  ];
}

const storageTypes: readonly (readonly [type: string, name: string, aws: number])[] = [
  ["gp2", "General Purpose SSD (gp2)", 50],
  ["gp3", "General Purpose SSD (gp3)", 50],
  ["io1", "Provisioned IOPS SSD (io1)", 50],
  ["io2", "Provisioned IOPS SSD (io2)", 20],
  ["st1", "Throughput Optimized HDD (st1)", 50],
  ["sc1", "Cold HDD (sc1)", 50],
  ["standard", "Magnetic (standard)", 50],
];
const tebibytes = (type: string) => (volume: VolumeResource) =>
  volume.facts.VolumeType === type ? volume.facts.Size / 1024 : 0;

// Names and numbers: https://docs.aws.amazon.com/general/latest/gr/ec2-service.html#limits_ec2, …/gr/ebs-service.html#limits_ebs
// and https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html. Messages: what AWS is seen to answer; that of
// snapshots, subnets, route tables, network ACLs and network interfaces has the others' form.
const quotas: readonly Quota<Resource>[] = [
  ...vCpuQuotas("Standard (A, C, D, H, I, M, R, T, Z)", 5, (family) => !special.has(family)),
  ...buckets.flatMap(([name, families, aws]) => vCpuQuotas(name, aws, (family) => families.includes(family))),
  // An attribute of accounts from before there were quotas of vCPUs.
  quota({
    name: "max-instances",
    aws: Number.POSITIVE_INFINITY,
    kind: instances,
    amount: (instance, now) => (running(instance, now) ? 1 : 0),
    code: "InstanceLimitExceeded",
    message: (limit, asked) =>
      `You have requested more instances (${asked}) than your current instance limit of ${limit} allows for the specified instance type. ${increase}`,
  }),
  ...storageTypes.map(([type, name, aws]) =>
    quota({
      name: `Storage for ${name} volumes, in TiB`,
      aws,
      kind: volumes,
      amount: tebibytes(type),
      code: "VolumeLimitExceeded",
      message: (limit) =>
        `You have exceeded your maximum ${type} storage limit of ${limit} TiB in this region. Please contact AWS Support to request an Elastic Block Store service limit increase.`,
    }),
  ),
  quota({
    name: "Snapshots per Region",
    aws: 100_000,
    kind: snapshots,
    code: "SnapshotLimitExceeded",
    message: reached("snapshots"),
  }),
  quota({ name: "VPCs per Region", aws: 5, kind: vpcs, code: "VpcLimitExceeded", message: reached("VPCs") }),
  quota({
    name: "Subnets per VPC",
    aws: 200,
    kind: subnets,
    each: ({ facts }) => facts.VpcId,
    code: "SubnetLimitExceeded",
    message: reached("subnets"),
  }),
  quota({
    name: "EC2-VPC Elastic IPs",
    aws: 5,
    kind: elasticAddresses,
    code: "AddressLimitExceeded",
    message: reached("addresses"),
  }),
  quota({
    name: "Internet gateways per Region",
    aws: 5,
    kind: internetGateways,
    code: "InternetGatewayLimitExceeded",
    message: reached("internet gateways"),
  }),
  quota({
    name: "NAT gateways per Availability Zone",
    aws: 5,
    kind: natGateways,
    each: ({ subnetId }, tables) => tables.get(subnets, subnetId)?.facts.AvailabilityZone ?? "",
    amount: ({ timeline }, now) => (["pending", "available"].includes(stateAt(timeline, now)) ? 1 : 0),
    code: "NatGatewayLimitExceeded",
    message: (limit) => `Performing this operation would exceed the limit of ${limit} NAT gateways`,
  }),
  quota({
    name: "VPC security groups per Region",
    aws: 2_500,
    kind: securityGroups,
    code: "SecurityGroupLimitExceeded",
    message: reached("security groups"),
  }),
  quota({
    name: "Route tables per VPC",
    aws: 200,
    kind: routeTables,
    each: ({ facts }) => facts.VpcId,
    code: "RouteTableLimitExceeded",
    message: reached("route tables"),
  }),
  quota({
    name: "Network ACLs per VPC",
    aws: 200,
    kind: networkAcls,
    each: ({ facts }) => facts.VpcId,
    code: "NetworkAclLimitExceeded",
    message: reached("network ACLs"),
  }),
  quota({
    name: "Network interfaces per Region",
    aws: 5_000,
    kind: networkInterfaces,
    code: "NetworkInterfaceLimitExceeded",
    message: reached("network interfaces"),
  }),
];

/** Numbers by the names of AWS's quotas; what isn't there is not limited. */
export type Limits = Readonly<Record<string, number>>;

/** All quotas that can be set, with what a new account has. */
export const awsQuotas: Limits = Object.fromEntries(quotas.map(({ name, aws }) => [name, aws]));

/** Refuses changes of a draft that take more than the limits let an account have; throws the quota's AwsError. */
export type CheckQuotas = (draft: Draft, now: number) => void;

export function quotaCheck(limits: Limits): CheckQuotas {
  const set = quotas.filter(({ name }) => limits[name] !== undefined);
  return (draft, now) => {
    if (set.length === 0) return;
    const changed = new Set([...draft.changes()].map(({ type }) => type));
    for (const one of set) {
      if (!changed.has(one.kind.type)) continue;
      const limit = limits[one.name] ?? Number.POSITIVE_INFINITY;
      const before = taken(one, draft.before, now);
      for (const [each, asked] of taken(one, draft, now))
        if (asked > limit && asked > (before.get(each) ?? 0)) throw new AwsError(one.code, one.message(limit, asked));
    }
  };
}

/** How much of a quota is taken, by what it is a quota of. */
function taken({ kind, each, amount }: Quota<Resource>, tables: Tables, now: number): Map<string, number> {
  const sums = new Map<string, number>();
  for (const resource of tables.list(kind)) {
    if (kind.goneAt && kind.goneAt(resource) <= now) continue;
    const of = each?.(resource, tables) ?? "";
    sums.set(of, (sums.get(of) ?? 0) + (amount?.(resource, now) ?? 1));
  }
  return sums;
}
