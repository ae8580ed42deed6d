import type { Caller, Session } from "../aws/caller.ts";
import type { AccountId } from "../aws/names.ts";
import type { Policy, PolicyType } from "../policy/index.ts";
import type { State } from "../storage/state/state.ts";
import { entityKey, type Group, type PolicyHolder, type Role, type User } from "./principals.ts";

/** The document of a managed policy's default version; undefined when there is no such policy, or its text isn't known. */
export type ManagedPolicies = (account: AccountId, arn: string) => Promise<string | undefined>;

export interface PermissionParts {
  readonly state: State;
  readonly managedPolicy: ManagedPolicies;
}

/** What speaks for a caller. */
export interface Permissions {
  readonly identity: readonly Policy[] | "root";
  readonly boundary?: Policy;
  /** Given when the session can do no more than these allow, too. */
  readonly session?: readonly Policy[];
  /** The tags of the user or role, and over them those of the session. */
  readonly tags: Readonly<Record<string, string>>;
}

const nothing: Permissions = { identity: [], tags: {} };

/** The policies and tags of who calls, as they are now: of the user and their groups, or of the role, and of the session. */
export async function permissionsOf(parts: PermissionParts, caller: Caller): Promise<Permissions> {
  switch (caller.type) {
    case "Root":
      return { identity: "root", ...(await sessionPolicies(parts, caller)), tags: {} };
    case "IAMUser":
      return ofUser(parts, caller.accountId, caller.userName);
    case "AssumedRole":
      return ofSession(parts, caller);
    case "FederatedUser": {
      const permissions = await ofSession(parts, caller);
      // Without policies of its own, such a session is allowed only what a resource's policy allows it.
      return { ...permissions, session: permissions.session ?? [] };
    }
    default:
      return nothing;
  }
}

type SessionOwner = Extract<Caller, { type: "AssumedRole" | "FederatedUser" }>;

async function ofSession(parts: PermissionParts, { session, accountId }: SessionOwner): Promise<Permissions> {
  const behind = await ofIssuer(parts, session.issuer);
  const limited = await sessionPolicies(parts, { session, accountId });
  return { ...behind, ...limited, tags: { ...behind.tags, ...session.tags } };
}

async function sessionPolicies(
  parts: PermissionParts,
  { session, accountId }: Pick<SessionOwner, "accountId"> & { readonly session?: Session },
): Promise<Pick<Permissions, "session">> {
  const { arns = [], document } = session?.policies ?? {};
  const own: Policy[] = [];
  for (const arn of arns) own.push(await managed(parts, accountId, arn, "session policy"));
  if (document !== undefined) own.push({ id: "session policy", type: "session policy", document });
  return own.length > 0 ? { session: own } : {};
}

async function ofIssuer(parts: PermissionParts, issuer: SessionOwner["session"]["issuer"]): Promise<Permissions> {
  if (!issuer) return nothing;
  if (issuer.type === "Root") return { identity: "root", tags: {} };
  if (issuer.userName === undefined) return nothing;
  if (issuer.type === "IAMUser") return ofUser(parts, issuer.accountId, issuer.userName);
  const role = (await parts.state.get(entityKey(issuer.accountId, "role", issuer.userName)))?.value as Role | undefined;
  // A role of the same name that was made since is another one.
  if (role?.id !== issuer.principalId) return nothing;
  const own = await policiesOf(parts, issuer.accountId, role, "role");
  return { identity: own, ...(await boundaryOf(parts, issuer.accountId, role)), tags: tagsOf(role) };
}

async function ofUser(parts: PermissionParts, account: AccountId, name: string): Promise<Permissions> {
  const user = (await parts.state.get(entityKey(account, "user", name)))?.value as User | undefined;
  if (!user) return nothing;
  const identity = await policiesOf(parts, account, user, "user");
  for (const group of await groupsOf(parts.state, account, user)) {
    identity.push(...(await policiesOf(parts, account, group, "group")));
  }
  return { identity, ...(await boundaryOf(parts, account, user)), tags: tagsOf(user) };
}

async function groupsOf(state: State, account: AccountId, { groupIds = [] }: User): Promise<Group[]> {
  if (groupIds.length === 0) return [];
  const groups = (await state.list(entityKey(account, "group"))).map(({ value }) => value as Group);
  return groups.filter(({ id }) => groupIds.includes(id));
}

/** The inline and managed policies of a user, a group or a role. */
export async function policiesOf(
  parts: PermissionParts,
  account: AccountId,
  { policies, attachedPolicies = [] }: PolicyHolder,
  holder: NonNullable<Policy["holder"]>,
): Promise<Policy[]> {
  const type: PolicyType = "identity-based policy";
  const found: Policy[] = Object.entries(policies).map(([name, document]) => ({
    id: name,
    type,
    holder,
    document,
  }));
  for (const arn of attachedPolicies) found.push(await managed(parts, account, arn, type));
  return found;
}

async function boundaryOf(
  parts: PermissionParts,
  account: AccountId,
  { permissionsBoundary: arn }: PolicyHolder,
): Promise<Pick<Permissions, "boundary">> {
  return arn === undefined ? {} : { boundary: await managed(parts, account, arn, "permissions boundary") };
}

// A policy that can't be found allows nothing.
async function managed(parts: PermissionParts, account: AccountId, arn: string, type: PolicyType): Promise<Policy> {
  return { id: arn, type, document: (await parts.managedPolicy(account, arn)) ?? "" };
}

function tagsOf({ tags }: Pick<User, "tags">): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}
