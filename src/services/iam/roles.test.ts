import { beforeEach, expect, test } from "vitest";
import { systemRandom } from "../../aws/random.ts";
import { createIdentity } from "../../identity/index.ts";
import { account, clientOf, openStores, TestClock } from "../service.fixture.ts";
import { createIam } from "./index.ts";

let iam: ReturnType<typeof clientOf>;

beforeEach(async () => {
  const { state } = await openStores();
  const clock = new TestClock();
  const random = systemRandom;
  const identity = createIdentity({ state, clock, random, defaultAccount: account, mode: "open" });
  iam = clientOf("iam", createIam({ state, identity, clock, random }));
});

const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
});
const access = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] });
const createRole = (RoleName: string, more: object = {}) =>
  iam.call("CreateRole", { RoleName, AssumeRolePolicyDocument: trust, ...more });

test("a role is what it was created as", async () => {
  const { Role } = await createRole("Web", {
    Path: "/app/",
    Description: "web servers",
    Tags: [{ Key: "a", Value: "b" }],
  });
  expect(Role).toMatchObject({
    Path: "/app/",
    RoleName: "Web",
    RoleId: expect.stringMatching(/^AROA[A-Z2-7]{17}$/),
    Arn: `arn:aws:iam::${account}:role/app/Web`,
    Tags: [{ Key: "a", Value: "b" }],
  });
  // As AWS answers: the description and the session's duration are shown from GetRole on.
  expect(Role).not.toHaveProperty("Description");
  expect(Role).not.toHaveProperty("MaxSessionDuration");
  expect(Role.AssumeRolePolicyDocument).toMatch(/^%7B%22Version%22/);
  expect(decodeURIComponent(Role.AssumeRolePolicyDocument)).toBe(trust);
  expect((await iam.call("GetRole", { RoleName: "Web" })).Role).toMatchObject({
    ...Role,
    Description: "web servers",
    MaxSessionDuration: 3600,
  });
  const { Roles } = await iam.call("ListRoles", {});
  expect(Roles).toHaveLength(1);
  expect(Roles[0]).not.toHaveProperty("Tags");
  await iam.call("UpdateRole", { RoleName: "Web", MaxSessionDuration: 7200 });
  await iam.call("UpdateAssumeRolePolicy", { RoleName: "Web", PolicyDocument: trust.replace("ec2", "lambda") });
  const changed = (await iam.call("GetRole", { RoleName: "Web" })).Role;
  expect(changed).toMatchObject({ MaxSessionDuration: 7200, Description: "web servers" });
  expect(changed.AssumeRolePolicyDocument).toContain("lambda");
});

test("a role without a proper trust policy isn't created", async () => {
  const refused = (document: unknown) =>
    expect(
      createRole("Web", {
        AssumeRolePolicyDocument: typeof document === "string" ? document : JSON.stringify(document),
      }),
    ).rejects;
  await refused("{").toMatchObject({ code: "MalformedPolicyDocument", message: "This policy contains invalid Json" });
  await refused([]).toMatchObject({ code: "MalformedPolicyDocument" });
  await refused({ Statement: [] }).toMatchObject({ code: "MalformedPolicyDocument" });
  await refused({ Statement: { Effect: "Allow", Action: "sts:AssumeRole" } }).toMatchObject({
    message: "Missing required field Principal",
  });
  await refused({
    Statement: { Effect: "Allow", Action: "sts:AssumeRole", Principal: "*", Resource: "*" },
  }).toMatchObject({ message: "Has prohibited field Resource" });
  await expect(iam.call("CreateRole", { RoleName: "Web" })).rejects.toMatchObject({ code: "ValidationError" });
});

