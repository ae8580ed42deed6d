import type { Reach } from "../mechanism/action.ts";
import type { Place } from "../mechanism/inventory.ts";
import { type Shareable, type Shared, sharedOne } from "../mechanism/shared.ts";
import { type SnapshotResource, snapshots } from "./kinds.ts";
import { settingsOf } from "./settings.ts";

/** A snapshot of another account, shared with the one that asks. */
export type SharedSnapshot = Shared<SnapshotResource>;

export const shareableSnapshots: Shareable<SnapshotResource> = {
  kind: snapshots,
  sharing: ({ createVolumePermission: { all, accounts } }, owner) => ({
    all: all && settingsOf(owner).snapshotPublicAccess !== "block-all-sharing",
    accounts,
  }),
};

/** The snapshot of an id when it is another account's and shared with this one. */
export function sharedSnapshot(
  id: string | undefined,
  place: Place,
  reach: Reach,
): Promise<SharedSnapshot | undefined> {
  return sharedOne(shareableSnapshots, id, place, reach);
}
