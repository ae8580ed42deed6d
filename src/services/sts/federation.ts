import type {
  AssumeRoleWithSAMLRequest,
  AssumeRoleWithSAMLResponse,
  AssumeRoleWithWebIdentityRequest,
  AssumeRoleWithWebIdentityResponse,
} from "@aws-sdk/client-sts";
import type { Call } from "../../aws/call.ts";
import type { Caller } from "../../aws/caller.ts";
import { AwsError } from "../../aws/error.ts";
import { createWebIdentities, type FederatedSession, notTrusted, type Role, verifySaml } from "../../identity/index.ts";
import type { Context } from "../../policy/index.ts";
import type { Handlers } from "../service.ts";
import { accessDenied, roleDurationOf, sessionNameOf, validationError, violated } from "./checks.ts";
import { contextOf } from "./context.ts";
import type { StsParts } from "./parts.ts";
import { issueRoleSession, readRole, roleNameOf } from "./role-session.ts";
import { sessionLoad } from "./session-policy.ts";
import { sessionTags, tagsOf } from "./session-tags.ts";

const noTags = { tags: {}, transitiveTagKeys: [] };

/** The tags that a token brings, held to the rules for those that a call passes. */
function tagsFrom({ tags, transitiveTagKeys }: FederatedSession) {
  const passed = tagsOf(Object.entries(tags).map(([Key, Value]) => ({ Key, Value })));
  return sessionTags(passed, transitiveTagKeys, noTags);
}

