import { expect, test } from "vitest";
import { accountId } from "../../aws/names.ts";
import { account } from "../service.fixture.ts";
import { ec2Trust, openIam, s3Access } from "./iam.fixture.ts";

test("an account has one alias, which no other account has", async () => {
  const { iam } = await openIam();
  const stranger = accountId("999999999999");
  const as = {
    type: "Root",
    accountId: stranger,
    principalId: stranger,
    arn: `arn:aws:iam::${stranger}:root`,
  } as const;
  await iam.call("CreateAccountAlias", { AccountAlias: "example" });
  await iam.call("CreateAccountAlias", { AccountAlias: "example-corp" });
  expect(await iam.call("ListAccountAliases")).toEqual({ AccountAliases: ["example-corp"], IsTruncated: false });
  await expect(iam.call("CreateAccountAlias", { AccountAlias: "example-corp" }, { as })).rejects.toMatchObject({
    code: "EntityAlreadyExists",
    message: "The account alias example-corp already exists.",
  });
  await iam.call("CreateAccountAlias", { AccountAlias: "example" }, { as });
  await expect(iam.call("DeleteAccountAlias", { AccountAlias: "example" })).rejects.toMatchObject({
    code: "NoSuchEntity",
  });
  await iam.call("DeleteAccountAlias", { AccountAlias: "example-corp" });
  expect((await iam.call("ListAccountAliases")).AccountAliases).toEqual([]);
  await expect(iam.call("CreateAccountAlias", { AccountAlias: "No" })).rejects.toMatchObject({
    code: "ValidationError",
  });
});

async function withEverything() {
  const all = await openIam();
  const { iam } = all;
  await iam.call("CreateGroup", { GroupName: "ops" });
  await iam.call("CreateUser", { UserName: "alice", Tags: [{ Key: "a", Value: "b" }] });
  await iam.call("AddUserToGroup", { GroupName: "ops", UserName: "alice" });
  await iam.call("PutUserPolicy", { UserName: "alice", PolicyName: "s3", PolicyDocument: s3Access });
  await iam.call("CreateRole", { RoleName: "Web", AssumeRolePolicyDocument: ec2Trust });
  await iam.call("CreateInstanceProfile", { InstanceProfileName: "Web" });
  await iam.call("AddRoleToInstanceProfile", { InstanceProfileName: "Web", RoleName: "Web" });
  await iam.call("AttachRolePolicy", {
    RoleName: "Web",
    PolicyArn: "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore",
  });
  await iam.call("CreatePolicy", { PolicyName: "Buckets", PolicyDocument: s3Access });
  await iam.call("CreateVirtualMFADevice", { VirtualMFADeviceName: "phone" });
  return all;
}

test("the account's summary counts what there is", async () => {
  const { iam } = await withEverything();
  expect((await iam.call("GetAccountSummary")).SummaryMap).toMatchObject({
    Users: 1,
    Groups: 1,
    Roles: 1,
    InstanceProfiles: 1,
    Policies: 1,
    PolicyVersionsInUse: 1,
    MFADevices: 1,
    MFADevicesInUse: 0,
    Providers: 0,
    AccountMFAEnabled: 0,
    UsersQuota: 5000,
    PolicySizeQuota: 6144,
  });
});

test("the account's authorization details show who may do what, a page at a time or by kind", async () => {
  const { iam } = await withEverything();
  const all = await iam.call("GetAccountAuthorizationDetails");
  expect(all).toMatchObject({
    UserDetailList: [
      {
        UserName: "alice",
        UserPolicyList: [{ PolicyName: "s3", PolicyDocument: expect.stringContaining("s3%3A%2A") }],
        GroupList: ["ops"],
        AttachedManagedPolicies: [],
        Tags: [{ Key: "a", Value: "b" }],
      },
    ],
    GroupDetailList: [{ GroupName: "ops", GroupPolicyList: [], AttachedManagedPolicies: [] }],
    RoleDetailList: [
      {
        RoleName: "Web",
        InstanceProfileList: [{ InstanceProfileName: "Web", Roles: [{ RoleName: "Web" }] }],
        AttachedManagedPolicies: [{ PolicyName: "AmazonSSMManagedInstanceCore" }],
        RoleLastUsed: {},
      },
    ],
    IsTruncated: false,
  });
  expect(all.Policies.map((policy: { PolicyName: string }) => policy.PolicyName)).toEqual([
    "AmazonSSMManagedInstanceCore",
    "Buckets",
  ]);
  const roles = await iam.call("GetAccountAuthorizationDetails", { Filter: ["Role"] });
  expect(roles).toMatchObject({ UserDetailList: [], GroupDetailList: [], Policies: [], RoleDetailList: [{}] });
  let shown = 0;
  let Marker: string | undefined;
  do {
    const page = await iam.call("GetAccountAuthorizationDetails", { MaxItems: 2, Marker });
    const lists = [page.UserDetailList, page.GroupDetailList, page.RoleDetailList, page.Policies];
    shown += lists.flat().length;
    Marker = page.Marker;
  } while (Marker);
  expect(shown).toBe(5);
});

