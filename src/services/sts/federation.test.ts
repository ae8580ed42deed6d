import { beforeEach, expect, onTestFinished, test } from "vitest";
import type { Caller } from "../../aws/caller.ts";
import { type Notes, noNotes } from "../../aws/notes.ts";
import { systemRandom } from "../../aws/random.ts";
import { createIdentity, type Identity } from "../../identity/index.ts";
import { createIam } from "../iam/index.ts";
import { account, clientOf, openStores, TestClock } from "../service.fixture.ts";
import { createSts } from "./index.ts";
import { samlProvider, startIssuer } from "./providers.fixture.ts";

let iam: ReturnType<typeof clientOf>;
let sts: ReturnType<typeof clientOf>;
let identity: Identity;
let clock: TestClock;
const stranger: Caller = { type: "Unknown", accountId: account };
const RoleArn = `arn:aws:iam::${account}:role/Federated`;

beforeEach(async () => {
  const { state } = await openStores();
  clock = new TestClock();
  const random = systemRandom;
  identity = createIdentity({ state, clock, random, defaultAccount: account, mode: "open" });
  iam = clientOf("iam", createIam({ state, identity, clock, random }));
  sts = clientOf("sts", createSts({ state, identity, clock, fetch }));
});

async function createRole(Federated: string, Action: string | string[], Condition: object) {
  const Statement = { Effect: "Allow", Principal: { Federated }, Action, Condition };
  await iam.call("CreateRole", {
    RoleName: "Federated",
    AssumeRolePolicyDocument: JSON.stringify({ Version: "2012-10-17", Statement }),
  });
}

async function callerWith(Credentials: { AccessKeyId: string; SessionToken: string }): Promise<Caller> {
  const signed = { accessKeyId: Credentials.AccessKeyId, sessionToken: Credentials.SessionToken };
  return (await identity.resolve(signed)).caller;
}

async function webIdentity() {
  const issuer = await startIssuer();
  onTestFinished(() => issuer.stop());
  const { OpenIDConnectProviderArn: provider } = await iam.call("CreateOpenIDConnectProvider", {
    Url: `https://${issuer.name}`,
    ClientIDList: ["sts.amazonaws.com"],
  });
  await createRole(provider, ["sts:AssumeRoleWithWebIdentity", "sts:TagSession", "sts:SetSourceIdentity"], {
    StringEquals: { [`${issuer.name}:aud`]: "sts.amazonaws.com" },
    StringLike: { [`${issuer.name}:sub`]: "system:serviceaccount:prod:*" },
  });
  const assume = (WebIdentityToken: string, notes: Notes = noNotes()) =>
    sts.call(
      "AssumeRoleWithWebIdentity",
      { RoleArn, RoleSessionName: "checkout-1", WebIdentityToken },
      { as: stranger, notes },
    );
  return { issuer, provider, assume };
}

test("a workload with a token of its provider becomes a session of the role", async () => {
  const { issuer, provider, assume } = await webIdentity();
  const notes = noNotes();
  const output = await assume(
    await issuer.token(clock.now(), {
      "https://aws.amazon.com/tags": { principal_tags: { CostCenter: ["24680"] }, transitive_tag_keys: ["CostCenter"] },
      "https://aws.amazon.com/source_identity": "checkout",
    }),
    notes,
  );
  expect(output).toMatchObject({
    SubjectFromWebIdentityToken: "system:serviceaccount:prod:checkout",
    Provider: provider,
    Audience: "sts.amazonaws.com",
    SourceIdentity: "checkout",
    PackedPolicySize: 1,
    AssumedRoleUser: { Arn: `arn:aws:sts::${account}:assumed-role/Federated/checkout-1` },
  });
  expect(notes).toMatchObject({
    caller: {
      type: "WebIdentityUser",
      principalId: `${provider}:sts.amazonaws.com:system:serviceaccount:prod:checkout`,
      userName: "system:serviceaccount:prod:checkout",
      identityProvider: provider,
    },
    parameters: {
      SourceIdentity: "checkout",
      PrincipalTags: { CostCenter: "24680" },
      TransitiveTagKeys: ["CostCenter"],
    },
  });
  expect(await callerWith(output.Credentials)).toMatchObject({
    type: "AssumedRole",
    session: {
      webIdentity: { federatedProvider: provider, attributes: {} },
      sourceIdentity: "checkout",
      tags: { CostCenter: "24680" },
      transitiveTagKeys: ["CostCenter"],
    },
  });
});

test("a token that isn't the provider's, or not for this role, gets nothing", async () => {
  const { issuer, assume } = await webIdentity();
  const now = clock.now();
  await expect(assume("not a token")).rejects.toMatchObject({ code: "InvalidIdentityToken" });
  await expect(assume(await issuer.forgedToken(now))).rejects.toMatchObject({
    code: "InvalidIdentityToken",
    message: "Invalid token signature",
  });
  await expect(assume(await issuer.token(now, { aud: "somebody else" }))).rejects.toMatchObject({
    code: "InvalidIdentityToken",
    message: "Incorrect token audience",
  });
  await expect(assume(await issuer.token(now, { iss: "https://unknown.example.com" }))).rejects.toMatchObject({
    code: "InvalidIdentityToken",
    message: "No OpenIDConnect provider found in your account for https://unknown.example.com",
  });
  await expect(assume(await issuer.token(now - 3_600_000))).rejects.toMatchObject({ code: "ExpiredTokenException" });
  const notes = noNotes();
  await expect(assume(await issuer.token(now, { sub: "intruder" }), notes)).rejects.toMatchObject({
    code: "AccessDenied",
    status: 403,
    message: "Not authorized to perform sts:AssumeRoleWithWebIdentity",
  });
  expect(notes.caller).toMatchObject({ type: "WebIdentityUser", userName: "intruder" });
});

