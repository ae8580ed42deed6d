import type {
  ModifySecurityGroupRulesCommandInput,
  ModifySecurityGroupRulesCommandOutput,
  SecurityGroupRuleRequest,
  UpdateSecurityGroupRuleDescriptionsIngressCommandInput,
  UpdateSecurityGroupRuleDescriptionsIngressCommandOutput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { invalidCombination, missingParameter, required } from "../mechanism/errors.ts";
import type { Scope } from "../mechanism/scope.ts";
import { groupOf, type SecurityGroupRuleResource, securityGroupRules, securityGroups } from "./groups.ts";
import { checkedDescription, duplicateRule, type RuleContent, ruleKey, rulesOf } from "./permissions.ts";

/** A rule as this request spells it: one peer in a member of its own. */
function contentOf(rule: SecurityGroupRuleRequest, scope: Scope): RuleContent {
  const { IpProtocol, FromPort, ToPort, CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupId } = rule;
  const described = rule.Description === undefined ? {} : { Description: rule.Description };
  // Every protocol but those with ports is shown with -1 for both, and comes back so.
  const ports = FromPort === -1 && ToPort === -1 ? {} : { FromPort, ToPort };
  const [content, ...more] = rulesOf(
    {
      IpPermissions: [
        {
          IpProtocol,
          ...ports,
          IpRanges: CidrIpv4 ? [{ CidrIp: CidrIpv4, ...described }] : [],
          Ipv6Ranges: CidrIpv6 ? [{ CidrIpv6, ...described }] : [],
          PrefixListIds: PrefixListId ? [{ PrefixListId, ...described }] : [],
          UserIdGroupPairs: ReferencedGroupId ? [{ GroupId: ReferencedGroupId, ...described }] : [],
        },
      ],
    },
    scope,
  );
  if (!content || more.length > 0)
    throw invalidCombination("A security group rule has exactly one source or destination");
  return content;
}

/** A rule of the group; throws InvalidSecurityGroupRuleId.NotFound, for another group's rules too. */
function ruleOf(id: string | undefined, groupId: string, scope: Scope): SecurityGroupRuleResource {
  const rule = scope.find(securityGroupRules, required(id, "securityGroupRuleId"));
  if (rule.groupId !== groupId)
    throw new AwsError(securityGroupRules.notFound.code, securityGroupRules.notFound.message([rule.id]));
  return rule;
}

const ModifySecurityGroupRules: Write<
  ModifySecurityGroupRulesCommandInput,
  Output<ModifySecurityGroupRulesCommandOutput>
> = (input, scope) => {
  const group = scope.find(securityGroups, required(input.GroupId, "groupId"));
  if (!input.SecurityGroupRules?.length) throw missingParameter("securityGroupRules");
  for (const update of input.SecurityGroupRules) {
    const { id, createdAt, tags, groupId, isEgress } = ruleOf(update.SecurityGroupRuleId, group.id, scope);
    const content = contentOf(update.SecurityGroupRule ?? {}, scope);
    const twin = scope
      .by(securityGroupRules, "group", group.id)
      .find((other) => other.id !== id && other.isEgress === isEgress && ruleKey(other) === ruleKey(content));
    if (twin) throw duplicateRule(content);
    scope.put(securityGroupRules, { id, createdAt, tags, groupId, isEgress, ...content });
  }
  return { Return: true };
};

const describeRules =
  (
    isEgress: boolean,
  ): Write<
    UpdateSecurityGroupRuleDescriptionsIngressCommandInput,
    Output<UpdateSecurityGroupRuleDescriptionsIngressCommandOutput>
  > =>
  (input, scope) => {
    const group = groupOf(input, scope);
    const { IpPermissions = [], SecurityGroupRuleDescriptions: byId = [] } = input;
    if (IpPermissions.length > 0 === byId.length > 0)
      throw invalidCombination("Specify either ipPermissions or securityGroupRuleDescriptions");
    const standing = scope.by(securityGroupRules, "group", group.id).filter((rule) => rule.isEgress === isEgress);
    const told: [rule: SecurityGroupRuleResource, description: string | undefined][] = byId.map((one) => [
      ruleOf(one.SecurityGroupRuleId, group.id, scope),
      one.Description,
    ]);
    for (const content of IpPermissions.length > 0 ? rulesOf({ IpPermissions }, scope) : []) {
      const rule = standing.find((one) => ruleKey(one) === ruleKey(content));
      if (!rule)
        throw new AwsError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.");
      told.push([rule, content.description]);
    }
    for (const [{ description: _, ...rule }, description] of told)
      scope.put(securityGroupRules, {
        ...rule,
        ...(description !== undefined && { description: checkedDescription(description) }),
      });
    return { Return: true };
  };

export const securityGroupRuleActions: Actions = {
  writes: {
    ModifySecurityGroupRules,
    UpdateSecurityGroupRuleDescriptionsIngress: describeRules(false),
    UpdateSecurityGroupRuleDescriptionsEgress: describeRules(true),
  },
};
