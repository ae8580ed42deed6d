import type {
  AuthorizeSecurityGroupEgressCommandInput,
  AuthorizeSecurityGroupEgressCommandOutput,
  AuthorizeSecurityGroupIngressCommandInput,
  AuthorizeSecurityGroupIngressCommandOutput,
  CreateSecurityGroupCommandInput,
  CreateSecurityGroupCommandOutput,
  DeleteSecurityGroupCommandInput,
  DeleteSecurityGroupCommandOutput,
  RevokeSecurityGroupEgressCommandInput,
  RevokeSecurityGroupEgressCommandOutput,
  RevokeSecurityGroupIngressCommandInput,
  RevokeSecurityGroupIngressCommandOutput,
  SecurityGroupRule,
  TagSpecification,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { invalidValue, required } from "../mechanism/errors.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { networkInterfaces } from "../network/network-interfaces.ts";
import { vpcs } from "../network/vpcs.ts";
import {
  groupArn,
  groupOf,
  requiredDefaultVpc,
  type SecurityGroupResource,
  type SecurityGroupRuleResource,
  securityGroupRules,
  securityGroups,
} from "./groups.ts";
import { duplicateRule, type PermissionRequest, permissionsOf, ruleKey, ruleShape, rulesOf } from "./permissions.ts";

const rulesPerDirection = 60;

const CreateSecurityGroup: Write<CreateSecurityGroupCommandInput, Output<CreateSecurityGroupCommandOutput>> = (
  input,
  scope,
) => {
  const groupName = required(input.GroupName, "groupName");
  const description = required(input.Description, "groupDescription");
  const vpc = input.VpcId ? scope.find(vpcs, input.VpcId) : requiredDefaultVpc(scope);
  if (groupName === "default") throw invalidValue("Cannot use reserved security group name: default");
  if (groupName.startsWith("sg-"))
    throw invalidValue(
      `Value (${groupName}) for parameter groupName is invalid. Group names may not be in the format sg-*`,
    );
  for (const [name, text] of [
    ["groupName", groupName],
    ["GroupDescription", description],
  ] as const)
    if (text.length > 255 || !/^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/.test(text))
      throw invalidValue(
        `Value (${text}) for parameter ${name} is invalid. Character sets beyond ASCII are not supported.`,
      );
  if (scope.by(securityGroups, "vpc", vpc.id).some((other) => other.groupName === groupName))
    throw new AwsError(
      "InvalidGroup.Duplicate",
      `The security group '${groupName}' already exists for VPC '${vpc.id}'`,
    );

  const tags = tagsFor(input.TagSpecifications, "security-group");
  const base = { createdAt: scope.now, tags: [] };
  const group = scope.put(securityGroups, {
    ...base,
    id: scope.newId(securityGroups),
    tags,
    vpcId: vpc.id,
    groupName,
    description,
  });
  scope.put(securityGroupRules, {
    ...base,
    id: scope.newId(securityGroupRules),
    groupId: group.id,
    isEgress: true,
    protocol: "-1",
    peer: { ipv4: "0.0.0.0/0" },
  });
  return {
    GroupId: group.id,
    ...(tags.length > 0 && { Tags: tags }),
    SecurityGroupArn: groupArn(group.id, scope),
  };
};

const DeleteSecurityGroup: Write<DeleteSecurityGroupCommandInput, Output<DeleteSecurityGroupCommandOutput>> = (
  input,
  scope,
) => {
  const group = groupOf(input, scope);
  if (group.groupName === "default")
    throw new AwsError(
      "CannotDelete",
      `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
    );
  const inUse =
    scope.by(networkInterfaces, "group", group.id).length > 0 ||
    scope.by(securityGroupRules, "peer", group.id).some(({ groupId }) => groupId !== group.id);
  if (inUse) throw new AwsError("DependencyViolation", `resource ${group.id} has a dependent object`);
  for (const rule of scope.by(securityGroupRules, "group", group.id)) scope.delete(securityGroupRules, rule.id);
  scope.delete(securityGroups, group.id);
  return { Return: true, GroupId: group.id };
};

function authorize(
  group: SecurityGroupResource,
  isEgress: boolean,
  input: PermissionRequest & { readonly TagSpecifications?: readonly TagSpecification[] | undefined },
  scope: WriteScope,
): { Return: true; SecurityGroupRules: SecurityGroupRule[] } {
  const rules = rulesOf(input, scope);
  const standing = scope.by(securityGroupRules, "group", group.id).filter((rule) => rule.isEgress === isEgress);
  const keys = new Set(standing.map(ruleKey));
  const twice = rules.find((rule) => keys.has(ruleKey(rule)));
  if (twice) throw duplicateRule(twice);
  if (standing.length + rules.length > rulesPerDirection)
    throw new AwsError(
      "RulesPerSecurityGroupLimitExceeded",
      "The maximum number of rules per security group has been reached.",
    );
  const tags = tagsFor(input.TagSpecifications, "security-group-rule");
  const added = rules.map((rule) =>
    scope.put(securityGroupRules, {
      ...rule,
      id: scope.newId(securityGroupRules),
      createdAt: scope.now,
      tags,
      groupId: group.id,
      isEgress,
    }),
  );
  return {
    Return: true,
    SecurityGroupRules: added.map((rule) => ({ ...ruleShape(rule, scope), ...(tags.length > 0 && { Tags: tags }) })),
  };
}

function revoke(
  group: SecurityGroupResource,
  isEgress: boolean,
  input: PermissionRequest & { readonly SecurityGroupRuleIds?: readonly string[] | undefined },
  scope: WriteScope,
): Output<RevokeSecurityGroupIngressCommandOutput> {
  const standing = scope.by(securityGroupRules, "group", group.id).filter((rule) => rule.isEgress === isEgress);
  const revoked: SecurityGroupRuleResource[] = [];
  const unknown: ReturnType<typeof rulesOf> = [];
  if (input.SecurityGroupRuleIds?.length) {
    const wanted = new Set(scope.findAll(securityGroupRules, input.SecurityGroupRuleIds).map(({ id }) => id));
    revoked.push(...standing.filter(({ id }) => wanted.delete(id)));
    const [other] = wanted;
    if (other !== undefined)
      throw new AwsError(securityGroupRules.notFound.code, securityGroupRules.notFound.message([other]));
  } else {
    const byKey = new Map(standing.map((rule) => [ruleKey(rule), rule]));
    for (const rule of rulesOf(input, scope)) {
      const found = byKey.get(ruleKey(rule));
      if (found) revoked.push(found);
      else unknown.push(rule);
    }
    // In the default VPC a rule that isn't there is told in the answer, elsewhere it is an error.
    if (unknown.length > 0 && !scope.get(vpcs, group.vpcId)?.facts.IsDefault)
      throw new AwsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
  }
  for (const rule of revoked) scope.delete(securityGroupRules, rule.id);
  return {
    Return: true,
    ...(unknown.length > 0 && { UnknownIpPermissions: permissionsOf(unknown, scope.account) }),
    ...(revoked.length > 0 && {
      RevokedSecurityGroupRules: revoked.map((rule) => {
        const { GroupOwnerId: _, SecurityGroupRuleArn: __, ReferencedGroupInfo, ...shown } = ruleShape(rule, scope);
        return { ...shown, ...(ReferencedGroupInfo && { ReferencedGroupId: ReferencedGroupInfo.GroupId }) };
      }),
    }),
  };
}

const AuthorizeSecurityGroupIngress: Write<
  AuthorizeSecurityGroupIngressCommandInput,
  Output<AuthorizeSecurityGroupIngressCommandOutput>
> = (input, scope) => authorize(groupOf(input, scope), false, input, scope);

const AuthorizeSecurityGroupEgress: Write<
  AuthorizeSecurityGroupEgressCommandInput,
  Output<AuthorizeSecurityGroupEgressCommandOutput>
> = (input, scope) => authorize(groupOf(input, scope), true, input, scope);

const RevokeSecurityGroupIngress: Write<
  RevokeSecurityGroupIngressCommandInput,
  Output<RevokeSecurityGroupIngressCommandOutput>
> = (input, scope) => revoke(groupOf(input, scope), false, input, scope);

const RevokeSecurityGroupEgress: Write<
  RevokeSecurityGroupEgressCommandInput,
  Output<RevokeSecurityGroupEgressCommandOutput>
> = (input, scope) => revoke(groupOf(input, scope), true, input, scope);

export const securityGroupActions: Actions = {
  writes: {
    CreateSecurityGroup,
    DeleteSecurityGroup,
    AuthorizeSecurityGroupIngress,
    AuthorizeSecurityGroupEgress,
    RevokeSecurityGroupIngress,
    RevokeSecurityGroupEgress,
  },
};
