import { expect, test } from "vitest";
import { account } from "../service.fixture.ts";
import { ec2Trust, openIam, s3Access } from "./iam.fixture.ts";

const arn = `arn:aws:iam::${account}:policy/ops/Buckets`;
const admin = "arn:aws:iam::aws:policy/AdministratorAccess";

async function withPolicy() {
  const all = await openIam();
  const { Policy } = await all.iam.call("CreatePolicy", {
    PolicyName: "Buckets",
    Path: "/ops/",
    Description: "all buckets",
    PolicyDocument: s3Access,
    Tags: [{ Key: "team", Value: "a" }],
  });
  return { ...all, Policy };
}

test("a policy that is created is answered as AWS does, and shown whole afterwards", async () => {
  const { iam, clock, Policy } = await withPolicy();
  expect(Policy).toEqual({
    PolicyName: "Buckets",
    PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/),
    Arn: arn,
    Path: "/ops/",
    DefaultVersionId: "v1",
    AttachmentCount: 0,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    CreateDate: new Date(clock.now()),
    UpdateDate: new Date(clock.now()),
    Tags: [{ Key: "team", Value: "a" }],
  });
  expect((await iam.call("GetPolicy", { PolicyArn: arn })).Policy).toEqual({ ...Policy, Description: "all buckets" });
  await expect(iam.call("CreatePolicy", { PolicyName: "buckets", PolicyDocument: s3Access })).rejects.toMatchObject({
    code: "EntityAlreadyExists",
    status: 409,
    message: "A policy called buckets already exists. Duplicate names are not allowed.",
  });
});

test("a policy has five versions at most, and one of them counts", async () => {
  const { iam } = await withPolicy();
  const create = (SetAsDefault = false) =>
    iam.call("CreatePolicyVersion", { PolicyArn: arn, PolicyDocument: s3Access.replace("s3", "ec2"), SetAsDefault });
  expect((await create(true)).PolicyVersion).toMatchObject({ VersionId: "v2", IsDefaultVersion: true });
  for (let version = 3; version <= 5; version++) await create();
  await expect(create()).rejects.toMatchObject({
    code: "LimitExceeded",
    message:
      "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
  });
  const version = (VersionId: string) => ({ PolicyArn: arn, VersionId });
  await expect(iam.call("DeletePolicyVersion", version("v2"))).rejects.toMatchObject({
    code: "DeleteConflict",
    message: "Cannot delete the default version of a policy.",
  });
  await iam.call("DeletePolicyVersion", version("v1"));
  expect((await create()).PolicyVersion.VersionId).toBe("v6");
  await iam.call("SetDefaultPolicyVersion", version("v6"));
  const { Versions } = await iam.call("ListPolicyVersions", { PolicyArn: arn, MaxItems: 2 });
  expect(Versions).toMatchObject([
    { VersionId: "v6", IsDefaultVersion: true },
    { VersionId: "v5", IsDefaultVersion: false },
  ]);
  const shown = (await iam.call("GetPolicyVersion", version("v6"))).PolicyVersion;
  expect(decodeURIComponent(shown.Document)).toContain("ec2:*");
  await expect(iam.call("GetPolicyVersion", version("v1"))).rejects.toMatchObject({
    code: "NoSuchEntity",
    message: `Policy ${arn} version v1 does not exist or is not attachable.`,
  });
  await expect(iam.call("GetPolicyVersion", version("first"))).rejects.toMatchObject({
    code: "ValidationError",
    message:
      "1 validation error detected: Value at 'versionId' failed to satisfy constraint: Member must satisfy regular expression pattern: v[1-9][0-9]*(\\.[A-Za-z0-9-]*)?",
  });
});

