import type {
  DescribeRouteTablesCommandInput,
  DescribeRouteTablesCommandOutput,
  RouteTable,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { doesNotExist, invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import { routeState } from "./route-targets.ts";

export interface RouteTableResource extends Resource {
  readonly facts: Omit<RouteTable, "RouteTableId" | "OwnerId" | "Tags"> & { readonly VpcId: string };
}

export const routeTables: Kind<RouteTableResource> = {
  type: "route-table",
  prefix: "rtb",
  idSet: "routeTableIdSet",
  notFound: { code: "InvalidRouteTableID.NotFound", message: doesNotExist("routeTable") },
  malformed: { code: "InvalidRouteTableId.Malformed", message: invalidId("rtb") },
  indexes: { vpc: ({ facts }) => [facts.VpcId] },
};

const description: Description<RouteTableResource, RouteTable> = {
  kind: routeTables,
  page: { min: 5, max: 100 },
  shape: ({ id, facts, tags }, scope) => ({
    ...facts,
    Routes: facts.Routes?.map((route) => ({ ...route, State: routeState(route, facts.VpcId, scope) })),
    RouteTableId: id,
    OwnerId: scope.account,
    Tags: [...tags],
  }),
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

/** A route table as AWS shows it. */
export const routeTableShape = description.shape;

const DescribeRouteTables: Read<DescribeRouteTablesCommandInput, Output<DescribeRouteTablesCommandOutput>> = (
  input,
  scope,
) => {
  const { shapes, token } = describe(description, input, scope, { ids: input.RouteTableIds });
  return { RouteTables: shapes, ...token };
};

export const describeRouteTableActions: Actions = { reads: { DescribeRouteTables } };
