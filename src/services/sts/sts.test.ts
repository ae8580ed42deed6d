import { Secret, TOTP } from "otpauth";
import { beforeEach, expect, test } from "vitest";
import type { Caller } from "../../aws/caller.ts";
import { accountId } from "../../aws/names.ts";
import { noNotes } from "../../aws/notes.ts";
import { systemRandom } from "../../aws/random.ts";
import { createIdentity, encodeAuthorizationMessage, type Identity } from "../../identity/index.ts";
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

async function createRole(RoleName: string, Statement: object) {
  const { Role } = await iam.call("CreateRole", {
    RoleName,
    AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
  });
  return { RoleArn: Role.Arn as string, RoleSessionName: "audit" };
}

test("a role of another account wants the external id that was agreed upon, and both accounts hear of it", async () => {
  const vendor = await createRole("Vendor", {
    Effect: "Allow",
    Principal: { AWS: "arn:aws:iam::999999999999:root" },
    Action: "sts:AssumeRole",
    Condition: { StringEquals: { "sts:ExternalId": "agreed" } },
  });
  const as: Caller = {
    type: "IAMUser",
    accountId: accountId("999999999999"),
    principalId: "AIDAVENDOR",
    arn: "arn:aws:iam::999999999999:user/vendor",
    userName: "vendor",
  };
  const denied = {
    code: "AccessDenied",
    message: `User: ${as.arn} is not authorized to perform: sts:AssumeRole on resource: ${vendor.RoleArn}`,
  };
  await expect(sts.call("AssumeRole", vendor, { as })).rejects.toMatchObject(denied);
  await expect(sts.call("AssumeRole", { ...vendor, ExternalId: "guessed" }, { as })).rejects.toMatchObject(denied);
  const notes = noNotes();
  await sts.call("AssumeRole", { ...vendor, ExternalId: "agreed" }, { as, notes });
  expect([...notes.owners]).toEqual([account]);
  await expect(
    sts.call("AssumeRole", { ...vendor, ExternalId: "agreed" }, { as: await alice() }),
  ).rejects.toMatchObject({
    code: "AccessDenied",
  });
});

test("transitive tags stay with a chain of roles, the others and the session's end don't", async () => {
  const tags = {
    Tags: [
      { Key: "Project", Value: "Unicorn" },
      { Key: "Team", Value: "Ops" },
    ],
    TransitiveTagKeys: ["Project"],
  };
  const first = await sts.call("AssumeRole", { ...deploy, ...tags, DurationSeconds: 7200 }, { as: await alice() });
  const caller = await callerWith(first.Credentials);
  expect(caller).toMatchObject({
    session: { tags: { Project: "Unicorn", Team: "Ops" }, transitiveTagKeys: ["Project"] },
  });
  const notes = noNotes();
  const second = await sts.call(
    "AssumeRole",
    { ...deploy, Tags: [{ Key: "Step", Value: "2" }] },
    { as: caller, notes },
  );
  expect(notes.parameters).toEqual({ IncomingTransitiveTags: { Project: "Unicorn" } });
  expect(second.PackedPolicySize).toBe(1);
  expect(await callerWith(second.Credentials)).toMatchObject({
    session: { tags: { Project: "Unicorn", Step: "2" }, transitiveTagKeys: ["Project"] },
  });
  const refused = (input: object) => expect(sts.call("AssumeRole", { ...deploy, ...input }, { as: caller })).rejects;
  await refused({ Tags: [{ Key: "project", Value: "Other" }] }).toMatchObject({ code: "InvalidParameterValue" });
  await refused({ TransitiveTagKeys: ["Nothing"] }).toMatchObject({ code: "InvalidParameterValue" });
  await refused({
    Tags: [
      { Key: "a", Value: "" },
      { Key: "A", Value: "" },
    ],
  }).toMatchObject({
    message: "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
  });
  await refused({ Tags: [{ Key: "a", Value: "é\n" }] }).toMatchObject({ code: "ValidationError" });
});

test("the source identity of a chain can't be changed", async () => {
  const { Credentials } = await sts.call("AssumeRole", { ...deploy, SourceIdentity: "alice" }, { as: await alice() });
  const as = await callerWith(Credentials);
  await expect(sts.call("AssumeRole", { ...deploy, SourceIdentity: "bob" }, { as })).rejects.toMatchObject({
    code: "AccessDenied",
  });
});