test("a role goes only when no instance profile and no policy holds it", async () => {
  await createRole("Web");
  await expect(createRole("web")).rejects.toMatchObject({
    code: "EntityAlreadyExists",
    message: "Role with name web already exists.",
  });
  const profile = { InstanceProfileName: "Servers" };
  const { InstanceProfile } = await iam.call("CreateInstanceProfile", profile);
  expect(InstanceProfile).toMatchObject({
    InstanceProfileId: expect.stringMatching(/^AIPA/),
    Arn: `arn:aws:iam::${account}:instance-profile/Servers`,
    Roles: [],
  });
  await iam.call("AddRoleToInstanceProfile", { ...profile, RoleName: "Web" });
  expect((await iam.call("GetInstanceProfile", profile)).InstanceProfile.Roles).toMatchObject([{ RoleName: "Web" }]);
  expect((await iam.call("ListInstanceProfilesForRole", { RoleName: "Web" })).InstanceProfiles).toHaveLength(1);
  await expect(iam.call("AddRoleToInstanceProfile", { ...profile, RoleName: "Web" })).rejects.toMatchObject({
    code: "LimitExceeded",
  });
  const conflict = {
    code: "DeleteConflict",
    status: 409,
    message: "Cannot delete entity, must remove roles from instance profile first.",
  };
  await expect(iam.call("DeleteRole", { RoleName: "Web" })).rejects.toMatchObject(conflict);
  await expect(iam.call("DeleteInstanceProfile", profile)).rejects.toMatchObject(conflict);
  await iam.call("RemoveRoleFromInstanceProfile", { ...profile, RoleName: "Web" });
  await iam.call("DeleteInstanceProfile", profile);
  await expect(iam.call("GetInstanceProfile", profile)).rejects.toMatchObject({
    code: "NoSuchEntity",
    message: "Instance Profile Servers cannot be found.",
  });

  await iam.call("PutRolePolicy", { RoleName: "Web", PolicyName: "s3", PolicyDocument: access });
  await expect(iam.call("DeleteRole", { RoleName: "Web" })).rejects.toMatchObject({
    message: "Cannot delete entity, must delete policies first.",
  });
  await iam.call("DeleteRolePolicy", { RoleName: "Web", PolicyName: "s3" });
  await iam.call("DeleteRole", { RoleName: "Web" });
  await expect(iam.call("GetRole", { RoleName: "Web" })).rejects.toMatchObject({
    message: "The role with name Web cannot be found.",
  });
});

test("inline policies of users and roles are kept, listed and shown", async () => {
  await createRole("Web");
  await iam.call("CreateUser", { UserName: "alice" });
  for (const [holder, name] of [
    ["Role", { RoleName: "Web" }],
    ["User", { UserName: "alice" }],
  ] as const) {
    const policy = { ...name, PolicyName: "s3" };
    await iam.call(`Put${holder}Policy`, { ...policy, PolicyDocument: access });
    expect(await iam.call(`List${holder}Policies`, name)).toEqual({ PolicyNames: ["s3"], IsTruncated: false });
    const shown = await iam.call(`Get${holder}Policy`, policy);
    expect(decodeURIComponent(shown.PolicyDocument)).toBe(access);
    await iam.call(`Delete${holder}Policy`, policy);
    await expect(iam.call(`Get${holder}Policy`, policy)).rejects.toMatchObject({
      code: "NoSuchEntity",
      message: `The ${holder.toLowerCase()} policy with name s3 cannot be found.`,
    });
  }
  await expect(
    iam.call("PutUserPolicy", { UserName: "alice", PolicyName: "trust", PolicyDocument: trust }),
  ).rejects.toMatchObject({ code: "MalformedPolicyDocument" });
});

test("tags are added, replaced whatever their case, and taken away", async () => {
  await createRole("Web", { Tags: [{ Key: "team", Value: "a" }] });
  const role = { RoleName: "Web" };
  await iam.call("TagRole", {
    ...role,
    Tags: [
      { Key: "Team", Value: "b" },
      { Key: "cost", Value: "1" },
    ],
  });
  expect((await iam.call("ListRoleTags", role)).Tags).toEqual([
    { Key: "Team", Value: "b" },
    { Key: "cost", Value: "1" },
  ]);
  await iam.call("UntagRole", { ...role, TagKeys: ["team"] });
  expect((await iam.call("GetRole", role)).Role.Tags).toEqual([{ Key: "cost", Value: "1" }]);
  const Tags = Array.from({ length: 50 }, (_, at) => ({ Key: `k${at}`, Value: "" }));
  await expect(iam.call("TagRole", { ...role, Tags })).rejects.toMatchObject({ code: "LimitExceeded" });
});
