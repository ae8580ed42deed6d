import type { Call } from "../../aws/call.ts";
import { accountId } from "../../aws/names.ts";
import { entityKey, type Role } from "../principals.ts";
import { type Requirement, type RequirementParts, requestTags, resourceTags, valuesAt } from "./requirement.ts";

/** Nobody needs a permission for these, and no policy takes them away. */
const forEverybody: ReadonlySet<string> = new Set([
  "GetCallerIdentity",
  "GetSessionToken",
  // Who has the token may.
  "AssumeRoleWithSAML",
  "AssumeRoleWithWebIdentity",
]);

/**
 * What a call of STS needs. A role's trust policy is the policy of the resource.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
 */
export async function stsRequirements(call: Call, parts: RequirementParts): Promise<Requirement[]> {
  const { actionName, account, input = {} } = call;
  if (forEverybody.has(actionName)) return [];
  if (actionName === "AssumeRole") return assumeRole(call, parts);
  const tags = (input.Tags ?? []) as readonly { Key?: string; Value?: string }[];
  const action = `sts:${actionName}`;
  if (actionName === "AssumeRoot") {
    const [target = ""] = /\d{12}/.exec(String(input.TargetPrincipal)) ?? [];
    const context = { "sts:taskpolicyarn": valuesAt(input, "TaskPolicyArn.arn")[0] };
    return [{ action, resource: `arn:aws:iam::${target}:root`, context }];
  }
  if (actionName !== "GetFederationToken") return [{ action, resource: "*", named: "" }];
  const resource = `arn:aws:sts::${account}:federated-user/${String(input.Name)}`;
  const tagging = tags.length > 0 ? [{ action: "sts:TagSession", resource, context: requestTags(tags) }] : [];
  return [{ action, resource, context: requestTags(tags) }, ...tagging];
}

async function assumeRole({ input = {} }: Call, { state }: RequirementParts): Promise<Requirement[]> {
  const arn = String(input.RoleArn);
  const [, account, name] = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
  // What is no role's ARN, STS itself refuses.
  if (account === undefined || name === undefined) return [];
  const role = (await state.get(entityKey(accountId(account), "role", name)))?.value as Role | undefined;
  const one = (member: string) => valuesAt(input, member)[0];
  const tags = (input.Tags ?? []) as readonly { Key?: string; Value?: string }[];
  const context = {
    "sts:rolesessionname": one("RoleSessionName"),
    "sts:externalid": one("ExternalId"),
    "sts:sourceidentity": one("SourceIdentity"),
    "sts:transitivetagkeys": valuesAt(input, "TransitiveTagKeys"),
    ...requestTags(tags),
    ...resourceTags(role?.tags ?? [], "iam"),
    "aws:resourceaccount": account,
    // The code itself STS checks.
    ...(input.TokenCode !== undefined && { "aws:multifactorauthpresent": "true", "aws:multifactorauthage": "0" }),
  };
  const actions = [
    "sts:AssumeRole",
    ...(tags.length > 0 ? ["sts:TagSession"] : []),
    ...(input.SourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
  ];
  const owner = { account: accountId(account), policy: role?.trustPolicy ?? "" };
  return actions.map((action) => ({ action, resource: arn, context, owner }));
}