test("a policy speaks for users, groups and roles, and stays while it does", async () => {
  const { iam } = await withPolicy();
  await iam.call("CreateUser", { UserName: "alice" });
  await iam.call("CreateGroup", { GroupName: "ops" });
  await iam.call("CreateRole", { RoleName: "Web", AssumeRolePolicyDocument: ec2Trust });
  const names = { User: { UserName: "alice" }, Group: { GroupName: "ops" }, Role: { RoleName: "Web" } };
  for (const [holder, name] of Object.entries(names)) {
    await iam.call(`Attach${holder}Policy`, { ...name, PolicyArn: arn });
    await iam.call(`Attach${holder}Policy`, { ...name, PolicyArn: admin });
    expect(await iam.call(`ListAttached${holder}Policies`, name)).toEqual({
      AttachedPolicies: [
        { PolicyName: "Buckets", PolicyArn: arn },
        { PolicyName: "AdministratorAccess", PolicyArn: admin },
      ],
      IsTruncated: false,
    });
    await expect(iam.call(`Delete${holder}`, name)).rejects.toMatchObject({
      code: "DeleteConflict",
      message: "Cannot delete entity, must detach all policies first.",
    });
  }
  expect((await iam.call("GetPolicy", { PolicyArn: arn })).Policy.AttachmentCount).toBe(3);
  expect(await iam.call("ListEntitiesForPolicy", { PolicyArn: arn })).toMatchObject({
    PolicyUsers: [{ UserName: "alice", UserId: expect.stringMatching(/^AIDA/) }],
    PolicyGroups: [{ GroupName: "ops", GroupId: expect.stringMatching(/^AGPA/) }],
    PolicyRoles: [{ RoleName: "Web", RoleId: expect.stringMatching(/^AROA/) }],
    IsTruncated: false,
  });
  await expect(iam.call("DeletePolicy", { PolicyArn: arn })).rejects.toMatchObject({
    code: "DeleteConflict",
    message: "Cannot delete a policy attached to entities.",
  });
  const { Policies } = await iam.call("ListPolicies", { OnlyAttached: true });
  expect(Policies.map((policy: { Arn: string }) => policy.Arn)).toEqual([arn, admin]);
  for (const [holder, name] of Object.entries(names)) {
    await iam.call(`Detach${holder}Policy`, { ...name, PolicyArn: arn });
    await expect(iam.call(`Detach${holder}Policy`, { ...name, PolicyArn: arn })).rejects.toMatchObject({
      code: "NoSuchEntity",
      message: `Policy ${arn} was not found.`,
    });
  }
  await iam.call("DeletePolicy", { PolicyArn: arn });
  await expect(iam.call("GetPolicy", { PolicyArn: arn })).rejects.toMatchObject({ code: "NoSuchEntity", status: 404 });
});

test("many roles take the same policy at once", async () => {
  const { iam } = await withPolicy();
  const names = Array.from({ length: 12 }, (_, at) => `role-${at}`);
  await Promise.all(
    names.map(async (RoleName) => {
      await iam.call("CreateRole", { RoleName, AssumeRolePolicyDocument: ec2Trust });
      await iam.call("AttachRolePolicy", { RoleName, PolicyArn: arn });
    }),
  );
  expect((await iam.call("GetPolicy", { PolicyArn: arn })).Policy.AttachmentCount).toBe(12);
});

test("only what is a policy can be attached, ten to each", async () => {
  const { iam } = await openIam();
  await iam.call("CreateUser", { UserName: "alice" });
  const attach = (PolicyArn: string) => iam.call("AttachUserPolicy", { UserName: "alice", PolicyArn });
  await expect(attach(`arn:aws:iam::${account}:policy/none`)).rejects.toMatchObject({
    code: "NoSuchEntity",
    message: `Policy arn:aws:iam::${account}:policy/none does not exist or is not attachable.`,
  });
  await expect(attach("AdministratorAccess-by-its-name")).rejects.toMatchObject({
    code: "ValidationError",
    message: "ARN AdministratorAccess-by-its-name is not valid.",
  });
  const { Policies } = await iam.call("ListPolicies", { Scope: "AWS", MaxItems: 11 });
  for (const { Arn } of Policies.slice(0, 10)) await attach(Arn);
  await expect(attach(Policies[10].Arn)).rejects.toMatchObject({
    code: "LimitExceeded",
    message: "Cannot exceed quota for PoliciesPerUser: 10",
  });
});

