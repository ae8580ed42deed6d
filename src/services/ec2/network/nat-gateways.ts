import type {
  CreateNatGatewayCommandInput,
  CreateNatGatewayCommandOutput,
  DeleteNatGatewayCommandInput,
  DeleteNatGatewayCommandOutput,
  DescribeNatGatewaysCommandInput,
  DescribeNatGatewaysCommandOutput,
  NatGateway,
  NatGatewayState,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidCombination, invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import { invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import type { Scope } from "../mechanism/scope.ts";
import { since, stateAt, type Timeline, wholeSeconds } from "../mechanism/timeline.ts";
import { associationNow } from "./describe-addresses.ts";
import { associateAddress } from "./elastic-address-actions.ts";
import { elasticAddresses } from "./elastic-addresses.ts";
import { fresh } from "./fresh.ts";
import { elasticAddressOf, networkInterfaces } from "./network-interfaces.ts";
import { newInterface } from "./new-interface.ts";
import { subnets } from "./subnets.ts";

interface NatGatewayResource extends Resource {
  readonly subnetId: string;
  readonly vpcId: string;
  readonly connectivity: "public" | "private";
  readonly timeline: Timeline<NatGatewayState>;
  /** Its address, kept for when the interface has gone. */
  readonly address: { readonly networkInterfaceId: string; readonly privateIp: string; readonly publicIp?: string };
}

// Much shorter than AWS's, long enough to be seen.
const pendingMs = 2000;
const deletingMs = 2000;
// A deleted gateway can be described for about an hour.
const shownAfterDeletionMs = 60 * 60 * 1000;

export const natGateways: Kind<NatGatewayResource> = {
  type: "natgateway",
  prefix: "nat",
  idSet: "natGatewayIdSet",
  notFound: { code: "NatGatewayNotFound", message: (ids) => `NAT gateway ${ids.join(", ")} was not found` },
  malformed: { code: "NatGatewayMalformed", message: invalidId("nat") },
  indexes: { vpc: ({ vpcId }) => [vpcId] },
  goneAt: ({ timeline }) => since(timeline, "deleted") + shownAfterDeletionMs,
};

export function natGatewayState({ timeline }: NatGatewayResource, { now }: Pick<Scope, "now">): NatGatewayState {
  return stateAt(timeline, now);
}

function addressShape({ address, connectivity }: NatGatewayResource, scope: Scope) {
  const eni = scope.get(networkInterfaces, address.networkInterfaceId);
  const elastic = eni && elasticAddressOf(eni, address.privateIp, scope);
  return {
    NetworkInterfaceId: address.networkInterfaceId,
    PrivateIp: address.privateIp,
    ...(connectivity === "public" && {
      PublicIp: address.publicIp,
      ...(elastic && { AllocationId: elastic.id, AssociationId: elastic.association?.id }),
    }),
    IsPrimary: true,
    Status: eni ? ("succeeded" as const) : ("disassociating" as const),
  };
}

const description: Description<NatGatewayResource, NatGateway> = {
  kind: natGateways,
  page: { min: 5, max: 1000 },
  shape: (gateway, scope) => {
    const deletedAt = since(gateway.timeline, "deleted");
    return {
      CreateTime: wholeSeconds(gateway.createdAt),
      ...(deletedAt <= scope.now && { DeleteTime: wholeSeconds(deletedAt) }),
      NatGatewayAddresses: [addressShape(gateway, scope)],
      NatGatewayId: gateway.id,
      State: natGatewayState(gateway, scope),
      SubnetId: gateway.subnetId,
      VpcId: gateway.vpcId,
      Tags: [...gateway.tags],
      ConnectivityType: gateway.connectivity,
    };
  },
  filters: {
    "nat-gateway-id": (gateway) => gateway.NatGatewayId,
    state: (gateway) => gateway.State,
    "subnet-id": (gateway) => gateway.SubnetId,
    "vpc-id": (gateway) => gateway.VpcId,
  },
};

const CreateNatGateway: Write<CreateNatGatewayCommandInput, Output<CreateNatGatewayCommandOutput>> = (input, scope) => {
  const subnet = scope.find(subnets, required(input.SubnetId, "subnetId"));
  const connectivity = input.ConnectivityType ?? "public";
  if (connectivity !== "public" && connectivity !== "private")
    throw invalidValue(`Value (${connectivity}) for parameter connectivityType is invalid.`);
  if (connectivity === "public" && !input.AllocationId) throw missingParameter("AllocationId");
  if (connectivity === "private" && input.AllocationId)
    throw invalidCombination("AllocationId can't be specified for a private NAT gateway");
  const address = input.AllocationId ? scope.find(elasticAddresses, input.AllocationId) : undefined;
  if (address && associationNow(address, scope))
    throw new AwsError("InvalidAllocationID.InUse", `The allocation ID '${address.id}' is already in use`);
  const base = fresh(natGateways, input.TagSpecifications, scope);
  const eni = newInterface(
    {
      subnet,
      description: `Interface for NAT Gateway ${base.id}`,
      address: input.PrivateIpAddress,
      groupIds: [],
      tags: [],
      manager: { type: "nat_gateway", id: base.id },
    },
    scope,
  );
  const privateIp = eni.facts.PrivateIpAddress;
  if (address) associateAddress(address, eni, privateIp, scope);
  const gateway = scope.put(natGateways, {
    ...base,
    subnetId: subnet.id,
    vpcId: subnet.facts.VpcId,
    connectivity,
    timeline: [
      ["pending", scope.now],
      ["available", scope.now + pendingMs],
    ],
    address: { networkInterfaceId: eni.id, privateIp, ...(address && { publicIp: address.publicIp }) },
  });
  return {
    NatGateway: description.shape(gateway, scope),
    ...(input.ClientToken && { ClientToken: input.ClientToken }),
  };
};

const DeleteNatGateway: Write<DeleteNatGatewayCommandInput, Output<DeleteNatGatewayCommandOutput>> = (input, scope) => {
  const gateway = scope.find(natGateways, required(input.NatGatewayId, "natGatewayId"));
  const NatGatewayId = gateway.id;
  if (since(gateway.timeline, "deleting") <= scope.now) return { NatGatewayId };
  const endsAt = scope.now + deletingMs;
  for (const eni of scope.by(networkInterfaces, "manager", gateway.id))
    scope.put(networkInterfaces, { ...eni, goneAt: endsAt });
  scope.put(natGateways, {
    ...gateway,
    timeline: [
      ["deleting", scope.now],
      ["deleted", endsAt],
    ],
  });
  return { NatGatewayId };
};

const DescribeNatGateways: Read<DescribeNatGatewaysCommandInput, Output<DescribeNatGatewaysCommandOutput>> = (
  { Filter, ...input },
  scope,
) => {
  const { shapes, token } = describe(description, { ...input, Filters: Filter }, scope, { ids: input.NatGatewayIds });
  return { NatGateways: shapes, ...token };
};

export const natGatewayActions: Actions = {
  reads: { DescribeNatGateways },
  writes: { CreateNatGateway, DeleteNatGateway },
};
