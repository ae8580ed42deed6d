import type {
  DescribeSecurityGroupRulesCommandInput,
  DescribeSecurityGroupRulesCommandOutput,
  DescribeSecurityGroupsCommandInput,
  DescribeSecurityGroupsCommandOutput,
  SecurityGroup,
  SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import type { Actions, Output, Read } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import type { FilterValue } from "../mechanism/filters.ts";
import {
  groupArn,
  groupNamed,
  type SecurityGroupResource,
  type SecurityGroupRuleResource,
  securityGroupRules,
  securityGroups,
} from "./groups.ts";
import { permissionsOf, ruleShape } from "./permissions.ts";

type IpPermissions = NonNullable<SecurityGroup["IpPermissions"]>;
const eachPermission =
  (of: "IpPermissions" | "IpPermissionsEgress", value: (permission: IpPermissions[number]) => FilterValue) =>
  (group: SecurityGroup) =>
    group[of]?.map(value);

const permissionFilters = (prefix: string, of: "IpPermissions" | "IpPermissionsEgress") => ({
  [`${prefix}.cidr`]: eachPermission(of, (one) => one.IpRanges?.map(({ CidrIp }) => CidrIp)),
  [`${prefix}.from-port`]: eachPermission(of, (one) => one.FromPort),
  [`${prefix}.group-id`]: eachPermission(of, (one) => one.UserIdGroupPairs?.map(({ GroupId }) => GroupId)),
  [`${prefix}.group-name`]: eachPermission(of, (one) => one.UserIdGroupPairs?.map(({ GroupName }) => GroupName)),
  [`${prefix}.ipv6-cidr`]: eachPermission(of, (one) => one.Ipv6Ranges?.map(({ CidrIpv6 }) => CidrIpv6)),
  [`${prefix}.prefix-list-id`]: eachPermission(of, (one) => one.PrefixListIds?.map(({ PrefixListId }) => PrefixListId)),
  [`${prefix}.protocol`]: eachPermission(of, (one) => one.IpProtocol),
  [`${prefix}.to-port`]: eachPermission(of, (one) => one.ToPort),
  [`${prefix}.user-id`]: eachPermission(of, (one) => one.UserIdGroupPairs?.map(({ UserId }) => UserId)),
});

const groupDescription: Description<SecurityGroupResource, SecurityGroup> = {
  kind: securityGroups,
  page: { min: 5, max: 1000 },
  idsOrPages: true,
  shape: ({ id, vpcId, groupName, description, tags }, scope) => {
    const rules = scope.by(securityGroupRules, "group", id).sort((a, b) => a.createdAt - b.createdAt);
    const permissions = (isEgress: boolean) =>
      permissionsOf(
        rules.filter((rule) => rule.isEgress === isEgress),
        scope.account,
      );
    return {
      GroupId: id,
      GroupName: groupName,
      Description: description,
      VpcId: vpcId,
      OwnerId: scope.account,
      SecurityGroupArn: groupArn(id, scope),
      IpPermissions: permissions(false),
      IpPermissionsEgress: permissions(true),
      ...(tags.length > 0 && { Tags: [...tags] }),
    };
  },
  filters: {
    description: (group) => group.Description,
    "group-id": (group) => group.GroupId,
    "group-name": (group) => group.GroupName,
    "owner-id": (group) => group.OwnerId,
    "vpc-id": (group) => group.VpcId,
    ...permissionFilters("ip-permission", "IpPermissions"),
    ...permissionFilters("egress.ip-permission", "IpPermissionsEgress"),
  },
};

const ruleDescription: Description<SecurityGroupRuleResource, SecurityGroupRule> = {
  kind: securityGroupRules,
  page: { min: 5, max: 1000 },
  idsOrPages: true,
  shape: (rule, scope) => ({ ...ruleShape(rule, scope), Tags: [...rule.tags] }),
  filters: {
    "group-id": (rule) => rule.GroupId,
    "security-group-rule-id": (rule) => rule.SecurityGroupRuleId,
  },
};

const DescribeSecurityGroups: Read<DescribeSecurityGroupsCommandInput, Output<DescribeSecurityGroupsCommandOutput>> = (
  input,
  scope,
) => {
  const named = input.GroupNames?.map((name) => groupNamed(name, scope).id);
  const ids = [...(input.GroupIds ?? []), ...(named ?? [])];
  const { shapes, token } = describe(groupDescription, input, scope, { ids });
  return { SecurityGroups: shapes, ...token };
};

const DescribeSecurityGroupRules: Read<
  DescribeSecurityGroupRulesCommandInput,
  Output<DescribeSecurityGroupRulesCommandOutput>
> = (input, scope) => {
  const { shapes, token } = describe(ruleDescription, input, scope, { ids: input.SecurityGroupRuleIds });
  return { SecurityGroupRules: shapes, ...token };
};

export const describeSecurityGroupActions: Actions = { reads: { DescribeSecurityGroups, DescribeSecurityGroupRules } };
