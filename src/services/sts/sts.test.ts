import { beforeEach, expect, test } from "vitest";
import type { Caller } from "../../aws/caller.ts";
import { systemRandom } from "../../aws/random.ts";
import { createIdentity, type Identity } from "../../identity/index.ts";
import { createIam } from "../iam/index.ts";
import { account, clientOf, openStores, TestClock } from "../service.fixture.ts";
import { createSts } from "./index.ts";

let iam: ReturnType<typeof clientOf>;
let sts: ReturnType<typeof clientOf>;
let identity: Identity;
let clock: TestClock;

beforeEach(async () => {
  const { state } = await openStores();
  clock = new TestClock();
  const random = systemRandom;
  identity = createIdentity({ state, clock, random, defaultAccount: account, mode: "open" });
  iam = clientOf("iam", createIam({ state, identity, clock, random }));
  sts = clientOf("sts", createSts({ state, identity, clock, fetch }));
  await iam.call("CreateUser", { UserName: "alice" });
  await iam.call("CreateRole", {
    RoleName: "Deploy",
    Path: "/ci/",
    MaxSessionDuration: 7200,
    AssumeRolePolicyDocument: JSON.stringify({
      Version: "2012-10-17",
      Statement: {
        Effect: "Allow",
        Principal: { AWS: account },
        Action: ["sts:AssumeRole", "sts:SetSourceIdentity", "sts:TagSession"],
      },
    }),
  });
});

async function alice(): Promise<Caller> {
  const { AccessKey } = await iam.call("CreateAccessKey", { UserName: "alice" });
  return (await identity.resolve({ accessKeyId: AccessKey.AccessKeyId })).caller;
}

async function callerWith(Credentials: { AccessKeyId: string; SessionToken: string }): Promise<Caller> {
  const signed = { accessKeyId: Credentials.AccessKeyId, sessionToken: Credentials.SessionToken };
  return (await identity.resolve(signed)).caller;
}

const deploy = { RoleArn: `arn:aws:iam::${account}:role/ci/Deploy`, RoleSessionName: "build-7" };

test("who assumes a role calls as a session of that role, until it expires", async () => {
  const { Credentials, AssumedRoleUser } = await sts.call(
    "AssumeRole",
    { ...deploy, SourceIdentity: "alice" },
    { as: await alice() },
  );
  const { Role } = await iam.call("GetRole", { RoleName: "Deploy" });
  expect(AssumedRoleUser).toEqual({
    AssumedRoleId: `${Role.RoleId}:build-7`,
    Arn: `arn:aws:sts::${account}:assumed-role/Deploy/build-7`,
  });
  expect(Credentials.Expiration).toEqual(new Date(clock.now() + 3_600_000));
  const caller = await callerWith(Credentials);
  expect(caller).toEqual({
    type: "AssumedRole",
    accountId: account,
    principalId: AssumedRoleUser.AssumedRoleId,
    arn: AssumedRoleUser.Arn,
    accessKeyId: Credentials.AccessKeyId,
    session: {
      creationDate: new Date(clock.now()),
      mfaAuthenticated: false,
      issuer: {
        type: "Role",
        principalId: Role.RoleId,
        arn: deploy.RoleArn,
        accountId: account,
        userName: "Deploy",
      },
      sourceIdentity: "alice",
    },
  });
  expect(await sts.call("GetCallerIdentity", {}, { as: caller })).toEqual({
    UserId: AssumedRoleUser.AssumedRoleId,
    Account: account,
    Arn: AssumedRoleUser.Arn,
  });
  const chained = await sts.call("AssumeRole", { ...deploy, RoleSessionName: "again" }, { as: caller });
  expect(chained.SourceIdentity).toBe("alice");
  await expect(sts.call("AssumeRole", { ...deploy, DurationSeconds: 7200 }, { as: caller })).rejects.toMatchObject({
    code: "ValidationError",
  });

  clock.milliseconds += 3_600_000;
  await expect(callerWith(Credentials)).rejects.toMatchObject({ code: "ExpiredToken" });
});

test("a role that isn't there, or a session that mustn't be, is refused", async () => {
  const as = await alice();
  const refused = (input: object) => expect(sts.call("AssumeRole", { ...deploy, ...input }, { as })).rejects;
  const RoleArn = `arn:aws:iam::${account}:role/Nothing`;
  await refused({ RoleArn }).toMatchObject({
    code: "AccessDenied",
    status: 403,
    message: `User: arn:aws:iam::${account}:user/alice is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
  });
  await refused({ RoleArn: `arn:aws:iam::${account}:role/Deploy` }).toMatchObject({ code: "AccessDenied" });
  await refused({ RoleArn: "Deploy" }).toMatchObject({ code: "ValidationError" });
  await refused({ RoleSessionName: "a b" }).toMatchObject({ code: "ValidationError" });
  await refused({ DurationSeconds: 899 }).toMatchObject({ code: "ValidationError" });
  await refused({ DurationSeconds: 7201 }).toMatchObject({
    message: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
  });
  await refused({ SerialNumber: "arn:aws:iam::1:mfa/alice", TokenCode: "123456" }).toMatchObject({
    code: "AccessDenied",
  });
});

test("a user's session token is the user with a session", async () => {
  const user = await alice();
  const { Credentials } = await sts.call("GetSessionToken", {}, { as: user });
  const caller = await callerWith(Credentials);
  expect(caller).toEqual({
    ...user,
    accessKeyId: Credentials.AccessKeyId,
    session: { creationDate: new Date(clock.now()), mfaAuthenticated: false },
  });
  await expect(sts.call("GetSessionToken", {}, { as: caller })).rejects.toMatchObject({
    code: "AccessDenied",
    message: "Cannot call GetSessionToken with session credentials",
  });
});

test("a federated user is told from the user who vouched for them", async () => {
  const user = await alice();
  const { Credentials, FederatedUser } = await sts.call("GetFederationToken", { Name: "guest" }, { as: user });
  expect(FederatedUser).toEqual({
    FederatedUserId: `${account}:guest`,
    Arn: `arn:aws:sts::${account}:federated-user/guest`,
  });
  expect(await callerWith(Credentials)).toMatchObject({
    type: "FederatedUser",
    session: { issuer: { type: "IAMUser", userName: "alice" } },
  });
});
