import type { Call } from "../../aws/call.ts";
import type { Context } from "../../policy/index.ts";
import { entityArn, entityKey, type InstanceProfile, type Role } from "../principals.ts";
import { type NeededResource, ownRowOf } from "./ec2-actions.ts";
import { attributeKeys, keysOfNew } from "./ec2-keys.ts";
import { ec2Arn, isEc2Type, typeOfId, typeOfMember } from "./ec2-resources.ts";
import { type Requirement, type RequirementParts, requestTags, resourceTags, valuesAt } from "./requirement.ts";

interface GivenTags {
  readonly ResourceType?: string;
  readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[];
}

/** What a call of EC2 needs: the action on every resource that it names or makes, CreateTags, PassRole. */
export async function ec2Requirements(call: Call, parts: RequirementParts): Promise<Requirement[]> {
  const { actionName, input = {} } = call;
  const action = `ec2:${actionName}`;
  const given = ((input.TagSpecifications ?? []) as readonly GivenTags[]).filter(({ Tags }) => Tags?.length);
  const found: Requirement[] = [];
  for (const { type, ids } of namedBy(call)) {
    const tags = given.flatMap(({ ResourceType, Tags = [] }) => (ResourceType === type ? Tags : []));
    const context = { ...common(call), ...attributeKeys(input) };
    if (ids.length === 0) {
      found.push({
        action,
        resource: ec2Arn(call, type, "*"),
        context: { ...context, ...keysOfNew(type, call), ...requestTags(tags) },
      });
    }
    for (const id of ids) {
      const { arn, keys } = await known(call, type, id, parts);
      found.push({
        action,
        resource: arn,
        context: { ...context, ...keys, ...tagsOfTagging(call), ...requestTags(tags) },
      });
    }
  }
  if (found.length === 0) found.push({ action, resource: "*", named: "", context: common(call) });
  for (const { ResourceType: type = "", Tags = [] } of given) {
    const context = { ...common(call), ...requestTags(Tags), "ec2:createaction": actionName };
    found.push({ action: "ec2:CreateTags", resource: ec2Arn(call, type, "*"), context });
  }
  found.push(...(await passedRole(call, parts)));
  return found;
}

function common({ region, account }: Call): Context {
  return { "ec2:region": region, "aws:resourceaccount": account };
}

interface Named {
  readonly type: string;
  /** Empty: one that the call makes, or any. */
  readonly ids: readonly string[];
}

function namedBy({ actionName, action, input = {} }: Call): Named[] {
  const row = ownRowOf(actionName);
  if (row) return row.flatMap((one) => ofRow(one, input));
  if (actionName === "CreateTags" || actionName === "DeleteTags") {
    return valuesAt(input, "Resources").map((id) => ({ type: typeOfId(id) ?? "*", ids: [id] }));
  }
  const required = new Set(requiredOf(action));
  const named = new Map<string, string[]>();
  for (const member of Object.keys(input)) {
    const type = typeOfMember(member);
    // What a Describe names besides is a filter: it knows no resources.
    if (type === undefined || (isDescribe(actionName) && !required.has(member))) continue;
    named.set(type, [...(named.get(type) ?? []), ...valuesAt(input, member)]);
  }
  const made = typeMadeBy(actionName);
  if (made !== undefined && !named.has(made)) return [{ type: made, ids: [] }, ...asNamed(named)];
  return asNamed(named);
}

const asNamed = (named: ReadonlyMap<string, readonly string[]>): Named[] =>
  [...named].filter(([, ids]) => ids.length > 0).map(([type, ids]) => ({ type, ids: [...new Set(ids)] }));

function ofRow({ type, from, optional }: NeededResource, input: object): Named[] {
  const ids = [...new Set(from.flatMap((path) => valuesAt(input, path)))];
  return ids.length === 0 && optional ? [] : [{ type, ids }];
}

const isDescribe = (action: string) => /^(Describe|Get|List|Search)/.test(action);

function requiredOf(action: Call["action"]): string[] {
  if (!action?.input.isStructSchema()) return [];
  // Smithy's static schemas say how many of the first members are required in their seventh place.
  const count = Number((action.input.getSchema() as readonly unknown[])[6] ?? 0);
  return [...action.input.structIterator()].slice(0, count).map(([name]) => name);
}

/** `CreateTransitGateway` makes a transit-gateway. */
function typeMadeBy(action: string): string | undefined {
  const noun = /^(?:Create|Allocate|Import|Purchase|Provision)(\w+)$/.exec(action)?.[1];
  const type = noun?.replace(/(?<=[a-z0-9])(?=[A-Z])/g, "-").toLowerCase();
  return type === undefined ? undefined : [type, type.replace(/s$/, "")].find(isEc2Type);
}

/** A refusal names a resource that isn't there as any of its type (observed, 9 of 9). */
async function known(call: Call, type: string, id: string, { resources }: RequirementParts) {
  const resource = isEc2Type(type) ? await resources?.ec2(call, type, id) : undefined;
  if (resource === "absent") return { arn: ec2Arn(call, type, "*"), keys: {} };
  const keys = resource && { ...resource.keys, ...resourceTags(resource.tags, "ec2") };
  return { arn: ec2Arn(call, type, id), keys: keys ?? {} };
}

function tagsOfTagging({ actionName, input = {} }: Call): Context {
  return actionName === "CreateTags" || actionName === "DeleteTags"
    ? requestTags((input.Tags ?? []) as NonNullable<GivenTags["Tags"]>)
    : {};
}

/** An instance gets a role only from somebody who may pass it on. */
async function passedRole({ input = {}, account }: Call, { state }: RequirementParts): Promise<Requirement[]> {
  const [arn] = valuesAt(input, "IamInstanceProfile.Arn");
  const [name = arn?.slice(arn.lastIndexOf("/") + 1)] = valuesAt(input, "IamInstanceProfile.Name");
  if (name === undefined) return [];
  const profile = (await state.get(entityKey(account, "instance-profile", name)))?.value as InstanceProfile | undefined;
  if (profile?.roleName === undefined) return [];
  const role = (await state.get(entityKey(account, "role", profile.roleName)))?.value as Role | undefined;
  if (!role) return [];
  const context = { "iam:passedtoservice": "ec2.amazonaws.com", ...resourceTags(role.tags, "iam") };
  return [{ action: "iam:PassRole", resource: entityArn(account, "role", role), context }];
}
