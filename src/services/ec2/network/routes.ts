import type {
  CreateRouteCommandInput,
  CreateRouteCommandOutput,
  DeleteRouteCommandInput,
  ReplaceRouteCommandInput,
  Route,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { invalidCombination, invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { contains, requiredCidr } from "./addresses.ts";
import { prefixListOf } from "./prefix-lists.ts";
import { type RouteTableResource, routeTables } from "./route-tables.ts";
import { targetOf } from "./route-targets.ts";

type Destination = Pick<Route, "DestinationCidrBlock" | "DestinationIpv6CidrBlock" | "DestinationPrefixListId">;

const requestNames = {
  DestinationCidrBlock: "destination-cidr-block",
  DestinationIpv6CidrBlock: "destination-ipv6-cidr-block",
  DestinationPrefixListId: "destination-prefix-list-id",
} as const;
const destinationMembers = Object.keys(requestNames) as (keyof typeof requestNames)[];

/** The one destination that a request names, with its member and text. */
function destinationOf(input: DeleteRouteCommandInput, scope: Scope) {
  const [member, ...more] = destinationMembers.filter((one) => input[one]);
  if (!member) throw missingParameter("destinationCidrBlock");
  if (more.length > 0) throw invalidCombination("The request must contain exactly one destination of the route");
  const text = input[member] ?? "";
  const value = {
    DestinationCidrBlock: () => requiredCidr(text, "destinationCidrBlock"),
    DestinationIpv6CidrBlock: () => requiredCidr(text, "destinationIpv6CidrBlock", "ipv6"),
    DestinationPrefixListId: () => prefixListOf(text, scope).id,
  }[member]();
  const destination: Destination = { [member]: value };
  return { destination, value, member, goesTo: (route: Route) => route[member] === value };
}

function tableOf({ RouteTableId }: { RouteTableId?: string | undefined }, scope: Scope): RouteTableResource {
  return scope.find(routeTables, required(RouteTableId, "routeTableId"));
}

function putRoutes(table: RouteTableResource, Routes: Route[], scope: WriteScope): void {
  scope.put(routeTables, { ...table, facts: { ...table.facts, Routes } });
}

const CreateRoute: Write<CreateRouteCommandInput, Output<CreateRouteCommandOutput>> = (input, scope) => {
  const table = tableOf(input, scope);
  const { destination, value, member, goesTo } = destinationOf(input, scope);
  const routes = table.facts.Routes ?? [];
  if (routes.some(goesTo)) throw new AwsError("RouteAlreadyExists", `The route identified by ${value} already exists.`);
  const target = targetOf(input, table.facts.VpcId, scope);
  const local = routes.find((route) => route.GatewayId === "local" && route[member] && contains(route[member], value));
  if (local && !target.NetworkInterfaceId && !target.NatGatewayId)
    throw invalidValue(
      `The destination CIDR block ${value} is equal to or more specific than one of this VPC's CIDR blocks. This route can target only an interface or an instance.`,
    );
  putRoutes(table, [...routes, { ...destination, ...target, Origin: "CreateRoute", State: "active" }], scope);
  return { Return: true };
};

function positionOf(table: RouteTableResource, { member, value, goesTo }: ReturnType<typeof destinationOf>): number {
  const at = (table.facts.Routes ?? []).findIndex(goesTo);
  if (at < 0)
    throw new AwsError(
      "InvalidRoute.NotFound",
      `no route with ${requestNames[member]} ${value} in route table ${table.id}`,
    );
  return at;
}

const ReplaceRoute: Write<ReplaceRouteCommandInput, object> = (input, scope) => {
  const table = tableOf(input, scope);
  const destination = destinationOf(input, scope);
  const at = (table.facts.Routes ?? []).findIndex(destination.goesTo);
  if (at < 0)
    throw invalidValue(
      `There is no route defined for '${destination.value}' in the route table. Use CreateRoute instead.`,
    );
  const target = input.LocalTarget ? { GatewayId: "local" } : targetOf(input, table.facts.VpcId, scope);
  const Origin = table.facts.Routes?.[at]?.Origin;
  const route: Route = { ...destination.destination, ...target, Origin, State: "active" };
  putRoutes(table, (table.facts.Routes ?? []).with(at, route), scope);
  return {};
};

const DeleteRoute: Write<DeleteRouteCommandInput, object> = (input, scope) => {
  const table = tableOf(input, scope);
  const destination = destinationOf(input, scope);
  const at = positionOf(table, destination);
  if (table.facts.Routes?.[at]?.GatewayId === "local")
    throw invalidValue(`cannot remove local route ${destination.value} in route table ${table.id}`);
  putRoutes(table, (table.facts.Routes ?? []).toSpliced(at, 1), scope);
  return {};
};

export const routeActions: Actions = { writes: { CreateRoute, ReplaceRoute, DeleteRoute } };
