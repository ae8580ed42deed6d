import type { NetworkAclEntry } from "@aws-sdk/client-ec2";
import type { Random } from "../../../aws/random.ts";
import type { Kind } from "../mechanism/kind.ts";
import type { Draft } from "../mechanism/tables.ts";
import { zonesOf } from "../regions.ts";
import { securityGroupRules, securityGroups } from "../security-groups/groups.ts";
import { internetGateways, networkAcls, routeTables } from "./routing.ts";
import { subnets } from "./subnets.ts";
import { vpcs } from "./vpcs.ts";

const cidr = "172.31.0.0/16";

/**
 * Puts the default VPC into a Region that an account hasn't used: a public /20 subnet in each zone, an internet gateway,
 * the main route table, the network ACL and the security group "default".
 * Source: https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
 */
export function createDefaultNetwork(draft: Draft, region: string, random: Random, createdAt: number): void {
  const newId = ({ prefix }: Pick<Kind<never>, "prefix">) => `${prefix}-0${random.hex(16)}`;
  const association = (prefix: string) => newId({ prefix });
  const base = { createdAt, tags: [] };

  const vpc = draft.put(vpcs, {
    ...base,
    id: newId(vpcs),
    facts: {
      CidrBlock: cidr,
      CidrBlockAssociationSet: [
        { AssociationId: association("vpc-cidr-assoc"), CidrBlock: cidr, CidrBlockState: { State: "associated" } },
      ],
      DhcpOptionsId: association("dopt"),
      InstanceTenancy: "default",
      IsDefault: true,
    },
    attributes: { enableDnsSupport: true, enableDnsHostnames: true, enableNetworkAddressUsageMetrics: false },
  });

  const zoneSubnets = zonesOf(region).map((zone, at) =>
    draft.put(subnets, {
      ...base,
      id: newId(subnets),
      facts: {
        VpcId: vpc.id,
        CidrBlock: `172.31.${at * 16}.0/20`,
        AvailabilityZone: zone.name,
        AvailabilityZoneId: zone.id,
        DefaultForAz: true,
        MapPublicIpOnLaunch: true,
        MapCustomerOwnedIpOnLaunch: false,
        AssignIpv6AddressOnCreation: false,
        Ipv6CidrBlockAssociationSet: [],
        EnableDns64: false,
        Ipv6Native: false,
        PrivateDnsNameOptionsOnLaunch: {
          HostnameType: "ip-name",
          EnableResourceNameDnsARecord: false,
          EnableResourceNameDnsAAAARecord: false,
        },
      },
    }),
  );

  const gateway = draft.put(internetGateways, {
    ...base,
    id: newId(internetGateways),
    attachments: [{ VpcId: vpc.id }],
  });

  const routeTableId = newId(routeTables);
  draft.put(routeTables, {
    ...base,
    id: routeTableId,
    facts: {
      VpcId: vpc.id,
      PropagatingVgws: [],
      Associations: [
        {
          Main: true,
          RouteTableAssociationId: association("rtbassoc"),
          RouteTableId: routeTableId,
          AssociationState: { State: "associated" },
        },
      ],
      Routes: [
        { DestinationCidrBlock: cidr, GatewayId: "local", Origin: "CreateRouteTable", State: "active" },
        { DestinationCidrBlock: "0.0.0.0/0", GatewayId: gateway.id, Origin: "CreateRoute", State: "active" },
      ],
    },
  });

  const networkAclId = newId(networkAcls);
  draft.put(networkAcls, {
    ...base,
    id: networkAclId,
    facts: {
      VpcId: vpc.id,
      IsDefault: true,
      Associations: zoneSubnets.map(({ id }) => ({
        NetworkAclAssociationId: association("aclassoc"),
        NetworkAclId: networkAclId,
        SubnetId: id,
      })),
      Entries: [true, false].flatMap((egress) => [aclEntry(100, "allow", egress), aclEntry(32767, "deny", egress)]),
    },
  });

  const group = draft.put(securityGroups, {
    ...base,
    id: newId(securityGroups),
    vpcId: vpc.id,
    groupName: "default",
    description: "default VPC security group",
  });
  const anything = { ...base, groupId: group.id, protocol: "-1" };
  draft.put(securityGroupRules, {
    ...anything,
    id: newId(securityGroupRules),
    isEgress: false,
    peer: { group: group.id },
  });
  draft.put(securityGroupRules, {
    ...anything,
    id: newId(securityGroupRules),
    isEgress: true,
    peer: { ipv4: "0.0.0.0/0" },
  });
}

function aclEntry(RuleNumber: number, RuleAction: "allow" | "deny", Egress: boolean): NetworkAclEntry {
  return { CidrBlock: "0.0.0.0/0", Egress, Protocol: "-1", RuleAction, RuleNumber };
}
