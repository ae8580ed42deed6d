import type { DescribeSubnetsCommandInput, DescribeSubnetsCommandOutput, Subnet } from "@aws-sdk/client-ec2";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { doesNotExist, invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { freeAddresses, usableAddresses } from "./addresses.ts";
import { countTaken, isTaken } from "./network-interfaces.ts";

export interface SubnetResource extends Resource {
  readonly facts: Omit<Subnet, "SubnetId" | "SubnetArn" | "OwnerId" | "State" | "AvailableIpAddressCount" | "Tags"> & {
    readonly VpcId: string;
    readonly CidrBlock: string;
    readonly AvailabilityZone: string;
    readonly AvailabilityZoneId: string;
  };
}

export const subnets: Kind<SubnetResource> = {
  type: "subnet",
  prefix: "subnet",
  idSet: "subnetSet",
  notFound: { code: "InvalidSubnetID.NotFound", message: doesNotExist("subnet") },
  malformed: { code: "InvalidSubnetID.Malformed", message: invalidId("subnet") },
  indexes: { vpc: ({ facts }) => [facts.VpcId] },
};

const description: Description<SubnetResource, Subnet> = {
  kind: subnets,
  page: { min: 5, max: 1000 },
  shape: (subnet, scope) => ({
    ...subnet.facts,
    SubnetId: subnet.id,
    SubnetArn: `arn:aws:ec2:${scope.region}:${scope.account}:subnet/${subnet.id}`,
    OwnerId: scope.account,
    State: "available",
    AvailableIpAddressCount: countFree(subnet, scope),
    Tags: [...subnet.tags],
  }),
  filters: {
    "availability-zone": (subnet) => subnet.AvailabilityZone,
    availabilityZone: (subnet) => subnet.AvailabilityZone,
    "availability-zone-id": (subnet) => subnet.AvailabilityZoneId,
    availabilityZoneId: (subnet) => subnet.AvailabilityZoneId,
    "available-ip-address-count": (subnet) => subnet.AvailableIpAddressCount,
    "cidr-block": (subnet) => subnet.CidrBlock,
    cidr: (subnet) => subnet.CidrBlock,
    cidrBlock: (subnet) => subnet.CidrBlock,
    "default-for-az": (subnet) => subnet.DefaultForAz,
    defaultForAz: (subnet) => subnet.DefaultForAz,
    "enable-dns64": (subnet) => subnet.EnableDns64,
    "ipv6-cidr-block-association.ipv6-cidr-block": (subnet) =>
      subnet.Ipv6CidrBlockAssociationSet?.map((set) => set.Ipv6CidrBlock),
    "ipv6-native": (subnet) => subnet.Ipv6Native,
    "map-public-ip-on-launch": (subnet) => subnet.MapPublicIpOnLaunch,
    "outpost-arn": (subnet) => subnet.OutpostArn,
    "owner-id": (subnet) => subnet.OwnerId,
    state: (subnet) => subnet.State,
    "subnet-arn": (subnet) => subnet.SubnetArn,
    "subnet-id": (subnet) => subnet.SubnetId,
    "vpc-id": (subnet) => subnet.VpcId,
  },
};

/** The default subnets, or the one of a zone, in the order of their zones. */
export function defaultSubnets(scope: Scope, zone: string | undefined): SubnetResource[] {
  return scope
    .list(subnets)
    .filter(({ facts }) => facts.DefaultForAz && (zone === undefined || facts.AvailabilityZone === zone))
    .sort((a, b) => (a.facts.AvailabilityZone < b.facts.AvailabilityZone ? -1 : 1));
}

/** A subnet as AWS shows it. */
export const subnetShape = description.shape;

/** The free addresses of a subnet, from a random one on. */
export function freeIn({ id, facts }: SubnetResource, scope: WriteScope): Generator<string, undefined> {
  const startAt = Number.parseInt(scope.random.hex(4), 16);
  return freeAddresses(facts.CidrBlock, (address) => isTaken(id, address, scope), startAt);
}

/** How many addresses of a subnet are free. */
export function countFree({ id, facts }: SubnetResource, scope: Scope): number {
  return usableAddresses(facts.CidrBlock) - countTaken(id, scope);
}

const DescribeSubnets: Read<DescribeSubnetsCommandInput, Output<DescribeSubnetsCommandOutput>> = (input, scope) => {
  const { shapes, token } = describe(description, input, scope, { ids: input.SubnetIds });
  return { Subnets: shapes, ...token };
};

export const subnetActions: Actions = { reads: { DescribeSubnets } };
