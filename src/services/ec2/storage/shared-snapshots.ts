import { type AccountId, accountId, type Region } from "../../../aws/names.ts";
import type { Reach } from "../mechanism/action.ts";
import type { Place } from "../mechanism/inventory.ts";
import { type SnapshotResource, snapshots } from "./kinds.ts";

/** A snapshot of another account, shared with the one that asks. */
export interface SharedSnapshot {
  readonly owner: AccountId;
  readonly snapshot: SnapshotResource;
}

// A request names a snapshot by its id alone: this tells whose it is. Who may use it is asked of the owner's snapshot.
const ownerKey = (region: Region, id: string) => `ec2-owners/${region}/snapshot/${id}`;

/** Makes a snapshot of the place findable for other accounts. */
export async function announceSnapshot(
  id: string | undefined,
  place: Place,
  { state, inventory }: Reach,
): Promise<void> {
  if (id === undefined || !(await inventory.read(place, (tables) => tables.get(snapshots, id)))) return;
  await state.commit([{ key: ownerKey(place.region, id), value: place.account }]);
}

/** The snapshot of an id when it is another account's and shared with this one. */
export async function sharedSnapshot(
  id: string | undefined,
  { account, region }: Place,
  { state, inventory }: Reach,
): Promise<SharedSnapshot | undefined> {
  const entry = id === undefined ? undefined : await state.get(ownerKey(region, id));
  if (id === undefined || !entry || entry.value === account) return undefined;
  const owner = accountId(String(entry.value));
  const snapshot = await inventory.read({ account: owner, region }, (tables) => tables.get(snapshots, id));
  const { all, accounts } = snapshot?.createVolumePermission ?? { all: false, accounts: [] };
  return snapshot && (all || accounts.includes(account)) ? { owner, snapshot } : undefined;
}
