import { expect, test } from "vitest";
import { account } from "../service.fixture.ts";
import { openIam, s3Access } from "./iam.fixture.ts";

test("a user is a member of groups, by whatever name", async () => {
  const { iam, clock } = await openIam();
  const { Group } = await iam.call("CreateGroup", { GroupName: "ops", Path: "/teams/" });
  expect(Group).toEqual({
    Path: "/teams/",
    GroupName: "ops",
    GroupId: expect.stringMatching(/^AGPA[A-Z2-7]{17}$/),
    Arn: `arn:aws:iam::${account}:group/teams/ops`,
    CreateDate: new Date(clock.now()),
  });
  await expect(iam.call("CreateGroup", { GroupName: "OPS" })).rejects.toMatchObject({
    code: "EntityAlreadyExists",
    message: "Group with name OPS already exists.",
  });
  await iam.call("CreateUser", { UserName: "alice" });
  const membership = { GroupName: "ops", UserName: "alice" };
  await iam.call("AddUserToGroup", membership);
  await iam.call("AddUserToGroup", membership);
  await iam.call("UpdateUser", { UserName: "alice", NewUserName: "bob" });
  await iam.call("UpdateGroup", { GroupName: "ops", NewGroupName: "admins", NewPath: "/" });
  expect(await iam.call("GetGroup", { GroupName: "admins" })).toMatchObject({
    Group: { ...Group, GroupName: "admins", Path: "/", Arn: `arn:aws:iam::${account}:group/admins` },
    Users: [{ UserName: "bob" }],
    IsTruncated: false,
  });
  expect((await iam.call("ListGroupsForUser", { UserName: "bob" })).Groups).toMatchObject([{ GroupName: "admins" }]);
  await expect(iam.call("GetGroup", { GroupName: "ops" })).rejects.toMatchObject({
    code: "NoSuchEntity",
    message: "The group with name ops cannot be found.",
  });
});

test("a group goes when it has neither members nor policies, a user when they are in no group", async () => {
  const { iam } = await openIam();
  const group = { GroupName: "ops" };
  await iam.call("CreateGroup", group);
  await iam.call("CreateUser", { UserName: "alice" });
  await iam.call("AddUserToGroup", { ...group, UserName: "alice" });
  const conflict = {
    code: "DeleteConflict",
    status: 409,
    message: "Cannot delete entity, must remove users from group first.",
  };
  await expect(iam.call("DeleteGroup", group)).rejects.toMatchObject(conflict);
  await expect(iam.call("DeleteUser", { UserName: "alice" })).rejects.toMatchObject(conflict);
  await iam.call("RemoveUserFromGroup", { ...group, UserName: "alice" });
  await iam.call("PutGroupPolicy", { ...group, PolicyName: "s3", PolicyDocument: s3Access });
  expect((await iam.call("ListGroupPolicies", group)).PolicyNames).toEqual(["s3"]);
  await expect(iam.call("DeleteGroup", group)).rejects.toMatchObject({
    message: "Cannot delete entity, must delete policies first.",
  });
  await iam.call("DeleteGroupPolicy", { ...group, PolicyName: "s3" });
  await expect(iam.call("GetGroupPolicy", { ...group, PolicyName: "s3" })).rejects.toMatchObject({
    code: "NoSuchEntity",
    message: "The group policy with name s3 cannot be found.",
  });
  await iam.call("DeleteGroup", group);
  await iam.call("CreateGroup", group);
  expect((await iam.call("GetGroup", group)).Users).toEqual([]);
});

test("a user is in ten groups at most; a group takes many users at once", async () => {
  const { iam } = await openIam();
  for (let number = 0; number <= 10; number++) await iam.call("CreateGroup", { GroupName: `g${number}` });
  const users = Array.from({ length: 8 }, (_, at) => `u${at}`);
  await Promise.all(
    users.map(async (UserName) => {
      await iam.call("CreateUser", { UserName });
      await iam.call("AddUserToGroup", { UserName, GroupName: "g0" });
    }),
  );
  expect((await iam.call("GetGroup", { GroupName: "g0" })).Users).toHaveLength(8);
  for (let number = 1; number < 10; number++) {
    await iam.call("AddUserToGroup", { UserName: "u0", GroupName: `g${number}` });
  }
  await expect(iam.call("AddUserToGroup", { UserName: "u0", GroupName: "g10" })).rejects.toMatchObject({
    code: "LimitExceeded",
    message: "Cannot exceed quota for GroupsPerUser: 10",
  });
});
