import { AwsError } from "../../../aws/error.ts";
import type { Place } from "../mechanism/inventory.ts";
import type { Kind, Resource } from "../mechanism/kind.ts";
import type { Sharing } from "../mechanism/sharing.ts";
import { since, stateAt, type Timeline } from "../mechanism/timeline.ts";

export type AttachmentState = "attaching" | "attached" | "detaching" | "detached";

export interface VolumeAttachmentResource {
  readonly instanceId: string;
  readonly device: string;
  readonly deleteOnTermination: boolean;
  readonly timeline: Timeline<AttachmentState>;
}

export interface VolumeFacts {
  readonly AvailabilityZone: string;
  readonly AvailabilityZoneId: string;
  readonly Size: number;
  readonly SnapshotId: string;
  readonly VolumeType: VolumeType;
  readonly Iops?: number;
  readonly Throughput?: number;
  readonly Encrypted: boolean;
  readonly KmsKeyId?: string;
  readonly MultiAttachEnabled: boolean;
  readonly FastRestored?: true;
}

/** What ModifyVolume last made of a volume. */
interface Modification {
  readonly from: VolumeFacts;
  readonly to: VolumeFacts;
  readonly timeline: Timeline<"modifying" | "optimizing" | "completed">;
}

export interface VolumeResource extends Resource {
  readonly facts: VolumeFacts;
  readonly modification?: Modification;
  /** I/O goes on by itself after the data may have become inconsistent. */
  readonly autoEnableIO?: boolean;
  /** The states of a volume by itself; while it is attached it is `in-use`. */
  readonly timeline: Timeline<"creating" | "available" | "deleting" | "deleted">;
  readonly attachments: readonly VolumeAttachmentResource[];
  /** The snapshot whose blocks it began with. */
  readonly dataOf?: PlacedSnapshot;
}

/** A snapshot wherever it is. */
export interface PlacedSnapshot extends Place {
  readonly id: string;
}

/** That a snapshot can't be deleted; times are milliseconds since 1970. */
export interface SnapshotLock {
  readonly mode: "compliance" | "governance";
  readonly createdAt: number;
  /** From when its days are counted. */
  readonly startsAt: number;
  readonly days: number;
  readonly expiresAt: number;
  /** How long a lock in compliance mode may still be taken back. */
  readonly coolOffHours?: number;
  readonly coolOffEndsAt?: number;
}

/** The last move of a snapshot between tiers; times are milliseconds since 1970. */
export interface SnapshotTiering {
  readonly operation: "archival" | "temporary-restore" | "permanent-restore";
  readonly startedAt: number;
  readonly doneAt: number;
  readonly archivedAt: number;
  /** When a restore that is under way can already be used: it was restored before. */
  readonly restoredAt?: number;
  /** When a temporary restore ends. */
  readonly expiresAt?: number;
}

export interface SnapshotResource extends Resource {
  readonly facts: {
    readonly VolumeId: string;
    readonly VolumeSize: number;
    readonly Description: string;
    readonly Encrypted: boolean;
    readonly KmsKeyId?: string;
  };
  readonly timeline: Timeline<"pending" | "completed" | "error">;
  /** The snapshot whose blocks it began with. */
  readonly dataOf?: PlacedSnapshot;
  /** It was filled through the EBS direct APIs, so it has blocks of its own. */
  readonly direct?: true;
  readonly lock?: SnapshotLock;
  readonly tiering?: SnapshotTiering;
  /** Who may make volumes of it. */
  readonly createVolumePermission: Sharing;
}

// What AWS shows as the volume of a snapshot that was made of none: a copy, or one of the EBS direct APIs.
export const noVolume = "vol-ffffffff";

export type VolumeType = "standard" | "gp2" | "gp3" | "io1" | "io2" | "st1" | "sc1";

export const volumes: Kind<VolumeResource> = {
  type: "volume",
  prefix: "vol",
  idSet: "volumeSet",
  notFound: {
    code: "InvalidVolume.NotFound",
    message: (ids) =>
      ids.length === 1 ? `The volume '${ids[0]}' does not exist.` : `The volumes '${ids.join(", ")}' do not exist.`,
  },
  malformed: {
    code: "InvalidParameterValue",
    message: ([id]) => `Value (${id}) for parameter volumeId is invalid. Expected: 'vol-...'.`,
  },
  indexes: { instance: ({ attachments }) => attachments.map(({ instanceId }) => instanceId) },
  goneAt: ({ timeline }) => since(timeline, "deleted"),
};

export const snapshots: Kind<SnapshotResource> = {
  type: "snapshot",
  prefix: "snap",
  idSet: "snapshotSet",
  notFound: {
    code: "InvalidSnapshot.NotFound",
    message: (ids) =>
      ids.length === 1 ? `The snapshot '${ids[0]}' does not exist.` : `The snapshots '${ids.join(", ")}' do not exist.`,
  },
  malformed: {
    code: "InvalidParameterValue",
    message: ([id]) => `Value (${id}) for parameter snapshotId is invalid. Expected: 'snap-...'.`,
  },
  indexes: { volume: ({ facts }) => [facts.VolumeId] },
};

/** The attachments that hold at a time: begun, and not yet ended. */
export function attachmentsAt({ attachments }: VolumeResource, now: number): VolumeAttachmentResource[] {
  return attachments.filter(({ timeline }) => since(timeline, "attaching") <= now && since(timeline, "detached") > now);
}

/** The state that a volume shows. */
export function volumeState(volume: VolumeResource, now: number) {
  const own = stateAt(volume.timeline, now);
  return own === "available" && volume.attachments.some(({ timeline }) => since(timeline, "detached") > now)
    ? "in-use"
    : own;
}

/** Where a snapshot's data is; of an archived one no volume can be made. */
export function storageTier({ tiering }: SnapshotResource, now: number): "archive" | "standard" {
  if (!tiering) return "standard";
  const { operation, doneAt, restoredAt = doneAt, expiresAt = Number.POSITIVE_INFINITY } = tiering;
  if (operation === "archival") return doneAt <= now ? "archive" : "standard";
  return restoredAt <= now && now < expiresAt ? "standard" : "archive";
}

/** Throws IncorrectState unless the snapshot can be read from: completed, and not archived. */
export function checkReadable(snapshot: SnapshotResource, now: number): void {
  if (stateAt(snapshot.timeline, now) !== "completed")
    throw new AwsError("IncorrectState", `Snapshot '${snapshot.id}' is not 'completed'.`);
  if (storageTier(snapshot, now) === "archive")
    throw new AwsError("IncorrectState", `Snapshot '${snapshot.id}' is archived.`);
}
