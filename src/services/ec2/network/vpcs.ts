import type {
  DescribeVpcAttributeCommandInput,
  DescribeVpcAttributeCommandOutput,
  DescribeVpcsCommandInput,
  DescribeVpcsCommandOutput,
  Vpc,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidValue, required } from "../mechanism/errors.ts";
import { doesNotExist, invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import type { Scope } from "../mechanism/scope.ts";

export interface VpcResource extends Resource {
  readonly facts: Omit<Vpc, "VpcId" | "OwnerId" | "State" | "Tags">;
  readonly attributes: {
    readonly enableDnsSupport: boolean;
    readonly enableDnsHostnames: boolean;
    readonly enableNetworkAddressUsageMetrics: boolean;
  };
}

export const vpcs: Kind<VpcResource> = {
  type: "vpc",
  prefix: "vpc",
  idSet: "vpcSet",
  notFound: { code: "InvalidVpcID.NotFound", message: doesNotExist("vpc") },
  malformed: { code: "InvalidVpcID.Malformed", message: invalidId("vpc") },
};

const description: Description<VpcResource, Vpc> = {
  kind: vpcs,
  page: { min: 5, max: 1000 },
  shape: ({ id, facts, tags }, { account }) => ({
    ...facts,
    VpcId: id,
    OwnerId: account,
    State: "available",
    Tags: [...tags],
  }),
  filters: {
    cidr: (vpc) => vpc.CidrBlock,
    "cidr-block-association.association-id": (vpc) => vpc.CidrBlockAssociationSet?.map((set) => set.AssociationId),
    "cidr-block-association.cidr-block": (vpc) => vpc.CidrBlockAssociationSet?.map((set) => set.CidrBlock),
    "cidr-block-association.state": (vpc) => vpc.CidrBlockAssociationSet?.map((set) => set.CidrBlockState?.State),
    "dhcp-options-id": (vpc) => vpc.DhcpOptionsId,
    "ipv6-cidr-block-association.association-id": (vpc) =>
      vpc.Ipv6CidrBlockAssociationSet?.map((set) => set.AssociationId),
    "ipv6-cidr-block-association.ipv6-cidr-block": (vpc) =>
      vpc.Ipv6CidrBlockAssociationSet?.map((set) => set.Ipv6CidrBlock),
    "is-default": (vpc) => vpc.IsDefault,
    isDefault: (vpc) => vpc.IsDefault,
    "owner-id": (vpc) => vpc.OwnerId,
    state: (vpc) => vpc.State,
    "vpc-id": (vpc) => vpc.VpcId,
  },
};

/** A VPC as AWS shows it. */
export const vpcShape = description.shape;

/** The default VPC of the Region, as long as it hasn't been deleted. */
export function defaultVpc(scope: Scope): VpcResource | undefined {
  return scope.list(vpcs).find(({ facts }) => facts.IsDefault);
}

const DescribeVpcs: Read<DescribeVpcsCommandInput, Output<DescribeVpcsCommandOutput>> = (input, scope) => {
  const { shapes, token } = describe(description, input, scope, { ids: input.VpcIds });
  return { Vpcs: shapes, ...token };
};

const DescribeVpcAttribute: Read<DescribeVpcAttributeCommandInput, Output<DescribeVpcAttributeCommandOutput>> = (
  input,
  scope,
) => {
  const { id, attributes } = scope.find(vpcs, required(input.VpcId, "vpcId"));
  switch (required(input.Attribute, "attribute")) {
    case "enableDnsSupport":
      return { VpcId: id, EnableDnsSupport: { Value: attributes.enableDnsSupport } };
    case "enableDnsHostnames":
      return { VpcId: id, EnableDnsHostnames: { Value: attributes.enableDnsHostnames } };
    case "enableNetworkAddressUsageMetrics":
      return { VpcId: id, EnableNetworkAddressUsageMetrics: { Value: attributes.enableNetworkAddressUsageMetrics } };
    default:
      throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
  }
};

export const vpcActions: Actions = { reads: { DescribeVpcs, DescribeVpcAttribute } };
