import type { Call } from "../../aws/call.ts";
import type { Context } from "../../identity/index.ts";

/** What of a request the conditions of a trust policy may ask, in the words of the keys. */
interface Asked {
  readonly roleSessionName: string;
  readonly externalId?: string | undefined;
  readonly sourceIdentity?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly mfa: boolean;
}

/**
 * The condition keys of a request for a role.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function contextOf(call: Call, asked: Asked, now: number): Context {
  const { caller, request, region } = call;
  const session = "session" in caller ? caller.session : undefined;
  const tagKeys = Object.keys(asked.tags);
  const withMfa = asked.mfa || session?.mfaAuthenticated;
  return {
    "sts:rolesessionname": asked.roleSessionName,
    "sts:externalid": asked.externalId,
    "sts:sourceidentity": asked.sourceIdentity,
    "sts:transitivetagkeys": asked.transitiveTagKeys,
    ...prefixed("aws:requesttag/", asked.tags),
    "aws:tagkeys": tagKeys.length > 0 ? tagKeys : undefined,
    // A long-term key without a code has none of these keys.
    "aws:multifactorauthpresent": session || asked.mfa ? String(Boolean(withMfa)) : undefined,
    "aws:multifactorauthage": asked.mfa ? "0" : withMfa ? age(session?.creationDate, now) : undefined,
    "aws:tokenissuetime": session?.creationDate.toISOString(),
    "aws:sourceidentity": session?.sourceIdentity,
    ...prefixed("aws:principaltag/", session?.tags ?? {}),
    "aws:principalaccount": caller.type === "Unknown" ? undefined : caller.accountId,
    "aws:principalarn":
      session?.issuer?.type === "Role" ? session.issuer.arn : "arn" in caller ? caller.arn : undefined,
    "aws:principaltype": caller.type === "Root" ? "Account" : caller.type === "IAMUser" ? "User" : caller.type,
    "aws:userid": "principalId" in caller ? caller.principalId : undefined,
    "aws:username": caller.type === "IAMUser" ? caller.userName : undefined,
    "aws:sourceip": request.remoteAddress,
    "aws:useragent": request.headers["user-agent"],
    "aws:requestedregion": region,
    "aws:securetransport": String(request.tls !== undefined),
    "aws:currenttime": new Date(now).toISOString(),
    "aws:epochtime": String(Math.floor(now / 1000)),
  };
}

function prefixed(prefix: string, tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [prefix + key.toLowerCase(), value]));
}

function age(since: Date | undefined, now: number): string | undefined {
  return since && String(Math.floor((now - since.getTime()) / 1000));
}
