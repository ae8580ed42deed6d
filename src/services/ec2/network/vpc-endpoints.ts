import type {
  DescribeVpcEndpointsCommandInput,
  DescribeVpcEndpointsCommandOutput,
  DnsRecordIpType,
  VpcEndpoint,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { doesNotExist, invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import { since, stateAt, type Timeline } from "../mechanism/timeline.ts";
import { groupIdentifiers, networkInterfaces } from "./network-interfaces.ts";

export interface VpcEndpointResource extends Resource {
  readonly type: "Gateway" | "Interface";
  readonly vpcId: string;
  readonly serviceName: string;
  readonly timeline: Timeline<"pending" | "available" | "deleting" | "deleted">;
  readonly policy: string;
  readonly routeTableIds: readonly string[];
  readonly subnetIds: readonly string[];
  readonly groupIds: readonly string[];
  readonly privateDns: boolean;
  readonly dnsRecordIpType: DnsRecordIpType;
}

export const vpcEndpoints: Kind<VpcEndpointResource> = {
  type: "vpc-endpoint",
  prefix: "vpce",
  idSet: "vpcEndpointIdSet",
  notFound: { code: "InvalidVpcEndpointId.NotFound", message: doesNotExist("Vpc Endpoint") },
  malformed: { code: "InvalidVpcEndpointId.Malformed", message: invalidId("vpce") },
  indexes: { vpc: ({ vpcId }) => [vpcId] },
  goneAt: ({ timeline }) => since(timeline, "deleted"),
};

function dnsEntries({ id, serviceName, privateDns }: VpcEndpointResource, region: string) {
  const service = serviceName.split(".").slice(3).join(".");
  const host = `${service}.${region}.vpce.amazonaws.com`;
  const names = [`${id}-${id.slice(-8)}.${host}`, ...(privateDns ? [`${service}.${region}.amazonaws.com`] : [])];
  return names.map((DnsName) => ({ DnsName, HostedZoneId: "Z7HUB22UULQXV" }));
}

const description: Description<VpcEndpointResource, VpcEndpoint> = {
  kind: vpcEndpoints,
  page: { min: 5, max: 1000, clamps: true },
  shape: (endpoint, scope) => ({
    VpcEndpointId: endpoint.id,
    VpcEndpointType: endpoint.type,
    VpcId: endpoint.vpcId,
    ServiceName: endpoint.serviceName,
    State: stateAt(endpoint.timeline, scope.now) as NonNullable<VpcEndpoint["State"]>,
    PolicyDocument: endpoint.policy,
    RouteTableIds: [...endpoint.routeTableIds],
    SubnetIds: [...endpoint.subnetIds],
    Groups: groupIdentifiers(endpoint.groupIds, scope),
    PrivateDnsEnabled: endpoint.privateDns,
    RequesterManaged: false,
    NetworkInterfaceIds: scope.by(networkInterfaces, "manager", endpoint.id).map(({ id }) => id),
    DnsEntries: endpoint.type === "Interface" ? dnsEntries(endpoint, scope.region) : [],
    IpAddressType: "ipv4",
    DnsOptions: { DnsRecordIpType: endpoint.dnsRecordIpType },
    CreationTimestamp: new Date(endpoint.createdAt),
    Tags: [...endpoint.tags],
    OwnerId: scope.account,
  }),
  filters: {
    "ip-address-type": (endpoint) => endpoint.IpAddressType,
    "service-name": (endpoint) => endpoint.ServiceName,
    "vpc-endpoint-id": (endpoint) => endpoint.VpcEndpointId,
    "vpc-endpoint-state": (endpoint) => endpoint.State,
    "vpc-endpoint-type": (endpoint) => endpoint.VpcEndpointType,
    "vpc-id": (endpoint) => endpoint.VpcId,
  },
};

/** An endpoint as AWS shows it. */
export const vpcEndpointShape = description.shape;

const DescribeVpcEndpoints: Read<DescribeVpcEndpointsCommandInput, Output<DescribeVpcEndpointsCommandOutput>> = (
  input,
  scope,
) => {
  const { shapes, token } = describe(description, input, scope, { ids: input.VpcEndpointIds });
  return { VpcEndpoints: shapes, ...token };
};

export const describeVpcEndpointActions: Actions = { reads: { DescribeVpcEndpoints } };
