import { AwsError } from "../../../aws/error.ts";

/** With whom an image or snapshot is shared: accounts, or all of AWS. */
export interface Sharing {
  readonly all: boolean;
  readonly accounts: readonly string[];
}

export const notShared: Sharing = { all: false, accounts: [] };

/** One receiver as requests and answers tell it. */
export interface Receiver {
  readonly UserId?: string | undefined;
  readonly Group?: string | undefined;
}

/** The sharing after receivers were added and removed. */
export function shareWith(sharing: Sharing, added: readonly Receiver[], removed: readonly Receiver[]): Sharing {
  for (const { UserId, Group } of [...added, ...removed]) {
    if (UserId !== undefined && !/^\d{12}$/.test(UserId))
      throw new AwsError("InvalidUserID.Malformed", `Invalid user id: "${UserId}"`);
    if (Group !== undefined && Group !== "all")
      throw new AwsError("InvalidUserGroup.Malformed", `Invalid user group: "${Group}"`);
  }
  const named = (receivers: readonly Receiver[]) => receivers.flatMap(({ UserId }) => UserId ?? []);
  const toAll = (receivers: readonly Receiver[]) => receivers.some(({ Group }) => Group === "all");
  const gone = new Set(named(removed));
  return {
    all: (sharing.all || toAll(added)) && !toAll(removed),
    accounts: [...new Set([...sharing.accounts, ...named(added)])].filter((account) => !gone.has(account)),
  };
}

/** The receivers as an answer lists them. */
export function receivers({ all, accounts }: Sharing) {
  return [...(all ? [{ Group: "all" as const }] : []), ...accounts.map((UserId) => ({ UserId }))];
}

interface FlatRequest {
  readonly OperationType?: string | undefined;
  readonly UserIds?: readonly string[] | undefined;
}

/** The older spelling of a change, by OperationType, user ids and groups, as lists of receivers. */
export function flatChange({ OperationType, UserIds }: FlatRequest, groups: readonly string[] | undefined) {
  const named: Receiver[] = [
    ...(UserIds ?? []).map((UserId) => ({ UserId })),
    ...(groups ?? []).map((Group) => ({ Group })),
  ];
  return OperationType === "remove" ? { Add: [], Remove: named } : { Add: named, Remove: [] };
}
