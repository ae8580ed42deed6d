import type { Call } from "../aws/call.ts";
import type { Caller, Session } from "../aws/caller.ts";
import type { Context } from "../policy/index.ts";

/** The organization that accounts are in. */
export interface Organization {
  readonly id: string;
  readonly accounts: readonly string[];
}

type Asked = Pick<Call, "caller" | "request" | "region">;

/**
 * The condition keys that every request has: who asks, from where, when.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function requestContext(
  { caller, request, region }: Asked,
  now: number,
  principalTags: Readonly<Record<string, string>>,
  organization?: Organization,
): Context {
  const session = sessionOf(caller);
  return {
    ...tagKeys("aws:principaltag/", principalTags),
    ...mfaKeys(session, now),
    "aws:tokenissuetime": session?.creationDate.toISOString(),
    "aws:sourceidentity": session?.sourceIdentity,
    "aws:federatedprovider": session?.webIdentity?.federatedProvider,
    "aws:principalaccount": caller.type === "Unknown" ? undefined : caller.accountId,
    "aws:principalorgid": organization?.accounts.includes(caller.accountId) ? organization.id : undefined,
    "aws:principalarn": principalArn(caller),
    "aws:principaltype": principalTypes[caller.type],
    "aws:principalisawsservice": String(caller.type === "AWSService"),
    "aws:viaawsservice": String("invokedBy" in caller && caller.invokedBy !== undefined),
    "aws:userid": "principalId" in caller ? caller.principalId : undefined,
    "aws:username": caller.type === "IAMUser" ? caller.userName : undefined,
    "aws:sourceip": request.remoteAddress,
    "aws:useragent": request.headers["user-agent"],
    "aws:referer": request.headers.referer,
    "aws:requestedregion": region,
    "aws:securetransport": String(request.tls !== undefined || request.secure === true),
    "aws:currenttime": new Date(now).toISOString(),
    "aws:epochtime": String(Math.floor(now / 1000)),
  };
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable
const principalTypes: Readonly<Partial<Record<Caller["type"], string>>> = {
  Root: "Account",
  IAMUser: "User",
  AssumedRole: "AssumedRole",
  FederatedUser: "FederatedUser",
  AWSAccount: "Anonymous",
};

function sessionOf(caller: Caller): Session | undefined {
  return "session" in caller ? caller.session : undefined;
}

/** The ARN that policies know a caller by: a session's is its role's. */
function principalArn(caller: Caller): string | undefined {
  const issuer = sessionOf(caller)?.issuer;
  return issuer?.type === "Role" ? issuer.arn : "arn" in caller ? caller.arn : undefined;
}

// A long-term key has none of these keys.
function mfaKeys(session: Session | undefined, now: number): Context {
  if (!session) return {};
  const { mfaAuthenticated, creationDate } = session;
  return {
    "aws:multifactorauthpresent": String(mfaAuthenticated),
    "aws:multifactorauthage": mfaAuthenticated ? String(Math.floor((now - creationDate.getTime()) / 1000)) : undefined,
  };
}

/** Tags as condition keys; the keys of tags differ by more than upper and lower case. */
export function tagKeys(prefix: string, tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [prefix + key.toLowerCase(), value]));
}
