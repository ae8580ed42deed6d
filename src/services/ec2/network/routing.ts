import type {
  DescribeInternetGatewaysCommandInput,
  DescribeInternetGatewaysCommandOutput,
  DescribeNetworkAclsCommandInput,
  DescribeNetworkAclsCommandOutput,
  DescribeRouteTablesCommandInput,
  DescribeRouteTablesCommandOutput,
  InternetGateway,
  NetworkAcl,
  RouteTable,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { doesNotExist, invalidId, type Kind, type Resource } from "../mechanism/kind.ts";

export interface InternetGatewayResource extends Resource {
  readonly attachments: readonly { readonly VpcId: string }[];
}

export interface RouteTableResource extends Resource {
  readonly facts: Omit<RouteTable, "RouteTableId" | "OwnerId" | "Tags">;
}

export interface NetworkAclResource extends Resource {
  readonly facts: Omit<NetworkAcl, "NetworkAclId" | "OwnerId" | "Tags">;
}

export const internetGateways: Kind<InternetGatewayResource> = {
  type: "internet-gateway",
  prefix: "igw",
  idSet: "internetGatewayIdSet",
  notFound: { code: "InvalidInternetGatewayID.NotFound", message: doesNotExist("internetGateway") },
  malformed: { code: "InvalidInternetGatewayId.Malformed", message: invalidId("igw") },
};

export const routeTables: Kind<RouteTableResource> = {
  type: "route-table",
  prefix: "rtb",
  idSet: "routeTableIdSet",
  notFound: { code: "InvalidRouteTableID.NotFound", message: doesNotExist("routeTable") },
  malformed: { code: "InvalidRouteTableId.Malformed", message: invalidId("rtb") },
};

export const networkAcls: Kind<NetworkAclResource> = {
  type: "network-acl",
  prefix: "acl",
  idSet: "networkAclIdSet",
  notFound: { code: "InvalidNetworkAclID.NotFound", message: doesNotExist("networkAcl") },
  malformed: { code: "InvalidNetworkAclId.Malformed", message: invalidId("acl") },
};

const gatewayDescription: Description<InternetGatewayResource, InternetGateway> = {
  kind: internetGateways,
  page: { min: 5, max: 1000 },
  shape: ({ id, attachments, tags }, { account }) => ({
    // AWS says "available" here, where its model says "attached".
    Attachments: attachments.map(({ VpcId }) => ({ State: "available" as "attached", VpcId })),
    InternetGatewayId: id,
    OwnerId: account,
    Tags: [...tags],
  }),
  filters: {
    "attachment.state": (gateway) => gateway.Attachments?.map(({ State }) => State),
    "attachment.vpc-id": (gateway) => gateway.Attachments?.map(({ VpcId }) => VpcId),
    "internet-gateway-id": (gateway) => gateway.InternetGatewayId,
    "owner-id": (gateway) => gateway.OwnerId,
  },
};

const routeTableDescription: Description<RouteTableResource, RouteTable> = {
  kind: routeTables,
  page: { min: 5, max: 100 },
  shape: ({ id, facts, tags }, { account }) => ({ ...facts, RouteTableId: id, OwnerId: account, Tags: [...tags] }),
  filters: {
    "association.gateway-id": (table) => table.Associations?.map((one) => one.GatewayId),
    "association.main": (table) => table.Associations?.map((one) => one.Main),
    "association.route-table-association-id": (table) => table.Associations?.map((one) => one.RouteTableAssociationId),
    "association.route-table-id": (table) => table.Associations?.map((one) => one.RouteTableId),
    "association.subnet-id": (table) => table.Associations?.map((one) => one.SubnetId),
    "owner-id": (table) => table.OwnerId,
    "route-table-id": (table) => table.RouteTableId,
    "route.destination-cidr-block": (table) => table.Routes?.map((route) => route.DestinationCidrBlock),
    "route.destination-ipv6-cidr-block": (table) => table.Routes?.map((route) => route.DestinationIpv6CidrBlock),
    "route.destination-prefix-list-id": (table) => table.Routes?.map((route) => route.DestinationPrefixListId),
    "route.gateway-id": (table) => table.Routes?.map((route) => route.GatewayId),
    "route.instance-id": (table) => table.Routes?.map((route) => route.InstanceId),
    "route.nat-gateway-id": (table) => table.Routes?.map((route) => route.NatGatewayId),
    "route.origin": (table) => table.Routes?.map((route) => route.Origin),
    "route.state": (table) => table.Routes?.map((route) => route.State),
    "vpc-id": (table) => table.VpcId,
  },
};

const aclDescription: Description<NetworkAclResource, NetworkAcl> = {
  kind: networkAcls,
  page: { min: 5, max: 1000 },
  shape: ({ id, facts, tags }, { account }) => ({ ...facts, NetworkAclId: id, OwnerId: account, Tags: [...tags] }),
  filters: {
    "association.association-id": (acl) => acl.Associations?.map((one) => one.NetworkAclAssociationId),
    "association.network-acl-id": (acl) => acl.Associations?.map((one) => one.NetworkAclId),
    "association.subnet-id": (acl) => acl.Associations?.map((one) => one.SubnetId),
    default: (acl) => acl.IsDefault,
    "entry.cidr": (acl) => acl.Entries?.map((entry) => entry.CidrBlock),
    "entry.egress": (acl) => acl.Entries?.map((entry) => entry.Egress),
    "entry.protocol": (acl) => acl.Entries?.map((entry) => entry.Protocol),
    "entry.rule-action": (acl) => acl.Entries?.map((entry) => entry.RuleAction),
    "entry.rule-number": (acl) => acl.Entries?.map((entry) => entry.RuleNumber),
    "network-acl-id": (acl) => acl.NetworkAclId,
    "owner-id": (acl) => acl.OwnerId,
    "vpc-id": (acl) => acl.VpcId,
  },
};

const DescribeInternetGateways: Read<
  DescribeInternetGatewaysCommandInput,
  Output<DescribeInternetGatewaysCommandOutput>
> = (input, scope) => {
  const { shapes, token } = describe(gatewayDescription, input, scope, { ids: input.InternetGatewayIds });
  return { InternetGateways: shapes, ...token };
};

const DescribeRouteTables: Read<DescribeRouteTablesCommandInput, Output<DescribeRouteTablesCommandOutput>> = (
  input,
  scope,
) => {
  const { shapes, token } = describe(routeTableDescription, input, scope, { ids: input.RouteTableIds });
  return { RouteTables: shapes, ...token };
};

const DescribeNetworkAcls: Read<DescribeNetworkAclsCommandInput, Output<DescribeNetworkAclsCommandOutput>> = (
  input,
  scope,
) => {
  const { shapes, token } = describe(aclDescription, input, scope, { ids: input.NetworkAclIds });
  return { NetworkAcls: shapes, ...token };
};

export const routingActions: Actions = {
  reads: { DescribeInternetGateways, DescribeRouteTables, DescribeNetworkAcls },
};
