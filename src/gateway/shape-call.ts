import type { Call } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import type { AwsError } from "../aws/error.ts";
import type { WireRequest } from "../aws/http.ts";
import { DecodeError, decode, type Located } from "../aws/index.ts";
import { type AccountId, accountId, region } from "../aws/names.ts";
import { noNotes } from "../aws/notes.ts";

/** What a request says, read as far as it could be. */
export interface Understood extends Pick<Call, "actionName" | "action" | "input"> {
  /** Why the rest couldn't. */
  readonly error?: AwsError;
}

const globalRegion = region("us-east-1");

export function understand(located: Located, request: WireRequest): Understood {
  try {
    return decode(located, request);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { actionName: error.actionName ?? "", action: error.action, input: undefined, error };
  }
}

/** The calls that a token of an identity provider vouches for: nobody signs them. */
const carriesToken: ReadonlySet<string> = new Set(["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"]);

export function isUnsignedSts({ service, credential }: Located): boolean {
  return service.name === "sts" && credential === undefined;
}

/** Whom a token is to vouch for; undefined for a call that has a signature or neither. */
export function tokenBearer(
  located: Located,
  { actionName, input }: Understood,
  defaultAccount: AccountId,
): Caller | undefined {
  return isUnsignedSts(located) && carriesToken.has(actionName) ? unknownCaller(input, defaultAccount) : undefined;
}

/** Who it is shows only when the service has verified the token. */
function unknownCaller(input: Call["input"], defaultAccount: AccountId): Caller {
  const [, account] = /^arn:aws[\w-]*:iam::(\d{12}):/.exec(String(input?.RoleArn)) ?? [];
  return { type: "Unknown", accountId: account === undefined ? defaultAccount : accountId(account) };
}

/** A call as all that follows sees it: what a located request says, and who says it. */
export function callOf(
  { service, region }: Located,
  { actionName, action, input }: Understood,
  { request, caller, requestId }: Pick<Call, "request" | "caller" | "requestId">,
): Call {
  return {
    service,
    actionName,
    action,
    input,
    caller,
    account: caller.accountId,
    region: service.global ? globalRegion : region,
    requestId,
    request,
    notes: noNotes(),
  };
}
