import { expect, test } from "vitest";
import { systemRandom } from "../../aws/random.ts";
import { createIdentity } from "../../identity/index.ts";
import { account, clientOf, openStores, TestClock } from "../service.fixture.ts";
import { createSts } from "../sts/index.ts";
import { createIam } from "./index.ts";

async function setUp() {
  const { state } = await openStores();
  const clock = new TestClock();
  const random = systemRandom;
  const identity = createIdentity({ state, clock, random, defaultAccount: account, mode: "open" });
  const iam = clientOf("iam", createIam({ state, identity, clock, random }));
  const sts = clientOf("sts", createSts({ state, identity, clock, fetch }));
  return { iam, sts, identity, clock };
}

test("a user with an access key can say who they are", async () => {
  const { iam, sts, identity, clock } = await setUp();
  const { User } = await iam.call("CreateUser", {
    UserName: "alice",
    Path: "/ops/",
    Tags: [{ Key: "team", Value: "a" }],
  });
  expect(User).toEqual({
    Path: "/ops/",
    UserName: "alice",
    UserId: expect.stringMatching(/^AIDA[A-Z2-7]{17}$/),
    Arn: `arn:aws:iam::${account}:user/ops/alice`,
    CreateDate: new Date(clock.now()),
    Tags: [{ Key: "team", Value: "a" }],
  });
  const { AccessKey } = await iam.call("CreateAccessKey", { UserName: "alice" });
  expect(AccessKey.AccessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/);
  expect(AccessKey.SecretAccessKey).toHaveLength(40);

  const { caller, secretAccessKey } = await identity.resolve({ accessKeyId: AccessKey.AccessKeyId });
  expect(secretAccessKey).toBe(AccessKey.SecretAccessKey);
  expect(await sts.call("GetCallerIdentity", {}, { as: caller })).toEqual({
    UserId: User.UserId,
    Account: account,
    Arn: User.Arn,
  });
  expect((await iam.call("GetUser", {}, { as: caller })).User.UserName).toBe("alice");
  expect((await iam.call("ListAccessKeys", {}, { as: caller })).AccessKeyMetadata).toEqual([
    { UserName: "alice", AccessKeyId: AccessKey.AccessKeyId, Status: "Active", CreateDate: new Date(clock.now()) },
  ]);
});

test("an access key stops at once when it is made inactive, and works again when it is made active", async () => {
  const { iam, identity } = await setUp();
  await iam.call("CreateUser", { UserName: "alice" });
  const { AccessKey } = await iam.call("CreateAccessKey", { UserName: "alice" });
  const key = { UserName: "alice", AccessKeyId: AccessKey.AccessKeyId };
  await identity.resolve({ accessKeyId: AccessKey.AccessKeyId });

  await iam.call("UpdateAccessKey", { ...key, Status: "Inactive" });
  await expect(identity.resolve({ accessKeyId: AccessKey.AccessKeyId })).rejects.toMatchObject({
    code: "InvalidClientTokenId",
  });
  await iam.call("UpdateAccessKey", { ...key, Status: "Active" });
  expect((await identity.resolve({ accessKeyId: AccessKey.AccessKeyId })).caller.type).toBe("IAMUser");
});

test("a user has two access keys at most and goes only without them", async () => {
  const { iam } = await setUp();
  await iam.call("CreateUser", { UserName: "alice" });
  const first = (await iam.call("CreateAccessKey", { UserName: "alice" })).AccessKey;
  const second = (await iam.call("CreateAccessKey", { UserName: "alice" })).AccessKey;
  await expect(iam.call("CreateAccessKey", { UserName: "alice" })).rejects.toMatchObject({
    code: "LimitExceeded",
    status: 409,
    message: "Cannot exceed quota for AccessKeysPerUser: 2",
  });
  await expect(iam.call("DeleteUser", { UserName: "alice" })).rejects.toMatchObject({
    code: "DeleteConflict",
    message: "Cannot delete entity, must delete access keys first.",
  });
  for (const { AccessKeyId } of [first, second]) {
    await iam.call("DeleteAccessKey", { UserName: "alice", AccessKeyId });
  }
  await iam.call("DeleteUser", { UserName: "alice" });
  await expect(iam.call("GetUser", { UserName: "alice" })).rejects.toMatchObject({
    code: "NoSuchEntity",
    status: 404,
    message: "The user with name alice cannot be found.",
  });
});

