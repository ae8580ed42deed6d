import { createLocalJWKSet, jwtVerify } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import type { Caller } from "../../aws/caller.ts";
import { accountId } from "../../aws/names.ts";
import { noNotes } from "../../aws/notes.ts";
import { systemRandom } from "../../aws/random.ts";
import { createIdentity, createOutboundFederation, type Identity } from "../../identity/index.ts";
import type { State } from "../../storage/state/index.ts";
import { createIam } from "../iam/index.ts";
import { account, clientOf, openStores, TestClock } from "../service.fixture.ts";
import { createSts } from "./index.ts";

const member = accountId("222222222222");
const organization = { managementAccount: account, accounts: [member] };
const task = { arn: "arn:aws:iam::aws:policy/root-task/S3UnlockBucketPolicy" };

const admin: Caller = {
  type: "AssumedRole",
  accountId: account,
  principalId: "AROAEXAMPLE:me",
  arn: `arn:aws:sts::${account}:assumed-role/Admin/me`,
  session: {
    creationDate: new Date(0),
    mfaAuthenticated: false,
    issuer: {
      type: "Role",
      principalId: "AROAEXAMPLE",
      arn: `arn:aws:iam::${account}:role/Admin`,
      accountId: account,
      userName: "Admin",
    },
    tags: { team: "blue" },
    ec2RoleDelivery: "2.0",
  },
};

let state: State;
let identity: Identity;
let clock: TestClock;
let iam: ReturnType<typeof clientOf>;
let sts: ReturnType<typeof clientOf>;
beforeEach(async () => {
  ({ state } = await openStores());
  clock = new TestClock();
  identity = createIdentity({ state, clock, random: systemRandom, defaultAccount: account, mode: "open" });
  iam = clientOf("iam", createIam({ state, identity, clock, random: systemRandom }));
  sts = clientOf("sts", createSts({ state, identity, clock, fetch, organization }));
});

describe("AssumeRoot", () => {
  test("gives the management account a member's root for a task, a quarter of an hour at most", async () => {
    const notes = noNotes();
    const { Credentials } = await sts.call(
      "AssumeRoot",
      { TargetPrincipal: member, TaskPolicyArn: task },
      { as: admin, notes },
    );
    expect(Credentials.Expiration).toEqual(new Date(clock.now() + 900_000));
    // As in AWS's guide: it shows where AssumeRoot is called, and not in what root does then.
    expect(notes.caller).toMatchObject({ type: "AssumedRole", session: { assumedRoot: true } });
    const { caller } = await identity.resolve({
      accessKeyId: Credentials.AccessKeyId,
      sessionToken: Credentials.SessionToken,
    });
    expect(caller).toMatchObject({
      type: "Root",
      accountId: member,
      arn: `arn:aws:iam::${member}:root`,
      session: { mfaAuthenticated: false, policies: { arns: [task.arn] } },
    });
    expect(caller).not.toHaveProperty("session.assumedRoot");
  });

  test.each([
    [{ TargetPrincipal: "nobody", TaskPolicyArn: task }, "ValidationError"],
    [{ TargetPrincipal: member }, "ValidationError"],
    [
      { TargetPrincipal: member, TaskPolicyArn: { arn: "arn:aws:iam::aws:policy/AdministratorAccess" } },
      "ValidationError",
    ],
    [{ TargetPrincipal: member, TaskPolicyArn: task, DurationSeconds: 901 }, "ValidationError"],
    [{ TargetPrincipal: "333333333333", TaskPolicyArn: task }, "AccessDenied"],
  ])("refuses %j", async (input, code) => {
    await expect(sts.call("AssumeRoot", input, { as: admin })).rejects.toMatchObject({ code });
  });

  test("is the management account's alone", async () => {
    const stranger: Caller = { ...admin, accountId: member } as Caller;
    const input = { TargetPrincipal: member, TaskPolicyArn: task };
    await expect(sts.call("AssumeRoot", input, { as: stranger })).rejects.toMatchObject({
      code: "AccessDenied",
      status: 403,
    });
  });
});

describe("GetWebIdentityToken", () => {
  const ask = (more: object = {}) =>
    sts.call(
      "GetWebIdentityToken",
      { Audience: ["https://api.example.com"], SigningAlgorithm: "ES384", ...more },
      { as: admin },
    );

  test.each(["ES384", "RS256"])(
    "gives a token that verifies with the issuer's public keys, %s",
    async (SigningAlgorithm) => {
      const { IssuerIdentifier: issuer } = await iam.call("EnableOutboundWebIdentityFederation");
      const { WebIdentityToken, Expiration } = await ask({ SigningAlgorithm, Tags: [{ Key: "job", Value: "7" }] });
      expect(Expiration).toEqual(new Date(clock.now() + 300_000));
      const federation = createOutboundFederation({ state, seal: identity.seal });
      const keys = await federation.publicKeys(new URL(issuer).hostname.split(".")[0] ?? "");
      expect(JSON.stringify(keys)).not.toMatch(/"(d|p|q|dp|dq|qi)"/);
      const { payload, protectedHeader } = await jwtVerify(WebIdentityToken, createLocalJWKSet(keys ?? { keys: [] }), {
        issuer,
        audience: "https://api.example.com",
        currentDate: new Date(clock.now()),
      });
      expect(protectedHeader.alg).toBe(SigningAlgorithm);
      expect(payload).toMatchObject({
        sub: `arn:aws:iam::${account}:role/Admin`,
        "https://sts.amazonaws.com/": {
          aws_account: account,
          source_region: "us-east-1",
          principal_tags: { team: "blue" },
          request_tags: { job: "7" },
          ec2_role_delivery: "2.0",
        },
      });
    },
  );

  test("only where the account has turned it on; its issuer stays the same", async () => {
    const refused = { code: "OutboundWebIdentityFederationDisabledException", status: 403 };
    await expect(ask()).rejects.toMatchObject(refused);
    await expect(iam.call("GetOutboundWebIdentityFederationInfo")).rejects.toMatchObject({ code: "FeatureDisabled" });
    const { IssuerIdentifier } = await iam.call("EnableOutboundWebIdentityFederation");
    await expect(iam.call("EnableOutboundWebIdentityFederation")).rejects.toMatchObject({ code: "FeatureEnabled" });
    await iam.call("DisableOutboundWebIdentityFederation");
    await expect(ask()).rejects.toMatchObject(refused);
    expect(await iam.call("GetOutboundWebIdentityFederationInfo")).toEqual({
      IssuerIdentifier,
      JwtVendingEnabled: false,
    });
    expect(await iam.call("EnableOutboundWebIdentityFederation")).toEqual({ IssuerIdentifier });
  });

  test.each([
    [{ Audience: [] }],
    [{ SigningAlgorithm: "HS256" }],
    [{ DurationSeconds: 59 }],
    [{ DurationSeconds: 3601 }],
  ])("refuses %j", async (more) => {
    await expect(ask(more)).rejects.toMatchObject({ code: "ValidationError" });
  });
});
