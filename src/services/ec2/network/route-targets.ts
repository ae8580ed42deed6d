import type { CreateRouteCommandInput, Route } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { instanceState, instances } from "../instances/kinds.ts";
import { invalidCombination, invalidValue, missingParameter } from "../mechanism/errors.ts";
import { isIdOf, type Scope } from "../mechanism/scope.ts";
import { egressOnlyGateways } from "./egress-only-gateways.ts";
import { internetGateways } from "./internet-gateways.ts";
import { natGatewayState, natGateways } from "./nat-gateways.ts";
import { type NetworkInterfaceResource, networkInterfaces } from "./network-interfaces.ts";
import { findPeering, peeringActive } from "./peering.ts";
import { vpcEndpoints } from "./vpc-endpoints.ts";

/** Where a route leads. */
export type RouteTarget = Pick<
  Route,
  | "GatewayId"
  | "NatGatewayId"
  | "NetworkInterfaceId"
  | "InstanceId"
  | "InstanceOwnerId"
  | "VpcPeeringConnectionId"
  | "EgressOnlyInternetGatewayId"
>;

interface TargetRow {
  readonly member: keyof CreateRouteCommandInput;
  /** The target of an id, for a route table of the VPC; throws when there is none that a route may lead to. */
  readonly find: (id: string, vpcId: string, scope: Scope) => RouteTarget;
}

const elsewhere = (what: string, id: string) =>
  invalidValue(`route table and ${what} ${id} belong to different networks`);

const nobody = (code: string, noun: string) => (id: string) => {
  throw new AwsError(code, `The ${noun} ID '${id}' does not exist`);
};

function toInterface(eni: NetworkInterfaceResource, vpcId: string, { account }: Scope): RouteTarget {
  if (eni.facts.VpcId !== vpcId) throw elsewhere("interface", eni.id);
  const InstanceId = eni.attachment?.instanceId;
  return { NetworkInterfaceId: eni.id, ...(InstanceId && { InstanceId, InstanceOwnerId: account }) };
}

// In the order of AWS's page.
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html
const targets: readonly TargetRow[] = [
  { member: "CarrierGatewayId", find: nobody("InvalidCarrierGatewayID.NotFound", "CarrierGateway") },
  { member: "CoreNetworkArn", find: nobody("InvalidCoreNetworkArn.NotFound", "core network") },
  {
    member: "EgressOnlyInternetGatewayId",
    find: (id, _, scope) => ({ EgressOnlyInternetGatewayId: scope.find(egressOnlyGateways, id).id }),
  },
  {
    member: "GatewayId",
    find(id, vpcId, scope) {
      if (!isIdOf(internetGateways, id))
        throw new AwsError("InvalidGatewayID.NotFound", `The gateway ID '${id}' does not exist`);
      const { attachments } = scope.find(internetGateways, id);
      if (!attachments.some(({ VpcId }) => VpcId === vpcId)) throw elsewhere("network gateway", id);
      return { GatewayId: id };
    },
  },
  {
    member: "InstanceId",
    find(id, vpcId, scope) {
      const [eni, ...more] = scope.by(networkInterfaces, "instance", scope.find(instances, id).id);
      if (!eni || more.length > 0)
        throw new AwsError(
          "InvalidInstanceID",
          `There are multiple interfaces attached to instance '${id}'. Please specify an interface ID for the operation instead.`,
        );
      return toInterface(eni, vpcId, scope);
    },
  },
  { member: "LocalGatewayId", find: nobody("InvalidLocalGatewayID.NotFound", "local gateway") },
  {
    member: "NatGatewayId",
    find: (id, _, scope) => ({ NatGatewayId: scope.find(natGateways, id).id }),
  },
  {
    member: "NetworkInterfaceId",
    find: (id, vpcId, scope) => toInterface(scope.find(networkInterfaces, id), vpcId, scope),
  },
  { member: "TransitGatewayId", find: nobody("InvalidTransitGatewayID.NotFound", "transitGateway") },
  {
    member: "VpcEndpointId",
    find(id, _, scope) {
      scope.find(vpcEndpoints, id);
      throw new AwsError(
        "RouteNotSupported",
        `Route table contains unsupported route target: ${id}. VPC Endpoints of this type cannot be used as route targets.`,
      );
    },
  },
  {
    member: "VpcPeeringConnectionId",
    find: (id, _, scope) => ({ VpcPeeringConnectionId: findPeering(id, scope).id }),
  },
];

/** The one target that a request names. */
export function targetOf(input: CreateRouteCommandInput, vpcId: string, scope: Scope): RouteTarget {
  const [asked, ...more] = targets.filter(({ member }) => input[member]);
  if (!asked) throw missingParameter("gatewayId, natGatewayId, networkInterfaceId or another target");
  if (more.length > 0) throw invalidCombination("The request must contain exactly one target of the route");
  return asked.find(String(input[asked.member]), vpcId, scope);
}

/** Blackhole when what the route leads to isn't there any more, or isn't attached. */
export function routeState(route: Route, vpcId: string, scope: Scope): "active" | "blackhole" {
  return leadsSomewhere(route, vpcId, scope) ? "active" : "blackhole";
}

function leadsSomewhere(route: Route, vpcId: string, scope: Scope): boolean {
  const { GatewayId, NatGatewayId, NetworkInterfaceId, VpcPeeringConnectionId, EgressOnlyInternetGatewayId } = route;
  if (GatewayId?.startsWith("igw-"))
    return scope.get(internetGateways, GatewayId)?.attachments.some(({ VpcId }) => VpcId === vpcId) ?? false;
  if (NatGatewayId) {
    const gateway = scope.get(natGateways, NatGatewayId);
    return gateway !== undefined && ["pending", "available"].includes(natGatewayState(gateway, scope));
  }
  if (NetworkInterfaceId) {
    const attachment = scope.get(networkInterfaces, NetworkInterfaceId)?.attachment;
    const instance = attachment && scope.get(instances, attachment.instanceId);
    return instance !== undefined && instanceState(instance, scope.now) === "running";
  }
  if (VpcPeeringConnectionId) return peeringActive(VpcPeeringConnectionId, scope);
  if (EgressOnlyInternetGatewayId) return scope.get(egressOnlyGateways, EgressOnlyInternetGatewayId) !== undefined;
  return true;
}