test("a service-linked role is AWS's to change, and goes by a task of its own", async () => {
  const { iam } = await openIam();
  const create = () =>
    iam.call("CreateServiceLinkedRole", { AWSServiceName: "spot.amazonaws.com", Description: "for Spot" });
  expect((await create()).Role).toMatchObject({
    Path: "/aws-service-role/spot.amazonaws.com/",
    RoleName: "AWSServiceRoleForEC2Spot",
    Arn: `arn:aws:iam::${account}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot`,
  });
  await expect(create()).rejects.toMatchObject({
    code: "InvalidInput",
    message:
      "Service role name AWSServiceRoleForEC2Spot has been taken in this account, please try a different suffix.",
  });
  const role = { RoleName: "AWSServiceRoleForEC2Spot" };
  expect((await iam.call("ListAttachedRolePolicies", role)).AttachedPolicies).toEqual([
    {
      PolicyName: "AWSEC2SpotServiceRolePolicy",
      PolicyArn: "arn:aws:iam::aws:policy/aws-service-role/AWSEC2SpotServiceRolePolicy",
    },
  ]);
  const protectedRole = {
    code: "UnmodifiableEntity",
    message:
      "Cannot perform the operation on the protected role 'AWSServiceRoleForEC2Spot' - this role is only modifiable by AWS",
  };
  const policy = { PolicyName: "s3", PolicyDocument: s3Access };
  await expect(iam.call("PutRolePolicy", { ...role, ...policy })).rejects.toMatchObject(protectedRole);
  await expect(iam.call("DeleteRole", role)).rejects.toMatchObject(protectedRole);
  await iam.call("UpdateRoleDescription", { ...role, Description: "for Spot Instances" });
  const { DeletionTaskId } = await iam.call("DeleteServiceLinkedRole", role);
  expect(DeletionTaskId).toMatch(
    /^task\/aws-service-role\/spot\.amazonaws\.com\/AWSServiceRoleForEC2Spot\/[0-9a-f-]{36}$/,
  );
  expect(await iam.call("GetServiceLinkedRoleDeletionStatus", { DeletionTaskId })).toEqual({ Status: "SUCCEEDED" });
  await expect(iam.call("GetRole", role)).rejects.toMatchObject({ code: "NoSuchEntity" });
});

test("the credential report lists root and users with their credentials", async () => {
  const { iam } = await openIam();
  await expect(iam.call("GetCredentialReport")).rejects.toMatchObject({ code: "ReportNotPresent", status: 410 });
  await iam.call("CreateUser", { UserName: "alice" });
  await iam.call("CreateAccessKey", { UserName: "alice" });
  expect((await iam.call("GenerateCredentialReport")).State).toBe("STARTED");
  expect((await iam.call("GenerateCredentialReport")).State).toBe("COMPLETE");
  const { Content, ReportFormat } = await iam.call("GetCredentialReport");
  expect(ReportFormat).toBe("text/csv");
  const [header, root, alice, ...none] = Buffer.from(Content).toString().split("\n");
  expect(header).toBe(
    "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated",
  );
  expect(root).toContain(`<root_account>,arn:aws:iam::${account}:root,2026-07-01T12:00:00+00:00,not_supported`);
  expect(alice).toContain("alice,");
  expect(alice?.split(",")[8]).toBe("true");
  expect(none).toEqual([]);
});