test("a session policy takes room, and must be a policy", async () => {
  const as = await alice();
  const policy = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] };
  const Policy = JSON.stringify(policy, null, 2);
  expect(await sts.call("AssumeRole", { ...deploy, Policy }, { as })).toMatchObject({ PackedPolicySize: 4 });
  expect(await sts.call("GetFederationToken", { Name: "guest", Policy }, { as })).toMatchObject({
    PackedPolicySize: 4,
  });
  const refused = (input: object) => expect(sts.call("AssumeRole", { ...deploy, ...input }, { as })).rejects;
  await refused({ Policy: "allow everything" }).toMatchObject({ code: "MalformedPolicyDocument" });
  await refused({ Policy: "x".repeat(2049) }).toMatchObject({ code: "ValidationError" });
  const arns = Array.from({ length: 10 }, () => ({ arn: `arn:aws:iam::${account}:policy/${"p".repeat(220)}` }));
  await refused({ PolicyArns: arns }).toMatchObject({ code: "PackedPolicyTooLarge" });
});

test("a code of one's own device proves who one is, once", async () => {
  const as = await alice();
  const { VirtualMFADevice } = await iam.call("CreateVirtualMFADevice", { VirtualMFADeviceName: "alice" });
  const secret = Secret.fromBase32(Buffer.from(VirtualMFADevice.Base32StringSeed).toString());
  const code = () => new TOTP({ secret, digits: 6, period: 30 }).generate({ timestamp: clock.now() });
  const { SerialNumber } = VirtualMFADevice;
  const AuthenticationCode1 = code();
  clock.milliseconds += 30_000;
  await iam.call("EnableMFADevice", {
    UserName: "alice",
    SerialNumber,
    AuthenticationCode1,
    AuthenticationCode2: code(),
  });
  const guarded = await createRole("Guarded", {
    Effect: "Allow",
    Principal: { AWS: account },
    Action: "sts:AssumeRole",
    Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
  });
  await expect(sts.call("AssumeRole", guarded, { as })).rejects.toMatchObject({ code: "AccessDenied" });

  clock.milliseconds += 60_000;
  const TokenCode = code();
  const assumed = await sts.call("AssumeRole", { ...guarded, SerialNumber, TokenCode }, { as });
  expect(await callerWith(assumed.Credentials)).toMatchObject({ session: { mfaAuthenticated: true } });
  const failed = {
    code: "AccessDenied",
    message: "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
  };
  await expect(sts.call("GetSessionToken", { SerialNumber, TokenCode }, { as })).rejects.toMatchObject(failed);
  await expect(sts.call("GetSessionToken", { SerialNumber }, { as })).rejects.toMatchObject(failed);

  clock.milliseconds += 60_000;
  const { Credentials } = await sts.call("GetSessionToken", { SerialNumber, TokenCode: code() }, { as });
  const proven = await callerWith(Credentials);
  expect(proven).toMatchObject({ type: "IAMUser", session: { mfaAuthenticated: true } });
  const again = await sts.call("AssumeRole", guarded, { as: proven });
  expect(await callerWith(again.Credentials)).toMatchObject({ session: { mfaAuthenticated: true } });
});

test("a federated user gets no further credentials", async () => {
  const { Credentials } = await sts.call("GetFederationToken", { Name: "guest" }, { as: await alice() });
  const as = await callerWith(Credentials);
  await expect(sts.call("AssumeRole", deploy, { as })).rejects.toMatchObject({ code: "AccessDenied" });
  await expect(sts.call("GetSessionToken", {}, { as })).rejects.toMatchObject({ code: "AccessDenied" });
});

test("a key tells its account, temporary ones too", async () => {
  const as = await alice();
  const { Credentials } = await sts.call("GetSessionToken", {}, { as });
  const info = (AccessKeyId: string) => sts.call("GetAccessKeyInfo", { AccessKeyId });
  expect(await info(Credentials.AccessKeyId)).toEqual({ Account: account });
  expect(await info("accessKeyId" in as ? (as.accessKeyId ?? "") : "")).toEqual({ Account: account });
  await expect(info("short")).rejects.toMatchObject({ code: "ValidationError" });
  await expect(info("AKIAIOSFODNN7EXAMPLE")).rejects.toMatchObject({ code: "ValidationError" });
});

test("a refusal's encoded message is decoded", async () => {
  const EncodedMessage = await encodeAuthorizationMessage(identity, {
    caller: await alice(),
    requirement: { action: "ec2:RunInstances", resource: "*" },
    decision: { allowed: false, explicit: false, type: "identity-based policy", matches: [] },
    crossAccount: false,
  });
  const { DecodedMessage } = await sts.call("DecodeAuthorizationMessage", { EncodedMessage });
  expect(JSON.parse(DecodedMessage)).toMatchObject({ allowed: false, context: { action: "ec2:RunInstances" } });
  await expect(sts.call("DecodeAuthorizationMessage", { EncodedMessage: "x" })).rejects.toMatchObject({
    code: "InvalidAuthorizationMessageException",
  });
});
