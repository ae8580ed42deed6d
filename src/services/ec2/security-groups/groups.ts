import { AwsError } from "../../../aws/error.ts";
import { missingParameter } from "../mechanism/errors.ts";
import { doesNotExist, invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import type { Scope } from "../mechanism/scope.ts";
import { defaultVpc, type VpcResource } from "../network/vpcs.ts";

export interface SecurityGroupResource extends Resource {
  readonly vpcId: string;
  readonly groupName: string;
  readonly description: string;
}

/** Where traffic comes from or goes to. */
export type Peer =
  | { readonly ipv4: string }
  | { readonly ipv6: string }
  | { readonly prefixList: string }
  | { readonly group: string; readonly account?: string };

/** One rule: one protocol, one range of ports, one peer. */
export interface SecurityGroupRuleResource extends Resource {
  readonly groupId: string;
  readonly isEgress: boolean;
  /** `tcp`, `udp`, `icmp`, `icmpv6`, another protocol's number, or `-1` for all. */
  readonly protocol: string;
  /** For ICMP the type and the code. */
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly peer: Peer;
  readonly description?: string;
}

export const securityGroups: Kind<SecurityGroupResource> = {
  type: "security-group",
  prefix: "sg",
  idSet: "securityGroupIdSet",
  notFound: {
    code: "InvalidGroup.NotFound",
    message: (ids) =>
      ids.length === 1
        ? `The security group '${ids[0]}' does not exist`
        : `The security groups '${ids.join(", ")}' do not exist`,
  },
  malformed: { code: "InvalidGroupId.Malformed", message: invalidId("sg") },
  indexes: { vpc: ({ vpcId }) => [vpcId] },
};

export const securityGroupRules: Kind<SecurityGroupRuleResource> = {
  type: "security-group-rule",
  prefix: "sgr",
  idSet: "securityGroupRuleIdSet",
  notFound: { code: "InvalidSecurityGroupRuleId.NotFound", message: doesNotExist("security group rule") },
  malformed: { code: "InvalidSecurityGroupRuleId.Malformed", message: invalidId("sgr") },
  indexes: {
    group: ({ groupId }) => [groupId],
    peer: ({ peer }) => ("group" in peer ? [peer.group] : []),
  },
};

/** The default VPC, for requests that name a group by its name or no VPC at all. */
export function requiredDefaultVpc(scope: Scope): VpcResource {
  const vpc = defaultVpc(scope);
  if (!vpc) throw new AwsError("VPCIdNotSpecified", "No default VPC for this user");
  return vpc;
}

/** The group of a name in the default VPC. */
export function groupNamed(name: string, scope: Scope): SecurityGroupResource {
  const vpc = requiredDefaultVpc(scope);
  const group = scope.by(securityGroups, "vpc", vpc.id).find(({ groupName }) => groupName === name);
  if (!group)
    throw new AwsError(
      "InvalidGroup.NotFound",
      `The security group '${name}' does not exist in default VPC '${vpc.id}'`,
    );
  return group;
}

/** The group that a request means, by id or, in the default VPC, by name. */
export function groupOf(
  { GroupId, GroupName }: { GroupId?: string | undefined; GroupName?: string | undefined },
  scope: Scope,
): SecurityGroupResource {
  if (GroupId) return scope.find(securityGroups, GroupId);
  if (GroupName) return groupNamed(GroupName, scope);
  throw missingParameter("groupName or groupId");
}

export function groupArn(id: string, { region, account }: Scope): string {
  return `arn:aws:ec2:${region}:${account}:security-group/${id}`;
}
