import type { Call } from "../../aws/call.ts";
import { requestContext, tagKeys } from "../../identity/index.ts";
import type { Context } from "../../policy/index.ts";

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
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
export function contextOf(call: Call, asked: Asked, now: number): Context {
  const session = "session" in call.caller ? call.caller.session : undefined;
  const keys = Object.keys(asked.tags);
  return {
    ...requestContext(call, now, session?.tags ?? {}),
    ...(asked.mfa && { "aws:multifactorauthpresent": "true", "aws:multifactorauthage": "0" }),
    "sts:rolesessionname": asked.roleSessionName,
    "sts:externalid": asked.externalId,
    "sts:sourceidentity": asked.sourceIdentity,
    "sts:transitivetagkeys": asked.transitiveTagKeys,
    ...tagKeys("aws:requesttag/", asked.tags),
    "aws:tagkeys": keys.length > 0 ? keys : undefined,
  };
}