test("policies of AWS are there, with their documents, and can't be changed", async () => {
  const { iam } = await openIam();
  const { Policy } = await iam.call("GetPolicy", { PolicyArn: admin });
  expect(Policy).toMatchObject({
    PolicyId: "ANPAIWMBCKSKIEE64ZLYK",
    DefaultVersionId: "v1",
    CreateDate: new Date("2015-02-06T18:39:46Z"),
    Tags: [],
  });
  const { PolicyVersion } = await iam.call("GetPolicyVersion", { PolicyArn: admin, VersionId: "v1" });
  expect(JSON.parse(decodeURIComponent(PolicyVersion.Document)).Statement).toEqual([
    { Effect: "Allow", Action: "*", Resource: "*" },
  ]);
  for (const action of ["DeletePolicy", "TagPolicy"]) {
    const input = { PolicyArn: admin, Tags: [{ Key: "a", Value: "b" }] };
    await expect(iam.call(action, input)).rejects.toMatchObject({ code: "AccessDenied", status: 403 });
  }
  expect((await iam.call("ListPolicies", { Scope: "Local" })).Policies).toEqual([]);
  let Marker: string | undefined;
  let count = 0;
  do {
    const page = await iam.call("ListPolicies", { Scope: "AWS", MaxItems: 1000, Marker });
    count += page.Policies.length;
    Marker = page.Marker;
  } while (Marker);
  expect(count).toBeGreaterThan(1000);
});

test.each([
  ["no JSON", "Syntax errors in policy."],
  [
    { Statement: { Effect: "Allow", Action: "s3:*", Resource: "*" } },
    "Policy document must be version 2012-10-17 or greater.",
  ],
  [
    { Version: "2008-10-17", Statement: { Effect: "Allow", Action: "s3:*", Resource: "*" } },
    "Policy document must be version 2012-10-17 or greater.",
  ],
  [
    { Version: "2013-10-17", Statement: { Effect: "Allow", Action: "s3:*", Resource: "*" } },
    "Syntax errors in policy.",
  ],
  [{ Version: "2012-10-17" }, "Syntax errors in policy."],
  [{ Version: "2012-10-17", Statement: [] }, "Syntax errors in policy."],
  [
    { Version: "2012-10-17", Extra: 1, Statement: { Effect: "Allow", Action: "s3:*", Resource: "*" } },
    "Syntax errors in policy.",
  ],
  [
    { Version: "2012-10-17", Statement: { Effect: "Perhaps", Action: "s3:*", Resource: "*" } },
    "Syntax errors in policy.",
  ],
  [{ Version: "2012-10-17", Statement: { Effect: "Allow", Resource: "*" } }, "Policy statement must contain actions."],
  [
    { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "s3:*" } },
    "Policy statement must contain resources.",
  ],
  [
    { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "ListBucket", Resource: "*" } },
    "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.",
  ],
  [
    { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "s3:a:b", Resource: "*" } },
    "Actions/Condition can contain only one colon.",
  ],
  [
    { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "a a:b", Resource: "*" } },
    "Vendor a a is not valid",
  ],
  [
    { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "s3:*", Resource: "bucket" } },
    'Resource bucket must be in ARN format or "*".',
  ],
  [
    { Version: "2012-10-17", Statement: { Effect: "Allow", Action: "s3:*", Resource: "arn:b:s3:::x" } },
    'Partition "b" is not valid for resource "arn:b:s3:::x".',
  ],
  [
    {
      Version: "2012-10-17",
      Statement: [
        { Sid: "a", Effect: "Allow", Action: "s3:*", Resource: "*" },
        { Sid: "a", Effect: "Allow", Action: "s3:*", Resource: "*" },
      ],
    },
    "Statement IDs (SID) in a single policy must be unique.",
  ],
])("a malformed policy is refused in AWS's words: %j", async (document, message) => {
  const { iam } = await openIam();
  const PolicyDocument = typeof document === "string" ? document : JSON.stringify(document);
  await expect(iam.call("CreatePolicy", { PolicyName: "p", PolicyDocument })).rejects.toMatchObject({
    code: "MalformedPolicyDocument",
    message,
  });
});

