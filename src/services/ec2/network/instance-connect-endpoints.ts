import type {
  CreateInstanceConnectEndpointCommandInput,
  CreateInstanceConnectEndpointCommandOutput,
  DeleteInstanceConnectEndpointCommandInput,
  DeleteInstanceConnectEndpointCommandOutput,
  DescribeInstanceConnectEndpointsCommandInput,
  DescribeInstanceConnectEndpointsCommandOutput,
  Ec2InstanceConnectEndpoint,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { required } from "../mechanism/errors.ts";
import { doesNotExist, invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import { since, stateAt, type Timeline } from "../mechanism/timeline.ts";
import { fresh } from "./fresh.ts";
import { networkInterfaces } from "./network-interfaces.ts";
import { interfaceGroups, newInterface } from "./new-interface.ts";
import { subnets } from "./subnets.ts";

export interface InstanceConnectEndpointResource extends Resource {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zone: string;
  readonly groupIds: readonly string[];
  readonly preserveClientIp: boolean;
  readonly timeline: Timeline<NonNullable<Ec2InstanceConnectEndpoint["State"]>>;
}

// Much shorter than AWS's, long enough to be seen.
const creatingMs = 2000;
const deletingMs = 2000;

export const instanceConnectEndpoints: Kind<InstanceConnectEndpointResource> = {
  type: "instance-connect-endpoint",
  prefix: "eice",
  idSet: "instanceConnectEndpointIdSet",
  notFound: {
    code: "InvalidInstanceConnectEndpointId.NotFound",
    message: doesNotExist("instance connect endpoint"),
  },
  malformed: { code: "InvalidInstanceConnectEndpointId.Malformed", message: invalidId("eice") },
  indexes: { vpc: ({ vpcId }) => [vpcId] },
  goneAt: ({ timeline }) => since(timeline, "delete-complete"),
};

const description: Description<InstanceConnectEndpointResource, Ec2InstanceConnectEndpoint> = {
  kind: instanceConnectEndpoints,
  page: { min: 1, max: 50 },
  shape: (endpoint, scope) => {
    const { account, region, now } = scope;
    const host = `${endpoint.id}.${endpoint.id.slice(-8)}`;
    return {
      OwnerId: account,
      InstanceConnectEndpointId: endpoint.id,
      InstanceConnectEndpointArn: `arn:aws:ec2:${region}:${account}:instance-connect-endpoint/${endpoint.id}`,
      State: stateAt(endpoint.timeline, now),
      StateMessage: "",
      DnsName: `${host}.ec2-instance-connect-endpoint.${region}.amazonaws.com`,
      FipsDnsName: `${host}.fips.ec2-instance-connect-endpoint.${region}.amazonaws.com`,
      NetworkInterfaceIds: scope.by(networkInterfaces, "manager", endpoint.id).map(({ id }) => id),
      VpcId: endpoint.vpcId,
      AvailabilityZone: endpoint.zone,
      CreatedAt: new Date(endpoint.createdAt),
      SubnetId: endpoint.subnetId,
      PreserveClientIp: endpoint.preserveClientIp,
      SecurityGroupIds: [...endpoint.groupIds],
      Tags: [...endpoint.tags],
      IpAddressType: "ipv4",
    };
  },
  filters: {
    "instance-connect-endpoint-id": (endpoint) => endpoint.InstanceConnectEndpointId,
    state: (endpoint) => endpoint.State,
    "subnet-id": (endpoint) => endpoint.SubnetId,
    "vpc-id": (endpoint) => endpoint.VpcId,
  },
};

const CreateInstanceConnectEndpoint: Write<
  CreateInstanceConnectEndpointCommandInput,
  Output<CreateInstanceConnectEndpointCommandOutput>
> = (input, scope) => {
  const subnet = scope.find(subnets, required(input.SubnetId, "SubnetId"));
  const groupIds = interfaceGroups(input.SecurityGroupIds, subnet, scope);
  // A VPC has one endpoint.
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/eice-quotas.html
  if (scope.by(instanceConnectEndpoints, "vpc", subnet.facts.VpcId).length > 0)
    throw new AwsError(
      "InstanceConnectEndpointLimitExceeded",
      "You've reached the limit of EC2 Instance Connect Endpoints for the VPC.",
    );
  const base = fresh(instanceConnectEndpoints, input.TagSpecifications, scope);
  newInterface(
    {
      subnet,
      description: `EC2 Instance Connect Endpoint ${base.id}`,
      groupIds,
      tags: [],
      manager: { type: "ec2_instance_connect_endpoint", id: base.id },
    },
    scope,
  );
  const endpoint = scope.put(instanceConnectEndpoints, {
    ...base,
    subnetId: subnet.id,
    vpcId: subnet.facts.VpcId,
    zone: subnet.facts.AvailabilityZone,
    groupIds,
    preserveClientIp: input.PreserveClientIp ?? false,
    timeline: [
      ["create-in-progress", scope.now],
      ["create-complete", scope.now + creatingMs],
    ],
  });
  return {
    InstanceConnectEndpoint: description.shape(endpoint, scope),
    ...(input.ClientToken && { ClientToken: input.ClientToken }),
  };
};

const DeleteInstanceConnectEndpoint: Write<
  DeleteInstanceConnectEndpointCommandInput,
  Output<DeleteInstanceConnectEndpointCommandOutput>
> = (input, scope) => {
  const endpoint = scope.find(
    instanceConnectEndpoints,
    required(input.InstanceConnectEndpointId, "InstanceConnectEndpointId"),
  );
  const endsAt = scope.now + deletingMs;
  for (const eni of scope.by(networkInterfaces, "manager", endpoint.id))
    scope.put(networkInterfaces, { ...eni, goneAt: endsAt });
  const deleting = scope.put(instanceConnectEndpoints, {
    ...endpoint,
    timeline: [
      ["delete-in-progress", scope.now],
      ["delete-complete", endsAt],
    ],
  });
  return { InstanceConnectEndpoint: description.shape(deleting, scope) };
};

const DescribeInstanceConnectEndpoints: Read<
  DescribeInstanceConnectEndpointsCommandInput,
  Output<DescribeInstanceConnectEndpointsCommandOutput>
> = (input, scope) => {
  const { shapes, token } = describe(description, input, scope, { ids: input.InstanceConnectEndpointIds });
  return { InstanceConnectEndpoints: shapes, ...token };
};

export const instanceConnectEndpointActions: Actions = {
  reads: { DescribeInstanceConnectEndpoints },
  writes: { CreateInstanceConnectEndpoint, DeleteInstanceConnectEndpoint },
};
