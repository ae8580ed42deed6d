import type {
  AuthorizeSecurityGroupIngressCommandOutput,
  CreateSecurityGroupCommandOutput,
  DescribeSecurityGroupRulesCommandOutput,
  DescribeSecurityGroupsCommandOutput,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestEc2, type TestEc2 } from "../ec2.fixture.ts";

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());

async function group(GroupName = "web"): Promise<string> {
  const { GroupId } = await ec2.ask<CreateSecurityGroupCommandOutput>("CreateSecurityGroup", {
    GroupName,
    Description: "for tests",
  });
  return GroupId ?? "";
}

const shown = async (GroupId: string) =>
  (await ec2.ask<DescribeSecurityGroupsCommandOutput>("DescribeSecurityGroups", { GroupIds: [GroupId] }))
    .SecurityGroups?.[0];

const ssh = { IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: "0.0.0.0/0", Description: "all" }] };

test("a group lets everything out and nothing in until a rule says so; the rule can be taken back", async () => {
  const GroupId = await group();
  expect(await shown(GroupId)).toMatchObject({
    IpPermissions: [],
    IpPermissionsEgress: [{ IpProtocol: "-1", IpRanges: [{ CidrIp: "0.0.0.0/0" }] }],
  });
  const answer = await ec2.ask<AuthorizeSecurityGroupIngressCommandOutput>("AuthorizeSecurityGroupIngress", {
    GroupId,
    IpPermissions: [ssh],
  });
  expect(answer).toMatchObject({
    Return: true,
    SecurityGroupRules: [
      {
        GroupOwnerId: "111122223333",
        GroupId,
        Description: "all",
        IsEgress: false,
        IpProtocol: "tcp",
        FromPort: 22,
        ToPort: 22,
        CidrIpv4: "0.0.0.0/0",
      },
    ],
  });
  expect((await shown(GroupId))?.IpPermissions).toEqual([
    { ...ssh, Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] },
  ]);
  const { SecurityGroupRules } = await ec2.ask<DescribeSecurityGroupRulesCommandOutput>("DescribeSecurityGroupRules", {
    Filters: [{ Name: "group-id", Values: [GroupId] }],
  });
  expect(SecurityGroupRules).toHaveLength(2);
  await ec2.ask("RevokeSecurityGroupIngress", {
    GroupId,
    IpProtocol: "tcp",
    FromPort: 22,
    ToPort: 22,
    CidrIp: "0.0.0.0/0",
  });
  expect((await shown(GroupId))?.IpPermissions).toEqual([]);
});

test("the same rule twice is refused in AWS's words", async () => {
  const GroupId = await group();
  await ec2.ask("AuthorizeSecurityGroupIngress", { GroupId, IpPermissions: [ssh] });
  await expect(ec2.ask("AuthorizeSecurityGroupIngress", { GroupId, IpPermissions: [ssh] })).rejects.toMatchObject({
    code: "InvalidPermission.Duplicate",
    message: 'the specified rule "peer: 0.0.0.0/0, TCP, from port: 22, to port: 22, ALLOW" already exists',
  });
});

test.each([
  [{ ...ssh, IpProtocol: "nonsense" }, "InvalidParameterValue"],
  [{ ...ssh, IpRanges: [{ CidrIp: "10.0.0.300/32" }] }, "InvalidParameterValue"],
  [{ ...ssh, FromPort: 80, ToPort: 22 }, "InvalidParameterValue"],
  [{ ...ssh, ToPort: 70_000 }, "InvalidParameterValue"],
  [{ ...ssh, IpRanges: [], UserIdGroupPairs: [{ GroupId: "sg-00000000000000000" }] }, "InvalidGroup.NotFound"],
])("the permission %j is refused", async (permission, code) => {
  const GroupId = await group();
  await expect(
    ec2.ask("AuthorizeSecurityGroupIngress", { GroupId, IpPermissions: [permission] }),
  ).rejects.toMatchObject({ code });
});

test("a group that an instance or another group's rule uses can't be deleted, nor the default one", async () => {
  const used = await group("used");
  const referenced = await group("referenced");
  const instance = await ec2.launch({ SecurityGroupIds: [used] });
  await ec2.ask("AuthorizeSecurityGroupIngress", {
    GroupId: used,
    IpPermissions: [{ IpProtocol: "-1", UserIdGroupPairs: [{ GroupId: referenced }] }],
  });
  for (const GroupId of [used, referenced])
    await expect(ec2.ask("DeleteSecurityGroup", { GroupId })).rejects.toMatchObject({
      code: "DependencyViolation",
      message: `resource ${GroupId} has a dependent object`,
    });
  await expect(ec2.ask("DeleteSecurityGroup", { GroupName: "default" })).rejects.toMatchObject({
    code: "CannotDelete",
  });

  await ec2.ask("TerminateInstances", { InstanceIds: [instance.InstanceId] });
  ec2.pass(3000);
  await ec2.ask("DeleteSecurityGroup", { GroupId: used });
  await ec2.ask("DeleteSecurityGroup", { GroupId: referenced });
  await expect(shown(used)).rejects.toMatchObject({ code: "InvalidGroup.NotFound" });
});

test("a group's name is taken once in a VPC", async () => {
  await group();
  await expect(group()).rejects.toMatchObject({ code: "InvalidGroup.Duplicate" });
});

test("a rule is changed and described by its id, and never into one that is there already", async () => {
  const GroupId = await group();
  const web = { ...ssh, FromPort: 80, ToPort: 80 };
  const { SecurityGroupRules = [] } = await ec2.ask<AuthorizeSecurityGroupIngressCommandOutput>(
    "AuthorizeSecurityGroupIngress",
    { GroupId, IpPermissions: [ssh, web] },
  );
  const SecurityGroupRuleId = SecurityGroupRules[0]?.SecurityGroupRuleId;
  const modify = (FromPort: number) =>
    ec2.ask("ModifySecurityGroupRules", {
      GroupId,
      SecurityGroupRules: [
        {
          SecurityGroupRuleId,
          SecurityGroupRule: { IpProtocol: "tcp", FromPort, ToPort: FromPort, CidrIpv4: "0.0.0.0/0" },
        },
      ],
    });
  await expect(modify(80)).rejects.toMatchObject({ code: "InvalidPermission.Duplicate" });
  await modify(443);
  await ec2.ask("UpdateSecurityGroupRuleDescriptionsIngress", {
    GroupId,
    SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId, Description: "https" }],
  });
  const rules = await ec2.ask<DescribeSecurityGroupRulesCommandOutput>("DescribeSecurityGroupRules", {
    SecurityGroupRuleIds: [SecurityGroupRuleId],
  });
  expect(rules.SecurityGroupRules).toMatchObject([{ FromPort: 443, CidrIpv4: "0.0.0.0/0", Description: "https" }]);
  const IpPermissions = [{ ...ssh, FromPort: 8080, ToPort: 8080 }];
  await expect(ec2.ask("UpdateSecurityGroupRuleDescriptionsIngress", { GroupId, IpPermissions })).rejects.toMatchObject(
    { code: "InvalidPermission.NotFound" },
  );
});
