import type {
  CreateVpcEndpointCommandInput,
  CreateVpcEndpointCommandOutput,
  DeleteVpcEndpointsCommandInput,
  DeleteVpcEndpointsCommandOutput,
  ModifyVpcEndpointCommandInput,
  UnsuccessfulItem,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { securityGroups } from "../security-groups/groups.ts";
import { fresh } from "./fresh.ts";
import { networkInterfaces } from "./network-interfaces.ts";
import { interfaceGroups, newInterface } from "./new-interface.ts";
import { amazonPrefixLists } from "./prefix-lists.ts";
import { routeTables } from "./route-tables.ts";
import { subnets } from "./subnets.ts";
import { checkService } from "./vpc-endpoint-services.ts";
import { type VpcEndpointResource, vpcEndpointShape, vpcEndpoints } from "./vpc-endpoints.ts";
import { vpcs } from "./vpcs.ts";

// Much shorter than AWS's, long enough to be seen.
const pendingMs = 2000;
const deletingMs = 2000;

// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#default-endpoint-policy
const everything = JSON.stringify({
  Version: "2008-10-17",
  Statement: [{ Effect: "Allow", Principal: "*", Action: "*", Resource: "*" }],
});

function policyOf(document: string | undefined): string {
  if (!document) return everything;
  try {
    JSON.parse(document);
  } catch {
    throw new AwsError("InvalidPolicyDocument", "The policy document is not valid JSON.");
  }
  return document;
}

/** Leads to a gateway endpoint's service from these route tables, and from no other. */
function routeTo(endpoint: VpcEndpointResource, tableIds: readonly string[], scope: WriteScope): void {
  const list = amazonPrefixLists(scope.region).find(({ name }) => name === endpoint.serviceName);
  for (const table of scope.by(routeTables, "vpc", endpoint.vpcId)) {
    const before = table.facts.Routes ?? [];
    const others = before.filter(({ GatewayId }) => GatewayId !== endpoint.id);
    const wanted = tableIds.includes(table.id);
    if (wanted === others.length < before.length) continue;
    const route = {
      DestinationPrefixListId: list?.id,
      GatewayId: endpoint.id,
      Origin: "CreateRoute",
      State: "active",
    } as const;
    const Routes = wanted ? [...others, route] : others;
    scope.put(routeTables, { ...table, facts: { ...table.facts, Routes } });
  }
}

/** The tables of ids, which must be of the VPC. */
function tablesOf(ids: readonly string[], vpcId: string, scope: Scope): string[] {
  return scope.findAll(routeTables, ids).map(({ id, facts }) => {
    if (facts.VpcId !== vpcId)
      throw invalidValue(`route table ${id} and network ${vpcId} belong to different networks`);
    return id;
  });
}

/** An interface in each of these subnets, and in no other. */
function interfacesIn(endpoint: VpcEndpointResource, subnetIds: readonly string[], scope: WriteScope): void {
  const there = scope.by(networkInterfaces, "manager", endpoint.id);
  for (const eni of there) if (!subnetIds.includes(eni.facts.SubnetId)) scope.delete(networkInterfaces, eni.id);
  for (const subnet of scope.findAll(subnets, subnetIds)) {
    if (subnet.facts.VpcId !== endpoint.vpcId)
      throw invalidValue(`subnet ${subnet.id} and network ${endpoint.vpcId} belong to different networks`);
    if (there.some(({ facts }) => facts.SubnetId === subnet.id)) continue;
    newInterface(
      {
        subnet,
        description: `VPC Endpoint Interface ${endpoint.id}`,
        groupIds: interfaceGroups(endpoint.groupIds, subnet, scope),
        tags: [],
        manager: { type: "vpc_endpoint", id: endpoint.id },
      },
      scope,
    );
  }
}

const CreateVpcEndpoint: Write<CreateVpcEndpointCommandInput, Output<CreateVpcEndpointCommandOutput>> = (
  input,
  scope,
) => {
  const vpc = scope.find(vpcs, required(input.VpcId, "vpcId"));
  const serviceName = required(input.ServiceName, "serviceName");
  const type = input.VpcEndpointType ?? "Gateway";
  if (type !== "Gateway" && type !== "Interface")
    throw invalidValue(`Value (${type}) for parameter vpcEndpointType is invalid.`);
  checkService(serviceName, type, scope);
  const routeTableIds = type === "Gateway" ? tablesOf(input.RouteTableIds ?? [], vpc.id, scope) : [];
  const taken =
    type === "Gateway" &&
    scope
      .by(vpcEndpoints, "vpc", vpc.id)
      .some(
        (other) => other.serviceName === serviceName && other.routeTableIds.some((id) => routeTableIds.includes(id)),
      );
  if (taken)
    throw new AwsError(
      "RouteAlreadyExists",
      `route table ${routeTableIds[0]} already has a route with destination-prefix-list-id ${
        amazonPrefixLists(scope.region).find(({ name }) => name === serviceName)?.id
      }`,
    );
  const groups = type === "Interface" ? groupsOf(input.SecurityGroupIds, vpc.id, scope) : [];
  const endpoint = scope.put(vpcEndpoints, {
    ...fresh(vpcEndpoints, input.TagSpecifications, scope),
    type,
    vpcId: vpc.id,
    serviceName,
    policy: policyOf(input.PolicyDocument),
    routeTableIds,
    subnetIds: type === "Interface" ? (input.SubnetIds ?? []) : [],
    groupIds: groups,
    privateDns: type === "Interface" && (input.PrivateDnsEnabled ?? true),
    dnsRecordIpType: input.DnsOptions?.DnsRecordIpType ?? (type === "Interface" ? "ipv4" : "service-defined"),
    timeline:
      type === "Gateway"
        ? [["available", scope.now]]
        : [
            ["pending", scope.now],
            ["available", scope.now + pendingMs],
          ],
  });
  routeTo(endpoint, endpoint.routeTableIds, scope);
  interfacesIn(endpoint, endpoint.subnetIds, scope);
  return {
    VpcEndpoint: vpcEndpointShape(endpoint, scope),
    ...(input.ClientToken && { ClientToken: input.ClientToken }),
  };
};

function groupsOf(ids: readonly string[] | undefined, vpcId: string, scope: Scope): string[] {
  const groups = scope.findAll(securityGroups, ids ?? []);
  const usual = scope.by(securityGroups, "vpc", vpcId).filter(({ groupName }) => groupName === "default");
  return (groups.length > 0 ? groups : usual).map(({ id }) => id);
}

const ModifyVpcEndpoint: Write<ModifyVpcEndpointCommandInput, object> = (input, scope) => {
  const endpoint = scope.find(vpcEndpoints, required(input.VpcEndpointId, "vpcEndpointId"));
  const change = (before: readonly string[], added: readonly string[] = [], removed: readonly string[] = []) => [
    ...new Set([...before, ...added].filter((id) => !removed.includes(id))),
  ];
  const changed = scope.put(vpcEndpoints, {
    ...endpoint,
    policy: input.ResetPolicy ? everything : input.PolicyDocument ? policyOf(input.PolicyDocument) : endpoint.policy,
    routeTableIds: change(
      endpoint.routeTableIds,
      tablesOf(input.AddRouteTableIds ?? [], endpoint.vpcId, scope),
      input.RemoveRouteTableIds,
    ),
    subnetIds: change(endpoint.subnetIds, input.AddSubnetIds, input.RemoveSubnetIds),
    groupIds: change(endpoint.groupIds, input.AddSecurityGroupIds, input.RemoveSecurityGroupIds),
    privateDns: input.PrivateDnsEnabled ?? endpoint.privateDns,
    dnsRecordIpType: input.DnsOptions?.DnsRecordIpType ?? endpoint.dnsRecordIpType,
  });
  scope.findAll(securityGroups, changed.groupIds);
  if (changed.type === "Gateway") routeTo(changed, changed.routeTableIds, scope);
  else interfacesIn(changed, changed.subnetIds, scope);
  for (const eni of scope.by(networkInterfaces, "manager", changed.id))
    scope.put(networkInterfaces, { ...eni, groupIds: changed.groupIds });
  return { Return: true };
};

const DeleteVpcEndpoints: Write<DeleteVpcEndpointsCommandInput, Output<DeleteVpcEndpointsCommandOutput>> = (
  input,
  scope,
) => {
  if (!input.VpcEndpointIds?.length) throw missingParameter("vpcEndpointIdSet");
  const Unsuccessful: UnsuccessfulItem[] = [];
  for (const ResourceId of input.VpcEndpointIds) {
    const endpoint = scope.get(vpcEndpoints, ResourceId);
    if (!endpoint) {
      const { code: Code, message } = vpcEndpoints.notFound;
      Unsuccessful.push({ ResourceId, Error: { Code, Message: message([ResourceId]) } });
      continue;
    }
    const endsAt = scope.now + deletingMs;
    routeTo(endpoint, [], scope);
    for (const eni of scope.by(networkInterfaces, "manager", endpoint.id))
      scope.put(networkInterfaces, { ...eni, goneAt: endsAt });
    scope.put(vpcEndpoints, {
      ...endpoint,
      timeline: [
        ["deleting", scope.now],
        ["deleted", endsAt],
      ],
    });
  }
  return { Unsuccessful };
};

export const vpcEndpointActions: Actions = {
  writes: { CreateVpcEndpoint, ModifyVpcEndpoint, DeleteVpcEndpoints },
};
