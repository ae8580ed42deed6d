import type { NetworkAclEntry } from "@aws-sdk/client-ec2";
import type { StoredTag } from "../mechanism/kind.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { securityGroupRules, securityGroups } from "../security-groups/groups.ts";
import { usualDhcpOptions } from "./dhcp-options.ts";
import { fresh } from "./fresh.ts";
import { networkAcls } from "./network-acls.ts";
import { routeTables } from "./route-tables.ts";
import { type VpcResource, vpcs } from "./vpcs.ts";

/** What it takes to put new resources into an account and Region. */
export type Maker = Pick<WriteScope, "list" | "put" | "newId" | "now">;

interface VpcOrder {
  readonly cidr: string;
  readonly ipv6Cidr?: string | undefined;
  readonly isDefault: boolean;
  readonly tenancy: "default" | "dedicated" | "host";
  readonly tags: readonly StoredTag[];
}

/**
 * A new VPC with what AWS makes with it: the main route table, the default network ACL and the security group "default".
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/create-vpc.html
 */
export function newVpc(region: string, { cidr, ipv6Cidr, isDefault, tenancy, tags }: VpcOrder, make: Maker) {
  const vpc: VpcResource = make.put(vpcs, {
    ...fresh(vpcs, undefined, make),
    tags,
    facts: {
      CidrBlock: cidr,
      CidrBlockAssociationSet: [cidrAssociation(cidr, make)],
      ...(ipv6Cidr !== undefined && { Ipv6CidrBlockAssociationSet: [ipv6Association(ipv6Cidr, region, make)] }),
      DhcpOptionsId: usualDhcpOptions(region, make),
      InstanceTenancy: tenancy,
      IsDefault: isDefault,
    },
    attributes: {
      enableDnsSupport: true,
      enableDnsHostnames: isDefault,
      enableNetworkAddressUsageMetrics: false,
    },
  });
  const routeTable = newRouteTable(vpc, [], make);
  const Associations = [
    {
      Main: true,
      RouteTableAssociationId: make.newId({ prefix: "rtbassoc" }),
      RouteTableId: routeTable.id,
      AssociationState: { State: "associated" as const },
    },
  ];
  const mainTable = make.put(routeTables, { ...routeTable, facts: { ...routeTable.facts, Associations } });
  const acl = make.put(networkAcls, {
    ...fresh(networkAcls, undefined, make),
    facts: {
      VpcId: vpc.id,
      IsDefault: true,
      Associations: [],
      Entries: [true, false].flatMap((egress) => [aclEntry(100, "allow", egress), aclEntry(32767, "deny", egress)]),
    },
  });
  newDefaultGroup(vpc.id, make);
  return { vpc, mainTable, acl };
}

/** A block of a VPC, as it is once it is associated. */
export function cidrAssociation(CidrBlock: string, make: Pick<Maker, "newId">) {
  const AssociationId = make.newId({ prefix: "vpc-cidr-assoc" });
  return { AssociationId, CidrBlock, CidrBlockState: { State: "associated" as const } };
}

export function ipv6Association(Ipv6CidrBlock: string, region: string, make: Pick<Maker, "newId">) {
  return {
    AssociationId: make.newId({ prefix: "vpc-cidr-assoc" }),
    Ipv6CidrBlock,
    Ipv6CidrBlockState: { State: "associated" as const },
    NetworkBorderGroup: region,
    Ipv6Pool: "Amazon",
  };
}

/** A route table with the local routes of its VPC. */
export function newRouteTable(vpc: VpcResource, tags: readonly StoredTag[], make: Maker) {
  const local = { GatewayId: "local", Origin: "CreateRouteTable" as const, State: "active" as const };
  const { CidrBlockAssociationSet: blocks = [], Ipv6CidrBlockAssociationSet: ipv6Blocks = [] } = vpc.facts;
  return make.put(routeTables, {
    ...fresh(routeTables, undefined, make),
    tags,
    facts: {
      VpcId: vpc.id,
      PropagatingVgws: [],
      Associations: [],
      Routes: [
        ...blocks.map(({ CidrBlock }) => ({ DestinationCidrBlock: CidrBlock, ...local })),
        ...ipv6Blocks.map(({ Ipv6CidrBlock }) => ({ DestinationIpv6CidrBlock: Ipv6CidrBlock, ...local })),
      ],
    },
  });
}

function newDefaultGroup(vpcId: string, make: Maker): void {
  const group = make.put(securityGroups, {
    ...fresh(securityGroups, undefined, make),
    vpcId,
    groupName: "default",
    description: "default VPC security group",
  });
  for (const isEgress of [false, true])
    make.put(securityGroupRules, {
      ...fresh(securityGroupRules, undefined, make),
      groupId: group.id,
      protocol: "-1",
      isEgress,
      peer: isEgress ? { ipv4: "0.0.0.0/0" } : { group: group.id },
    });
}

export function aclEntry(RuleNumber: number, RuleAction: "allow" | "deny", Egress: boolean): NetworkAclEntry {
  return { CidrBlock: "0.0.0.0/0", Egress, Protocol: "-1", RuleAction, RuleNumber };
}
