import type { Actions } from "../mechanism/action.ts";
import type { Kind, Resource } from "../mechanism/kind.ts";
import { describeAddressActions } from "./describe-addresses.ts";
import { dhcpOptions, dhcpOptionsActions } from "./dhcp-options.ts";
import { egressOnlyGatewayActions, egressOnlyGateways } from "./egress-only-gateways.ts";
import { addressActions } from "./elastic-address-actions.ts";
import { elasticAddresses } from "./elastic-addresses.ts";
import { flowLogActions, flowLogs } from "./flow-logs.ts";
import { instanceConnectEndpointActions, instanceConnectEndpoints } from "./instance-connect-endpoints.ts";
import { internetGatewayActions } from "./internet-gateway-actions.ts";
import { describeInternetGatewayActions, internetGateways } from "./internet-gateways.ts";
import { natGatewayActions, natGateways } from "./nat-gateways.ts";
import { networkAclActions } from "./network-acl-actions.ts";
import { describeNetworkAclActions, networkAcls } from "./network-acls.ts";
import { networkInterfaceActions } from "./network-interface-actions.ts";
import { describeNetworkInterfaceActions, networkInterfaces } from "./network-interfaces.ts";
import { peeringAnswers, peeringConnections } from "./peering.ts";
import { peeringActions } from "./peering-actions.ts";
import { prefixListActions } from "./prefix-list-actions.ts";
import { prefixLists } from "./prefix-lists.ts";
import { routeTableActions } from "./route-table-actions.ts";
import { describeRouteTableActions, routeTables } from "./route-tables.ts";
import { routeActions } from "./routes.ts";
import { subnetWriteActions } from "./subnet-actions.ts";
import { subnetActions, subnets } from "./subnets.ts";
import { vpcWriteActions } from "./vpc-actions.ts";
import { vpcEndpointActions } from "./vpc-endpoint-actions.ts";
import { vpcEndpointServiceActions } from "./vpc-endpoint-services.ts";
import { describeVpcEndpointActions, vpcEndpoints } from "./vpc-endpoints.ts";
import { vpcActions, vpcs } from "./vpcs.ts";

const asKind = <R extends Resource>(kind: Kind<R>) => kind as unknown as Kind;

/** The network's kinds that users see and tag. */
export const networkKinds: readonly Kind[] = [
  asKind(vpcs),
  asKind(dhcpOptions),
  asKind(subnets),
  asKind(internetGateways),
  asKind(egressOnlyGateways),
  asKind(routeTables),
  asKind(networkAcls),
  asKind(networkInterfaces),
  asKind(elasticAddresses),
  asKind(natGateways),
  asKind(prefixLists),
  asKind(vpcEndpoints),
  asKind(flowLogs),
  asKind(peeringConnections),
  asKind(instanceConnectEndpoints),
];

/** Kinds that stand behind others. */
export const hiddenNetworkKinds: readonly Kind[] = [asKind(peeringAnswers)];

export const networkActions: readonly Actions[] = [
  vpcActions,
  vpcWriteActions,
  dhcpOptionsActions,
  subnetActions,
  subnetWriteActions,
  describeInternetGatewayActions,
  internetGatewayActions,
  egressOnlyGatewayActions,
  describeRouteTableActions,
  routeTableActions,
  routeActions,
  describeNetworkAclActions,
  networkAclActions,
  describeNetworkInterfaceActions,
  networkInterfaceActions,
  describeAddressActions,
  addressActions,
  natGatewayActions,
  prefixListActions,
  describeVpcEndpointActions,
  vpcEndpointActions,
  vpcEndpointServiceActions,
  flowLogActions,
  peeringActions,
  instanceConnectEndpointActions,
];