test("a provider that can't be asked for its keys", async () => {
  const { issuer, assume } = await webIdentity();
  const token = await issuer.token(clock.now());
  await issuer.stop();
  await expect(assume(token)).rejects.toMatchObject({
    code: "InvalidIdentityToken",
    message: expect.stringContaining("Couldn't retrieve verification key from your identity provider"),
  });
});

async function samlUser() {
  const idp = samlProvider();
  const { SAMLProviderArn: provider } = await iam.call("CreateSAMLProvider", {
    Name: "Shibboleth",
    SAMLMetadataDocument: idp.metadata.padEnd(1000),
  });
  await createRole(provider, ["sts:AssumeRoleWithSAML", "sts:TagSession", "sts:SetSourceIdentity"], {
    StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" },
  });
  const assume = (SAMLAssertion: string, notes: Notes = noNotes(), more: object = {}) =>
    sts.call(
      "AssumeRoleWithSAML",
      { RoleArn, PrincipalArn: provider, SAMLAssertion, ...more },
      { as: stranger, notes },
    );
  const assertion = { role: RoleArn, provider, now: clock.now() };
  return { idp, provider, assume, assertion };
}

test("a person whom a SAML provider vouches for becomes a session of the role", async () => {
  const { idp, assume, assertion } = await samlUser();
  const notes = noNotes();
  const attributes = {
    "PrincipalTag:Project": ["Unicorn"],
    TransitiveTagKeys: ["Project"],
    SourceIdentity: ["alice"],
    SessionDuration: ["1800"],
  };
  const output = await assume(idp.response({ ...assertion, attributes }), notes);
  expect(output).toMatchObject({
    Subject: "alice",
    SubjectType: "persistent",
    Issuer: idp.entityId,
    Audience: "https://signin.aws.amazon.com/saml",
    NameQualifier: expect.stringMatching(/^[\w+/]{27}=$/),
    SourceIdentity: "alice",
    AssumedRoleUser: { Arn: `arn:aws:sts::${account}:assumed-role/Federated/alice@example.com` },
  });
  expect(output.Credentials.Expiration).toEqual(new Date(clock.now() + 1_800_000));
  expect(notes).toMatchObject({
    caller: {
      type: "SAMLUser",
      principalId: `${output.NameQualifier}:alice`,
      userName: "alice",
      identityProvider: output.NameQualifier,
    },
    parameters: {
      RoleSessionName: "alice@example.com",
      SourceIdentity: "alice",
      PrincipalTags: { Project: "Unicorn" },
      TransitiveTagKeys: ["Project"],
    },
  });
  expect(await callerWith(output.Credentials)).toMatchObject({
    type: "AssumedRole",
    session: { sourceIdentity: "alice" },
  });
});

test("an assertion that was changed, wrapped or signed by another gets nothing", async () => {
  const { idp, assume, assertion } = await samlUser();
  const invalid = { code: "InvalidIdentityToken", message: "Response signature invalid" };
  const changed = (xml: string) => xml.replace(">alice<", ">mallory<");
  await expect(assume(idp.response(assertion, changed))).rejects.toMatchObject(invalid);
  await expect(assume(samlProvider().response(assertion))).rejects.toMatchObject(invalid);
  const unsigned = (xml: string) => xml.replace(/<Signature .*<\/Signature>/, "");
  await expect(assume(idp.response(assertion, unsigned))).rejects.toMatchObject(invalid);
  // The signed assertion is still there, behind one that nobody signed: only the signed one is read.
  const wrapped = (xml: string) => {
    const forged = /<Assertion .*<\/Assertion>/.exec(xml)?.[0].replace(/<Signature .*<\/Signature>/, "") ?? "";
    return xml.replace(
      "<Assertion ",
      `${forged.replace(/ID="[^"]*"/, 'ID="_forged"').replace(">alice<", ">mallory<")}<Assertion `,
    );
  };
  expect(await assume(idp.response(assertion, wrapped))).toMatchObject({ Subject: "alice" });
  const doctype = (xml: string) => `<!DOCTYPE x [<!ENTITY a "b">]>${xml}`;
  await expect(assume(idp.response(assertion, doctype))).rejects.toMatchObject({ code: "InvalidIdentityToken" });
  await expect(assume("AAAA")).rejects.toMatchObject({ code: "InvalidIdentityToken" });
});

test("an assertion for another role, audience or time gets nothing", async () => {
  const { idp, assume, assertion } = await samlUser();
  const other = { ...assertion, role: `arn:aws:iam::${account}:role/Other` };
  await expect(assume(idp.response(other))).rejects.toMatchObject({
    code: "AccessDenied",
    message: "Not authorized to perform sts:AssumeRoleWithSAML",
  });
  await expect(assume(idp.response({ ...assertion, audience: "https://example.com" }))).rejects.toMatchObject({
    message: "Response does not contain the required audience",
  });
  await expect(assume(idp.response({ ...assertion, now: clock.now() - 600_000 }))).rejects.toMatchObject({
    code: "ExpiredTokenException",
  });
  await expect(assume(idp.response({ ...assertion, attributes: { RoleSessionName: ["a b"] } }))).rejects.toMatchObject({
    message: "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}",
  });
  await expect(assume(idp.response(assertion), noNotes(), { DurationSeconds: 7200 })).rejects.toMatchObject({
    message: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
  });
});