/** What a verified token says goes to the call's notes, also when the call fails after all. */
function note({ notes }: Call, caller: Caller, session: FederatedSession, more: Record<string, unknown> = {}): void {
  const { tags, transitiveTagKeys, sourceIdentity } = session;
  notes.caller = caller;
  notes.parameters = {
    ...more,
    ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    ...(Object.keys(tags).length > 0 && { PrincipalTags: tags }),
    ...(transitiveTagKeys.length > 0 && { TransitiveTagKeys: transitiveTagKeys }),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers.html */
export function federationHandlers(parts: StsParts): Handlers {
  const { state, clock, identity, fetch } = parts;
  const webIdentities = createWebIdentities({ state, clock, fetch, allowLoopback: identity.mode === "open" });

  /** The role, when its trust policy lets the provider's user take it under these conditions. */
  async function trustedRole(
    call: Call,
    action: "sts:AssumeRoleWithSAML" | "sts:AssumeRoleWithWebIdentity",
    wanted: ReturnType<typeof roleNameOf>,
    provider: string,
    sessionName: string,
    session: FederatedSession,
    own: Context,
  ): Promise<Role> {
    const role = await readRole(state, wanted);
    const { sourceIdentity, tags, transitiveTagKeys } = session;
    const asked = { roleSessionName: sessionName, sourceIdentity, tags, transitiveTagKeys, mfa: false };
    const context = { ...contextOf(call, asked, clock.now()), ...own, "aws:federatedprovider": provider };
    const actions = [
      action,
      ...(Object.keys(tags).length > 0 ? ["sts:TagSession"] : []),
      ...(sourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
    ];
    if (role && notTrusted(role.trustPolicy, { kind: "Federated", provider }, actions, context) === undefined)
      return role;
    throw accessDenied(`Not authorized to perform ${action}`);
  }

  return {
    async AssumeRoleWithWebIdentity(
      input: AssumeRoleWithWebIdentityRequest,
      call,
    ): Promise<AssumeRoleWithWebIdentityResponse> {
      const sessionName = sessionNameOf("roleSessionName", input.RoleSessionName, 64);
      const wanted = roleNameOf(input.RoleArn);
      const { account } = wanted;
      if (input.WebIdentityToken === undefined) throw violated("webIdentityToken", "null", "not be null");
      const token = await webIdentities.verify(input.WebIdentityToken, account);
      const { provider, issuer, audience, subject, sourceIdentity } = token;
      const caller: Caller = {
        type: "WebIdentityUser",
        accountId: account,
        principalId: `${provider}:${audience}:${subject}`,
        userName: subject,
        identityProvider: provider,
      };
      note(call, caller, token);
      const session = { ...token, ...tagsFrom(token) };
      const load = sessionLoad(input, session.tags, session.transitiveTagKeys);
      const keys = { aud: audience, sub: subject, amr: token.methods };
      const own = Object.fromEntries(
        Object.entries(keys).map(([key, value]) => [`${issuer}:${key}`.toLowerCase(), value]),
      );
      const action = "sts:AssumeRoleWithWebIdentity";
      const role = await trustedRole(call, action, wanted, provider, sessionName, session, own);
      const seconds = roleDurationOf(input.DurationSeconds, role);
      const issued = await issueRoleSession(parts, account, role, sessionName, seconds, {
        ...load.session,
        mfaAuthenticated: false,
        webIdentity: { federatedProvider: provider, attributes: {} },
        ...(sourceIdentity !== undefined && { sourceIdentity }),
      });
      return {
        ...issued,
        SubjectFromWebIdentityToken: subject,
        Provider: provider,
        Audience: audience,
        ...load.packed,
      };
    },

    async AssumeRoleWithSAML(input: AssumeRoleWithSAMLRequest, call): Promise<AssumeRoleWithSAMLResponse> {
      const wanted = roleNameOf(input.RoleArn);
      const { account } = wanted;
      const principal = /^arn:aws[\w-]*:iam::(\d{12}):saml-provider\/([\w._-]+)$/.exec(input.PrincipalArn ?? "");
      if (!principal) throw validationError(`${input.PrincipalArn ?? "null"} is invalid`);
      if (input.SAMLAssertion === undefined) throw violated("sAMLAssertion", "null", "not be null");
      const [provider, providerAccount, providerName = ""] = principal;
      if (providerAccount !== account) throw accessDenied("Not authorized to perform sts:AssumeRoleWithSAML");
      const saml = await verifySaml(parts, input.SAMLAssertion, account, providerName);
      const { subject, nameQualifier, sourceIdentity } = saml;
      const caller: Caller = {
        type: "SAMLUser",
        accountId: account,
        principalId: `${nameQualifier}:${subject}`,
        userName: subject,
        identityProvider: nameQualifier,
      };
      note(call, caller, saml, { RoleSessionName: saml.roleSessionName });
      const sessionName = samlSessionName(saml.roleSessionName);
      const pairs = [`${wanted.arn},${provider}`, `${provider},${wanted.arn}`];
      if (!saml.roles.some((pair) => pairs.includes(pair.replace(/\s/g, ""))))
        throw accessDenied("Not authorized to perform sts:AssumeRoleWithSAML");
      const session = { ...saml, ...tagsFrom(saml) };
      const load = sessionLoad(input, session.tags, session.transitiveTagKeys);
      const own = {
        "saml:aud": saml.audience,
        "saml:iss": saml.issuer,
        "saml:sub": subject,
        "saml:sub_type": saml.subjectType,
        "saml:namequalifier": nameQualifier,
        "saml:doc": `${account}/${providerName}`,
      };
      const role = await trustedRole(call, "sts:AssumeRoleWithSAML", wanted, provider, sessionName, session, own);
      const asked = roleDurationOf(input.DurationSeconds ?? saml.longest, role);
      const seconds = Math.min(asked, saml.longest ?? asked);
      const issued = await issueRoleSession(parts, account, role, sessionName, seconds, {
        ...load.session,
        mfaAuthenticated: false,
        ...(sourceIdentity !== undefined && { sourceIdentity }),
      });
      return {
        ...issued,
        ...load.packed,
        Subject: subject,
        SubjectType: saml.subjectType,
        Issuer: saml.issuer,
        Audience: saml.audience,
        NameQualifier: nameQualifier,
      };
    },
  };
}

function samlSessionName(name: string | undefined): string {
  if (name !== undefined && /^[\w+=,.@-]{2,64}$/.test(name)) return name;
  throw new AwsError(
    "InvalidIdentityToken",
    name === undefined
      ? "RoleSessionName is required in AuthnResponse"
      : "RoleSessionName in AuthnResponse must match [a-zA-Z_0-9+=,.@-]{2,64}",
  );
}
