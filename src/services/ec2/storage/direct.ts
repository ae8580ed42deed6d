import type { Clock } from "../../../aws/clock.ts";
import type { AccountId } from "../../../aws/names.ts";
import type { State } from "../../../storage/state/state.ts";
import type { Inventory, Place } from "../mechanism/inventory.ts";
import type { StoredTag } from "../mechanism/kind.ts";
import { notShared } from "../mechanism/sharing.ts";
import type { Tables } from "../mechanism/tables.ts";
import { since, stateAt } from "../mechanism/timeline.ts";
import type { CheckQuotas } from "../quotas.ts";
import { dataOf, heirPlaces } from "./data-of.ts";
import { encryptionOf } from "./encryption.ts";
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
  /** The snapshot whose blocks it shows: itself, or what it came from. */
  readonly blocksOf: PlacedSnapshot | undefined;
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
  /** Whether the snapshot is there, or anything that began with its blocks. */
  isNeeded(snapshot: PlacedSnapshot): Promise<boolean>;
}

const isThat = (wanted: PlacedSnapshot, found: PlacedSnapshot | undefined): boolean =>
  found?.id === wanted.id && found.account === wanted.account && found.region === wanted.region;

function isThere(tables: Tables, wanted: PlacedSnapshot, place: Place): boolean {
  if (tables.get(snapshots, wanted.id) && isThat(wanted, { ...place, id: wanted.id })) return true;
  for (const { dataOf } of tables.list(snapshots)) if (isThat(wanted, dataOf)) return true;
  for (const { dataOf } of tables.list(volumes)) if (isThat(wanted, dataOf)) return true;
  return false;
}

export function directSnapshots(
  inventory: Inventory,
  { state, clock, checkQuotas }: { readonly state: State; readonly clock: Clock; readonly checkQuotas: CheckQuotas },
): DirectSnapshots {
  const shown = (place: Place, snapshot: SnapshotResource): DirectSnapshot => ({
    id: snapshot.id,
    owner: place.account,
    state: stateAt(snapshot.timeline, clock.now()),
    isPublic: snapshot.createVolumePermission.all,
    volumeId: snapshot.facts.VolumeId,
    volumeSize: snapshot.facts.VolumeSize,
    description: snapshot.facts.Description,
    tags: snapshot.tags,
    createdAt: snapshot.createdAt,
    ...(snapshot.facts.KmsKeyId !== undefined && { kmsKeyId: snapshot.facts.KmsKeyId }),
    blocksOf: dataOf(snapshot, place),
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
      if (own) return shown(place, own);
      const shared = await sharedSnapshot(id, place, { state, inventory, clock });
      return shared && shown({ ...place, account: shared.owner }, shared.resource);
    },

    async start(place, { id, volumeSize, description, tags, encrypted, kmsKeyId, dataOf, until }) {
      const now = clock.now();
      await inventory.write(place, (draft) => {
        const account = { ...place, get: draft.get.bind(draft) };
        draft.put(snapshots, {
          id,
          createdAt: now,
          tags,
          facts: {
            VolumeId: noVolume,
            VolumeSize: volumeSize,
            Description: description,
            ...encryptionOf({ Encrypted: encrypted, KmsKeyId: kmsKeyId }, undefined, account),
          },
          timeline: [
            ["pending", now],
            ["error", until],
          ],
          ...(dataOf && { dataOf }),
          direct: true,
          createVolumePermission: notShared,
        });
        checkQuotas(draft, now);
      });
    },

    keepOpen: (place, id, until) => whilePending(place, id, [["error", until]]),

    complete: (place, id) => whilePending(place, id, [["completed", clock.now()]]),

    async isNeeded(wanted) {
      for (const place of await heirPlaces(wanted, state))
        if (await inventory.read(place, (tables) => isThere(tables, wanted, place))) return true;
      return false;
    },
  };
}
