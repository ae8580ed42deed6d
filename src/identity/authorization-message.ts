import type { Caller } from "../aws/caller.ts";
import type { AccountId } from "../aws/names.ts";
import type { Seal } from "./seal.ts";

/** Why a call was refused, as DecodeAuthorizationMessage tells it. */
export interface Refusal {
  readonly caller: Caller;
  /** `ec2:RunInstances` */
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
  /** A statement denied it; otherwise none allowed it. */
  readonly explicitDeny?: boolean;
  /** The statements that matched, as IAM writes them in this message. */
  readonly matchedStatements?: readonly unknown[];
  /** Values of the condition keys of the request. */
  readonly conditions?: Readonly<Record<string, readonly string[]>>;
}

// Only the account that was refused can have the message decoded.
const purposeOf = (account: AccountId) => `authorization message of ${account}`;

/** The message for the end of an UnauthorizedOperation: nobody can read it who may not call DecodeAuthorizationMessage. */
export async function encodeAuthorizationMessage({ seal }: { readonly seal: Seal }, refusal: Refusal): Promise<string> {
  return (await seal.close(JSON.stringify(message(refusal)), purposeOf(refusal.caller.accountId))).toString(
    "base64url",
  );
}

/** The JSON that was encoded; undefined when it isn't a message of this installation for the account. */
export async function decodeAuthorizationMessage(
  { seal }: { readonly seal: Seal },
  account: AccountId,
  encoded: string,
): Promise<string | undefined> {
  return seal.open(Buffer.from(encoded, "base64url"), purposeOf(account));
}

// Members and their order as in messages of AWS: every list is an object with items.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
function message({ caller, action, resource, explicitDeny = false, matchedStatements = [], conditions = {} }: Refusal) {
  return {
    allowed: false,
    explicitDeny,
    matchedStatements: { items: matchedStatements },
    failures: { items: [] },
    context: {
      principal: principal(caller),
      action,
      resource,
      conditions: {
        items: Object.entries(conditions).map(([key, values]) => ({
          key,
          values: { items: values.map((value) => ({ value })) },
        })),
      },
    },
  };
}

// Observed for a user: id, name, arn; for a role's session: id and arn.
function principal(caller: Caller): Record<string, string> {
  if (!("arn" in caller)) return { id: "principalId" in caller ? caller.principalId : caller.accountId };
  const { principalId, arn } = caller;
  return { id: principalId, ...(caller.type === "IAMUser" && { name: caller.userName }), arn };
}
