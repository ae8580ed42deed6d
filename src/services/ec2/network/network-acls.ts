import type {
  DescribeNetworkAclsCommandInput,
  DescribeNetworkAclsCommandOutput,
  NetworkAcl,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { doesNotExist, invalidId, type Kind, type Resource } from "../mechanism/kind.ts";

export interface NetworkAclResource extends Resource {
  readonly facts: Omit<NetworkAcl, "NetworkAclId" | "OwnerId" | "Tags"> & { readonly VpcId: string };
}

export const networkAcls: Kind<NetworkAclResource> = {
  type: "network-acl",
  prefix: "acl",
  idSet: "networkAclIdSet",
  notFound: { code: "InvalidNetworkAclID.NotFound", message: doesNotExist("networkAcl") },
  malformed: { code: "InvalidNetworkAclId.Malformed", message: invalidId("acl") },
  indexes: { vpc: ({ facts }) => [facts.VpcId] },
};

const description: Description<NetworkAclResource, NetworkAcl> = {
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

/** A network ACL as AWS shows it. */
export const networkAclShape = description.shape;

const DescribeNetworkAcls: Read<DescribeNetworkAclsCommandInput, Output<DescribeNetworkAclsCommandOutput>> = (
  input,
  scope,
) => {
  const { shapes, token } = describe(description, input, scope, { ids: input.NetworkAclIds });
  return { NetworkAcls: shapes, ...token };
};

export const describeNetworkAclActions: Actions = { reads: { DescribeNetworkAcls } };
