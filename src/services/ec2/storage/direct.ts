import type { AccountId } from "../../../aws/names.ts";
import type { State } from "../../../storage/state/state.ts";
import type { Inventory, Place } from "../mechanism/inventory.ts";
import type { StoredTag } from "../mechanism/kind.ts";
import { notShared } from "../mechanism/sharing.ts";
import { since, stateAt } from "../mechanism/timeline.ts";
import { noVolume, type PlacedSnapshot, type SnapshotResource, snapshots, volumes } from "./kinds.ts";
import { sharedSnapshot } from "./shared-snapshots.ts";

/** A snapshot as the EBS direct APIs see it. */
export interface DirectSnapshot {
  readonly id: string;
  readonly owner: AccountId;
  readonly state: "pending" | "completed" | "error";
  readonly isPublic: boolean;
  readonly volumeId: string;
  /** GiB. */
  readonly volumeSize: number;
  readonly description: string;
  readonly tags: readonly StoredTag[];
  readonly kmsKeyId?: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** The snapshot that has the blocks which this one began with. */
  readonly dataOf?: PlacedSnapshot;
}

/** What a snapshot begins with that is filled through the EBS direct APIs. */
export interface StartedSnapshot extends Pick<DirectSnapshot, "id" | "volumeSize" | "description" | "tags"> {
  readonly encrypted: boolean;
  readonly kmsKeyId?: string;
  readonly dataOf?: PlacedSnapshot;
  /** When it fails unless it is completed; milliseconds since 1970. */
  readonly until: number;
}

/** EC2's snapshots for the EBS direct APIs. */
export interface DirectSnapshots {
  /** The account's own snapshot of the id, or one that is shared with it. */
  find(place: Place, id: string): Promise<DirectSnapshot | undefined>;
  start(place: Place, started: StartedSnapshot): Promise<void>;
  /** Puts off when a pending snapshot fails. */
  keepOpen(place: Place, id: string, until: number): Promise<void>;
  complete(place: Place, id: string): Promise<void>;
  /** Whether the snapshot is there, or something in the place that began with its blocks. */
  isNeeded(snapshot: PlacedSnapshot, place: Place): Promise<boolean>;
}

const isThat = (wanted: PlacedSnapshot, found: PlacedSnapshot | undefined): boolean =>
  found?.id === wanted.id && found.account === wanted.account && found.region === wanted.region;

export function directSnapshots(
  inventory: Inventory,
  { state, clock }: { readonly state: State; readonly clock: { now(): number } },
): DirectSnapshots {
  const shown = (owner: AccountId, { id, facts, timeline, ...snapshot }: SnapshotResource): DirectSnapshot => ({
    id,
    owner,
    state: stateAt(timeline, clock.now()),
    isPublic: snapshot.createVolumePermission.all,
    volumeId: facts.VolumeId,
    volumeSize: facts.VolumeSize,
    description: facts.Description,
    tags: snapshot.tags,
    createdAt: snapshot.createdAt,
    ...(facts.KmsKeyId !== undefined && { kmsKeyId: facts.KmsKeyId }),
    ...(snapshot.dataOf && { dataOf: snapshot.dataOf }),
  });

  /** Changes a snapshot that is still pending. */
  async function whilePending(place: Place, id: string, timeline: SnapshotResource["timeline"]): Promise<void> {
    await inventory.write(place, (draft) => {
      const snapshot = draft.get(snapshots, id);
      if (!snapshot || stateAt(snapshot.timeline, clock.now()) !== "pending") return;
      draft.put(snapshots, { ...snapshot, timeline: [["pending", since(snapshot.timeline, "pending")], ...timeline] });
    });
  }

  return {
    async find(place, id) {
      const own = await inventory.read(place, (tables) => tables.get(snapshots, id));
      if (own) return shown(place.account, own);
      const shared = await sharedSnapshot(id, place, { state, inventory, clock });
      return shared && shown(shared.owner, shared.snapshot);
    },

    async start(place, { id, volumeSize, description, tags, encrypted, kmsKeyId, dataOf, until }) {
      const now = clock.now();
      await inventory.write(place, (draft) => {
        draft.put(snapshots, {
          id,
          createdAt: now,
          tags,
          facts: {
            VolumeId: noVolume,
            VolumeSize: volumeSize,
            Description: description,
            Encrypted: encrypted,
            ...(kmsKeyId !== undefined && { KmsKeyId: kmsKeyId }),
          },
          timeline: [
            ["pending", now],
            ["error", until],
          ],
          ...(dataOf && { dataOf }),
          createVolumePermission: notShared,
        });
      });
    },

    keepOpen: (place, id, until) => whilePending(place, id, [["error", until]]),

    complete: (place, id) => whilePending(place, id, [["completed", clock.now()]]),

    isNeeded: (wanted, place) =>
      inventory.read(place, (tables) => {
        const isOwn = place.account === wanted.account && place.region === wanted.region;
        if (isOwn && tables.get(snapshots, wanted.id)) return true;
        for (const { dataOf } of tables.list(snapshots)) if (isThat(wanted, dataOf)) return true;
        for (const { facts, snapshotOwner = place.account } of tables.list(volumes))
          if (isThat(wanted, { account: snapshotOwner, region: place.region, id: facts.SnapshotId })) return true;
        return false;
      }),
  };
}
