import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Caller } from "../aws/caller.ts";
import type { AccountId } from "../aws/names.ts";
import type { Context, Match } from "../policy/index.ts";
import { writtenKey } from "../policy/index.ts";
import type { Denied } from "./authorize.ts";
import type { Seal } from "./seal.ts";

// Only the account that was refused can have the message decoded.
const purposeOf = (account: AccountId) => `authorization message of ${account}`;

/** The message for the end of an UnauthorizedOperation: nobody can read it who may not call DecodeAuthorizationMessage. */
export async function encodeAuthorizationMessage({ seal }: { readonly seal: Seal }, denied: Denied): Promise<string> {
  // Records cut messages at 1 KB, and the end of a cut one can't be decoded.
  const packed = deflateRawSync(JSON.stringify(message(denied))).toString("latin1");
  return (await seal.close(packed, purposeOf(denied.caller.accountId), "latin1")).toString("base64url");
}

/** The JSON that was encoded; undefined when it isn't a message of this installation for the account. */
export async function decodeAuthorizationMessage(
  { seal }: { readonly seal: Seal },
  account: AccountId,
  encoded: string,
): Promise<string | undefined> {
  const packed = await seal.open(Buffer.from(encoded, "base64url"), purposeOf(account), "latin1");
  return packed === undefined ? undefined : inflateRawSync(Buffer.from(packed, "latin1")).toString();
}

// Members and their order as in messages of AWS: every list is an object with items.
// https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
function message({ caller, requirement, decision }: Denied) {
  const { action, resource, context = {} } = requirement;
  return {
    allowed: false,
    explicitDeny: decision.explicit,
    matchedStatements: items(decision.matches.map((match) => matchedStatement(match, caller))),
    failures: items([]),
    context: {
      principal: principal(caller),
      action,
      resource,
      conditions: items(conditions({ ...resourceKeys(resource), ...context })),
    },
  };
}

const items = <Item>(list: readonly Item[]) => ({ items: list });
const values = (list: readonly string[]) => items(list.map((value) => ({ value })));

function matchedStatement({ statement: { sid = "", effect, source, conditions: own } }: Match, caller: Caller) {
  const texts = (element: unknown) => (element === undefined ? [] : [element].flat().map(String));
  return {
    statementId: sid,
    effect: effect.toUpperCase(),
    principals: values([principal(caller).id ?? ""]),
    principalGroups: items([]),
    actions: values(texts(source.Action ?? source.NotAction)),
    resources: values(texts(source.Resource ?? source.NotResource)),
    conditions: items(own.map((condition) => ({ key: writtenKey(condition.key), values: values(condition.values) }))),
  };
}

function conditions(context: Context) {
  return Object.entries(context).flatMap(([key, value]) => {
    const list = value === undefined ? [] : [value].flat();
    return list.length === 0 ? [] : [{ key: writtenKey(key), values: values(list) }];
  });
}

/** What the messages of AWS tell of the resource besides its own keys. */
function resourceKeys(arn: string): Context {
  const [, , service, region, account, ...rest] = arn.split(":");
  if (service === undefined) return {};
  const resource = rest.join(":");
  return {
    "aws:region": region,
    "aws:service": service,
    "aws:resource": resource,
    "aws:type": resource.split("/")[0],
    "aws:account": account,
    "aws:id": resource.slice(resource.indexOf("/") + 1),
    "aws:arn": arn,
  };
}

// Observed for a user: id, name, arn; for a role's session: id and arn.
function principal(caller: Caller): Record<string, string> {
  if (!("arn" in caller)) return { id: "principalId" in caller ? caller.principalId : caller.accountId };
  const { principalId, arn } = caller;
  return { id: principalId, ...(caller.type === "IAMUser" && { name: caller.userName }), arn };
}
