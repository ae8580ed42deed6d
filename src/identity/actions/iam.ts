import type { Call, Members } from "../../aws/call.ts";
import type { AccountId } from "../../aws/names.ts";
import type { Context } from "../../policy/index.ts";
import type { State } from "../../storage/state/state.ts";
import { type Entities, type EntityKind, entityArn, entityKey } from "../principals.ts";
import { type Requirement, type RequirementParts, requestTags, resourceTags, valuesAt } from "./requirement.ts";

/** The parameter that names what an action works on, in the order in which they decide. */
const namedBy: readonly { readonly member: string; readonly kind: EntityKind; readonly words: string }[] = [
  { member: "GroupName", kind: "group", words: "group" },
  { member: "InstanceProfileName", kind: "instance-profile", words: "instance profile" },
  { member: "RoleName", kind: "role", words: "role" },
  { member: "UserName", kind: "user", words: "user" },
];

/** Parameters that hold an ARN; a refusal words the resource so. */
const byArn: readonly { readonly member: string; readonly words?: string }[] = [
  { member: "PolicySourceArn" },
  { member: "PolicyArn", words: "policy " },
  { member: "SAMLProviderArn" },
  { member: "OpenIDConnectProviderArn" },
  { member: "SerialNumber" },
  { member: "Arn" },
];

/** Actions that make something, which has no ARN yet: the refusal names the one that it would get (observed: CreateRole). */
const makers: Readonly<Record<string, { readonly kind: EntityKind; readonly name: string; readonly words?: string }>> =
  {
    CreateUser: { kind: "user", name: "UserName" },
    CreateGroup: { kind: "group", name: "GroupName" },
    CreateRole: { kind: "role", name: "RoleName" },
    CreateInstanceProfile: { kind: "instance-profile", name: "InstanceProfileName" },
    // Observed.
    CreatePolicy: { kind: "policy", name: "PolicyName", words: "policy " },
    CreateVirtualMFADevice: { kind: "mfa", name: "VirtualMFADeviceName" },
    CreateSAMLProvider: { kind: "saml-provider", name: "Name" },
    CreateOpenIDConnectProvider: { kind: "oidc-provider", name: "Url" },
    CreateServiceLinkedRole: { kind: "role", name: "AWSServiceName" },
  };

/** Lists of a kind: the resource is the path that is listed (observed: users, groups, instance profiles, providers). */
const lists: Readonly<Record<string, string>> = {
  ListUsers: "user",
  ListGroups: "group",
  ListRoles: "role",
  ListInstanceProfiles: "instance-profile",
  ListPolicies: "policy",
  ListSAMLProviders: "saml-provider/*",
  ListOpenIDConnectProviders: "oidc-provider/*",
  ListVirtualMFADevices: "mfa/*",
};

/** Who names no user means themselves. */
const ownByDefault: ReadonlySet<string> = new Set(
  (
    "ChangePassword CreateAccessKey DeleteAccessKey GetUser ListAccessKeys ListMFADevices ListSSHPublicKeys " +
    "ListServiceSpecificCredentials ListSigningCertificates UpdateAccessKey UploadSigningCertificate " +
    "DeleteSigningCertificate UpdateSigningCertificate DeactivateMFADevice"
  ).split(" "),
);

/**
 * What a call of IAM needs.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 */
export async function iamRequirements(call: Call, { state }: RequirementParts): Promise<Requirement[]> {
  const { actionName, account, input = {} } = call;
  const action = `iam:${actionName}`;
  const { keys, ...resource } = await resourceOf(call, state);
  const context = { "aws:resourceaccount": account, ...keys, ...requestKeys(input) };
  return [{ action, ...resource, context }, ...(await passedRole(call, state))];
}

interface Found {
  readonly resource: string;
  readonly named?: string;
  readonly keys?: Context;
}

async function resourceOf({ actionName, account, input = {}, caller }: Call, state: State): Promise<Found> {
  const made = Object.hasOwn(makers, actionName) ? makers[actionName] : undefined;
  if (made) return newOne(account, made, input);
  const list = lists[actionName];
  if (list !== undefined) return listed(account, list, input);
  if (caller.type === "IAMUser" && input.UserName === undefined && ownByDefault.has(actionName)) {
    return entity(state, account, "user", caller.userName, "user");
  }
  for (const { member, kind, words } of namedBy) {
    const name = input[member];
    if (typeof name === "string") return entity(state, account, kind, name, words);
  }
  for (const { member, words } of byArn) {
    const arn = input[member];
    if (typeof arn !== "string" || !arn.startsWith("arn:")) continue;
    const version = actionName === "SetDefaultPolicyVersion" ? ` version ${String(input.VersionId)}` : "";
    return { resource: arn, ...(words !== undefined && { named: `${words}${arn}${version}` }) };
  }
  return { resource: "*" };
}

function newOne(
  account: AccountId,
  { kind, name, words }: NonNullable<(typeof makers)[string]>,
  input: Members,
): Found {
  const said = String(input[name] ?? "").replace(/^https:\/\//, "");
  const path = kind === "mfa" || kind.endsWith("provider") ? "/" : String(input.Path ?? "/");
  const resource = entityArn(account, kind, { name: said, path });
  return { resource, ...(words !== undefined && { named: `${words}${said}` }) };
}

function listed(account: AccountId, kind: string, { PathPrefix: prefix = "/" }: Members): Found {
  const resource = `arn:aws:iam::${account}:${kind}${kind.includes("/") ? "" : String(prefix)}`;
  return { resource, ...(kind === "policy" && { named: `policy path ${String(prefix)}` }) };
}

async function entity(state: State, account: AccountId, kind: EntityKind, name: string, words: string): Promise<Found> {
  const found = (await state.get(entityKey(account, kind, name)))?.value as Entities[EntityKind] | undefined;
  return {
    resource: entityArn(account, kind, found ?? { name, path: "/" }),
    named: `${words} ${name}`,
    ...(found && { keys: resourceTags(found.tags, "iam") }),
  };
}

function requestKeys(input: Members): Context {
  const tags = (input.Tags ?? []) as readonly { Key?: string; Value?: string }[];
  const [boundary] = valuesAt(input, "PermissionsBoundary");
  const [policy] = valuesAt(input, "PolicyArn");
  const [service] = valuesAt(input, "AWSServiceName");
  const removed = valuesAt(input, "TagKeys");
  return {
    ...requestTags(tags),
    ...(removed.length > 0 && { "aws:tagkeys": removed }),
    "iam:permissionsboundary": boundary,
    "iam:policyarn": policy,
    "iam:awsservicename": service,
  };
}

async function passedRole({ actionName, account, input = {} }: Call, state: State): Promise<Requirement[]> {
  if (actionName !== "AddRoleToInstanceProfile" || typeof input.RoleName !== "string") return [];
  const { resource, keys } = await entity(state, account, "role", input.RoleName, "role");
  return [{ action: "iam:PassRole", resource, context: { "iam:passedtoservice": "ec2.amazonaws.com", ...keys } }];
}
