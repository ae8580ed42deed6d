import type {
  DescribeSnapshotTierStatusCommandInput,
  DescribeSnapshotTierStatusCommandOutput,
  ModifySnapshotTierCommandInput,
  ModifySnapshotTierCommandOutput,
  RestoreSnapshotTierCommandInput,
  RestoreSnapshotTierCommandOutput,
  SnapshotTierStatus,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidCombination, invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import { stateAt } from "../mechanism/timeline.ts";
import { endFastRestores } from "./fast-restores.ts";
import { type SnapshotResource, type SnapshotTiering, snapshots, storageTier } from "./kinds.ts";

const movingMs = 5000;
const dayMs = 24 * 60 * 60 * 1000;

const description: Description<SnapshotResource, SnapshotTierStatus> = {
  kind: snapshots,
  page: { min: 5, max: 1000, clamps: true },
  shape: (snapshot, { account, now }) => ({
    SnapshotId: snapshot.id,
    VolumeId: snapshot.facts.VolumeId,
    Status: stateAt(snapshot.timeline, now),
    OwnerId: account,
    Tags: [...snapshot.tags],
    StorageTier: storageTier(snapshot, now),
    ...(snapshot.tiering && lastTiering(snapshot.tiering, now)),
  }),
  filters: {
    "last-tiering-operation": (one) => one.LastTieringOperationStatus,
    "snapshot-id": (one) => one.SnapshotId,
    "volume-id": (one) => one.VolumeId,
  },
};

function lastTiering({ operation, startedAt, doneAt, archivedAt, expiresAt }: SnapshotTiering, now: number) {
  const done = doneAt <= now;
  return {
    LastTieringStartTime: new Date(startedAt),
    LastTieringProgress: Math.floor(100 * Math.min(1, (now - startedAt) / (doneAt - startedAt))),
    LastTieringOperationStatus: `${operation}-${done ? "completed" : "in-progress"}` as const,
    ArchivalCompleteTime: archivedAt <= now ? new Date(archivedAt) : undefined,
    RestoreExpiryTime: expiresAt !== undefined && done ? new Date(expiresAt) : undefined,
  };
}

const incorrectState = (message: string) => new AwsError("IncorrectState", message);

function checkSettled({ id, tiering }: SnapshotResource, now: number): void {
  if (tiering && tiering.doneAt > now) throw incorrectState(`The tier of snapshot '${id}' is being changed.`);
}

const ModifySnapshotTier: Write<ModifySnapshotTierCommandInput, Output<ModifySnapshotTierCommandOutput>> = (
  input,
  scope,
) => {
  const snapshot = scope.find(snapshots, required(input.SnapshotId, "snapshotId"));
  if (input.StorageTier !== undefined && input.StorageTier !== "archive")
    throw invalidValue(`Value (${input.StorageTier}) for parameter StorageTier is invalid.`);
  if (stateAt(snapshot.timeline, scope.now) !== "completed")
    throw incorrectState(`Snapshot '${snapshot.id}' is not 'completed'.`);
  checkSettled(snapshot, scope.now);
  if (storageTier(snapshot, scope.now) === "archive")
    throw incorrectState(`Snapshot '${snapshot.id}' is already archived.`);
  const doneAt = scope.now + movingMs;
  const tiering = { operation: "archival", startedAt: scope.now, doneAt, archivedAt: doneAt } as const;
  scope.put(snapshots, { ...snapshot, tiering });
  endFastRestores(snapshot.id, scope);
  return { SnapshotId: snapshot.id, TieringStartTime: new Date(scope.now) };
};

const RestoreSnapshotTier: Write<RestoreSnapshotTierCommandInput, Output<RestoreSnapshotTierCommandOutput>> = (
  input,
  scope,
) => {
  const snapshot = scope.find(snapshots, required(input.SnapshotId, "snapshotId"));
  const { TemporaryRestoreDays: days, PermanentRestore: permanent = false } = input;
  if (permanent && days !== undefined)
    throw invalidCombination("You can specify either TemporaryRestoreDays or PermanentRestore, but not both.");
  if (!permanent && days === undefined) throw missingParameter("TemporaryRestoreDays or PermanentRestore");
  if (days !== undefined && (days < 1 || days > 180))
    throw invalidValue(
      `Value (${days}) for parameter TemporaryRestoreDays is invalid. Expecting a value between 1 and 180.`,
    );
  checkSettled(snapshot, scope.now);
  const isTemporary = snapshot.tiering?.expiresAt !== undefined;
  if (!snapshot.tiering || (storageTier(snapshot, scope.now) !== "archive" && !isTemporary))
    throw incorrectState(`Snapshot '${snapshot.id}' is not archived.`);
  const doneAt = scope.now + movingMs;
  scope.put(snapshots, {
    ...snapshot,
    tiering: {
      operation: permanent ? "permanent-restore" : "temporary-restore",
      startedAt: scope.now,
      doneAt,
      archivedAt: snapshot.tiering.archivedAt,
      // A snapshot that is restored already stays so while it is restored for longer.
      ...(isTemporary && storageTier(snapshot, scope.now) === "standard" && { restoredAt: scope.now }),
      ...(days !== undefined && { expiresAt: doneAt + days * dayMs }),
    },
  });
  return {
    SnapshotId: snapshot.id,
    RestoreStartTime: new Date(scope.now),
    ...(days !== undefined && { RestoreDuration: days }),
    IsPermanentRestore: permanent,
  };
};

const DescribeSnapshotTierStatus: Read<
  DescribeSnapshotTierStatusCommandInput,
  Output<DescribeSnapshotTierStatusCommandOutput>
> = (input, scope) => {
  const { shapes, token } = describe(description, input, scope);
  return { SnapshotTierStatuses: shapes, ...token };
};

export const tierActions: Actions = {
  reads: { DescribeSnapshotTierStatus },
  writes: { ModifySnapshotTier, RestoreSnapshotTier },
};