test("names that are taken, malformed or unknown are refused in AWS's words", async () => {
  const { iam } = await setUp();
  await iam.call("CreateUser", { UserName: "alice" });
  await expect(iam.call("CreateUser", { UserName: "Alice" })).rejects.toMatchObject({
    code: "EntityAlreadyExists",
    status: 409,
    message: "User with name Alice already exists.",
  });
  await expect(iam.call("CreateUser", { UserName: "a b" })).rejects.toMatchObject({
    code: "ValidationError",
    message:
      "The specified value for userName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-",
  });
  await expect(iam.call("CreateUser", {})).rejects.toMatchObject({ code: "ValidationError" });
  await expect(iam.call("CreateUser", { UserName: "bob", Path: "ops" })).rejects.toMatchObject({
    code: "ValidationError",
  });
  await expect(
    iam.call("DeleteAccessKey", { UserName: "alice", AccessKeyId: "AKIANOBODYSKEYNOBODY" }),
  ).rejects.toMatchObject({
    code: "NoSuchEntity",
    message: "The Access Key with id AKIANOBODYSKEYNOBODY cannot be found.",
  });
});

test("a user that is renamed keeps id and keys", async () => {
  const { iam, identity } = await setUp();
  const { User } = await iam.call("CreateUser", { UserName: "alice" });
  const { AccessKey } = await iam.call("CreateAccessKey", { UserName: "alice" });
  await identity.resolve({ accessKeyId: AccessKey.AccessKeyId });
  await iam.call("UpdateUser", { UserName: "alice", NewUserName: "alicia", NewPath: "/hr/" });
  expect((await identity.resolve({ accessKeyId: AccessKey.AccessKeyId })).caller).toMatchObject({
    userName: "alicia",
    principalId: User.UserId,
    arn: `arn:aws:iam::${account}:user/hr/alicia`,
  });
  await expect(iam.call("GetUser", { UserName: "alice" })).rejects.toMatchObject({ code: "NoSuchEntity" });
});

test("users are listed by name, a page at a time, and by path", async () => {
  const { iam } = await setUp();
  for (const name of ["carol", "Alice", "bob"]) await iam.call("CreateUser", { UserName: name, Path: "/ops/" });
  await iam.call("CreateUser", { UserName: "dave" });
  const names = (page: { Users: { UserName: string }[] }) => page.Users.map((user) => user.UserName);
  const first = await iam.call("ListUsers", { MaxItems: 3 });
  expect(names(first)).toEqual(["Alice", "bob", "carol"]);
  expect(first.IsTruncated).toBe(true);
  const second = await iam.call("ListUsers", { MaxItems: 3, Marker: first.Marker });
  expect(names(second)).toEqual(["dave"]);
  expect(second.IsTruncated).toBe(false);
  expect(names(await iam.call("ListUsers", { PathPrefix: "/ops/" }))).toEqual(["Alice", "bob", "carol"]);
  await expect(iam.call("ListUsers", { MaxItems: 1001 })).rejects.toMatchObject({ code: "ValidationError" });
});

test("root can ask who it is and make keys of its own", async () => {
  const { iam, identity } = await setUp();
  expect((await iam.call("GetUser")).User).toMatchObject({ UserId: account, Arn: `arn:aws:iam::${account}:root` });
  const { AccessKey } = await iam.call("CreateAccessKey");
  const resolved = await identity.resolve({ accessKeyId: AccessKey.AccessKeyId });
  expect(resolved.caller).toMatchObject({ type: "Root", accessKeyId: AccessKey.AccessKeyId });
  expect(resolved.secretAccessKey).toBe(AccessKey.SecretAccessKey);
});

test("an access key tells when and for what it was last used", async () => {
  const { iam, identity, clock } = await setUp();
  await iam.call("CreateUser", { UserName: "alice" });
  const { AccessKeyId } = (await iam.call("CreateAccessKey", { UserName: "alice" })).AccessKey;
  expect(await iam.call("GetAccessKeyLastUsed", { AccessKeyId })).toEqual({
    UserName: "alice",
    AccessKeyLastUsed: { ServiceName: "N/A", Region: "N/A" },
  });
  identity.used(AccessKeyId, { service: "ec2", region: "eu-west-1" });
  expect((await iam.call("GetAccessKeyLastUsed", { AccessKeyId })).AccessKeyLastUsed).toEqual({
    LastUsedDate: new Date(clock.now()),
    ServiceName: "ec2",
    Region: "eu-west-1",
  });
  await expect(iam.call("GetAccessKeyLastUsed", { AccessKeyId: "AKIANOBODYSKEYNOBODY" })).rejects.toMatchObject({
    code: "AccessDenied",
    message: `User: arn:aws:iam::${account}:root is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key AKIANOBODYSKEYNOBODY`,
  });
});

test("who cleans up a user finds nothing of what there can't be", async () => {
  const { iam } = await setUp();
  expect(await iam.call("ListServiceSpecificCredentials", { UserName: "alice" })).toEqual({
    ServiceSpecificCredentials: [],
    IsTruncated: false,
  });
  expect((await iam.call("ListServerCertificates")).ServerCertificateMetadataList).toEqual([]);
});