test("a policy that is too long is refused; white space doesn't count", async () => {
  const { iam } = await openIam();
  const long = (length: number, space = "") =>
    s3Access.replace('"*"}', `"arn:aws:s3:::${"x".repeat(length)}"}${space}`);
  await iam.call("CreatePolicy", { PolicyName: "p", PolicyDocument: long(6000, " ".repeat(1000)) });
  await expect(iam.call("CreatePolicy", { PolicyName: "q", PolicyDocument: long(6144) })).rejects.toMatchObject({
    code: "LimitExceeded",
    message: "Cannot exceed quota for PolicySize: 6144",
  });
  await iam.call("CreateUser", { UserName: "alice" });
  const put = (PolicyName: string) =>
    iam.call("PutUserPolicy", { UserName: "alice", PolicyName, PolicyDocument: long(1000) });
  await put("one");
  await expect(put("two")).rejects.toMatchObject({
    code: "LimitExceeded",
    message: "Maximum policy size of 2048 bytes exceeded for user alice",
  });
});

test("a permissions boundary is a policy that exists, and keeps it", async () => {
  const { iam } = await withPolicy();
  const wrong = `arn:aws:iam::${account}:nothing/Buckets`;
  const none = `arn:aws:iam::${account}:policy/none`;
  const create = (PermissionsBoundary: string) => iam.call("CreateUser", { UserName: "alice", PermissionsBoundary });
  await expect(create(wrong)).rejects.toMatchObject({ code: "InvalidInput", message: `ARN ${wrong} is not valid.` });
  await expect(create(none)).rejects.toMatchObject({
    code: "NoSuchEntity",
    message: `Scope ARN: ${none} does not exist or is not attachable.`,
  });
  const boundary = { PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: arn };
  expect((await create(arn)).User.PermissionsBoundary).toEqual(boundary);
  await iam.call("CreateRole", { RoleName: "Web", AssumeRolePolicyDocument: ec2Trust });
  await iam.call("PutRolePermissionsBoundary", { RoleName: "Web", PermissionsBoundary: arn });
  expect((await iam.call("GetRole", { RoleName: "Web" })).Role.PermissionsBoundary).toEqual(boundary);
  expect((await iam.call("GetPolicy", { PolicyArn: arn })).Policy).toMatchObject({
    AttachmentCount: 0,
    PermissionsBoundaryUsageCount: 2,
  });
  await expect(iam.call("DeletePolicy", { PolicyArn: arn })).rejects.toMatchObject({ code: "DeleteConflict" });
  await iam.call("DeleteRolePermissionsBoundary", { RoleName: "Web" });
  await iam.call("DeleteUserPermissionsBoundary", { UserName: "alice" });
  expect((await iam.call("GetUser", { UserName: "alice" })).User).not.toHaveProperty("PermissionsBoundary");
  await iam.call("DeletePolicy", { PolicyArn: arn });
});

test("tags of policies are told apart by case", async () => {
  const { iam } = await withPolicy();
  await iam.call("TagPolicy", { PolicyArn: arn, Tags: [{ Key: "Team", Value: "b" }] });
  expect((await iam.call("ListPolicyTags", { PolicyArn: arn })).Tags).toEqual([
    { Key: "Team", Value: "b" },
    { Key: "team", Value: "a" },
  ]);
  const Tags = [
    { Key: "x", Value: "1" },
    { Key: "x", Value: "2" },
  ];
  await expect(iam.call("TagPolicy", { PolicyArn: arn, Tags })).rejects.toMatchObject({
    code: "InvalidInput",
    message: "Duplicate tag keys found.",
  });
});
