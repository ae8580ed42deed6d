import type { AccountId } from "../../aws/names.ts";
import type { Group, Role, User } from "../../identity/index.ts";
import type { State, StateEntry } from "../../storage/state/state.ts";
import { required } from "./checks.ts";
import { roleToChange } from "./protected-roles.ts";
import { readEntity } from "./store.ts";

/** Who can have policies: the same actions exist for each, PutUserPolicy, PutGroupPolicy, PutRolePolicy … */
export const holders = [
  { holder: "User", kind: "user", member: "UserName" },
  { holder: "Group", kind: "group", member: "GroupName" },
  { holder: "Role", kind: "role", member: "RoleName" },
] as const;

type Holder = (typeof holders)[number];

/** The user, group or role that a call names; `toChange` when its policies will change, which AWS keeps for itself for some roles. */
export async function readHolder(
  state: State,
  account: AccountId,
  { kind, member }: Holder,
  input: Readonly<Record<string, unknown>>,
  toChange?: "toChange",
): Promise<StateEntry<User | Group | Role>> {
  const name = required(`${kind}Name`, input[member] as string | undefined);
  if (kind === "role" && toChange) return roleToChange(state, account, name);
  return readEntity<"user" | "group" | "role">(state, account, kind, name);
}
