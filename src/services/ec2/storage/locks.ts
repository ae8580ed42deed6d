import type {
  DescribeLockedSnapshotsCommandInput,
  DescribeLockedSnapshotsCommandOutput,
  LockedSnapshotsInfo,
  LockSnapshotCommandInput,
  LockSnapshotCommandOutput,
  LockState,
  UnlockSnapshotCommandInput,
  UnlockSnapshotCommandOutput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidCombination, invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import { since } from "../mechanism/timeline.ts";
import { type SnapshotLock, type SnapshotResource, snapshots } from "./kinds.ts";

const hourMs = 60 * 60 * 1000;
const dayMs = 24 * hourMs;

type LockedSnapshot = SnapshotResource & Required<Pick<SnapshotResource, "lock">>;

function lockState({ mode, coolOffEndsAt, expiresAt }: SnapshotLock, now: number): LockState {
  if (expiresAt <= now) return "expired";
  return mode === "compliance" && coolOffEndsAt !== undefined && coolOffEndsAt > now ? "compliance-cooloff" : mode;
}

export function isLocked({ lock }: SnapshotResource, now: number): boolean {
  return lock !== undefined && lockState(lock, now) !== "expired";
}

/** Throws while the snapshot is locked. */
export function checkUnlocked(snapshot: SnapshotResource, now: number): void {
  if (isLocked(snapshot, now))
    throw new AwsError("SnapshotLocked", `The snapshot '${snapshot.id}' is locked and can't be deleted.`);
}

const description: Description<LockedSnapshot, LockedSnapshotsInfo> = {
  kind: snapshots,
  page: { min: 5, max: 1000, clamps: true },
  shape: ({ id, lock }, { account, now }) => ({
    OwnerId: account,
    SnapshotId: id,
    LockState: lockState(lock, now),
    LockDuration: lock.days,
    CoolOffPeriod: lock.coolOffHours,
    CoolOffPeriodExpiresOn: lock.coolOffEndsAt === undefined ? undefined : new Date(lock.coolOffEndsAt),
    LockCreatedOn: new Date(lock.createdAt),
    LockDurationStartTime: new Date(lock.startsAt),
    LockExpiresOn: new Date(lock.expiresAt),
  }),
  filters: { "lock-state": (one) => one.LockState },
};

function within(value: number, name: string, [min, max]: readonly [number, number]): number {
  if (value >= min && value <= max) return value;
  throw invalidValue(`Value (${value}) for parameter ${name} is invalid. Expecting a value between ${min} and ${max}.`);
}

/** The lock that a request asks for; a snapshot that isn't completed is locked from when it is. */
function lockAsked(input: LockSnapshotCommandInput, snapshot: SnapshotResource, now: number): SnapshotLock {
  const mode = required(input.LockMode, "LockMode");
  if (mode !== "compliance" && mode !== "governance")
    throw invalidValue(`Value (${mode}) for parameter LockMode is invalid.`);
  if (mode === "governance" && input.CoolOffPeriod !== undefined)
    throw invalidCombination("The parameter CoolOffPeriod is not supported for locks in governance mode.");
  const { LockDuration, ExpirationDate } = input;
  if (LockDuration !== undefined && ExpirationDate !== undefined)
    throw invalidCombination("You can specify either LockDuration or ExpirationDate, but not both.");
  const completed = since(snapshot.timeline, "completed");
  const startsAt = Number.isFinite(completed) ? Math.max(now, completed) : now;
  if (LockDuration === undefined && ExpirationDate === undefined) throw missingParameter("LockDuration");
  if (ExpirationDate && ExpirationDate.getTime() < now + dayMs)
    throw invalidValue("Value for parameter ExpirationDate is invalid. It must be at least 1 day in the future.");
  const days = LockDuration ?? Math.ceil(((ExpirationDate?.getTime() ?? 0) - startsAt) / dayMs);
  within(days, "LockDuration", [1, 36_500]);
  const hours = input.CoolOffPeriod;
  return {
    mode,
    createdAt: snapshot.lock?.createdAt ?? now,
    startsAt,
    days,
    expiresAt: ExpirationDate?.getTime() ?? startsAt + days * dayMs,
    ...(hours !== undefined && {
      coolOffHours: within(hours, "CoolOffPeriod", [1, 72]),
      coolOffEndsAt: now + hours * hourMs,
    }),
  };
}

/** In compliance mode, after the cooling-off period, a lock can only become longer. */
function checkChange({ id, lock: before }: SnapshotResource, after: SnapshotLock, now: number): void {
  if (!before || lockState(before, now) !== "compliance") return;
  if (after.mode === "compliance" && after.coolOffHours === undefined && after.expiresAt >= before.expiresAt) return;
  throw new AwsError(
    "OperationNotPermitted",
    `The snapshot '${id}' is locked in compliance mode: its lock can only be extended.`,
  );
}

const LockSnapshot: Write<LockSnapshotCommandInput, Output<LockSnapshotCommandOutput>> = (input, scope) => {
  const snapshot = scope.find(snapshots, required(input.SnapshotId, "snapshotId"));
  const lock = lockAsked(input, snapshot, scope.now);
  checkChange(snapshot, lock, scope.now);
  const { OwnerId: _, ...locked } = description.shape(
    scope.put(snapshots, { ...snapshot, lock }) as LockedSnapshot,
    scope,
  );
  return locked;
};

const UnlockSnapshot: Write<UnlockSnapshotCommandInput, Output<UnlockSnapshotCommandOutput>> = (input, scope) => {
  const { lock, ...snapshot } = scope.find(snapshots, required(input.SnapshotId, "snapshotId"));
  if (!lock) throw new AwsError("IncorrectState", `The snapshot '${snapshot.id}' is not locked.`);
  if (lockState(lock, scope.now) === "compliance")
    throw new AwsError(
      "OperationNotPermitted",
      `The snapshot '${snapshot.id}' is locked in compliance mode and can't be unlocked.`,
    );
  scope.put(snapshots, snapshot);
  return { SnapshotId: snapshot.id };
};

const DescribeLockedSnapshots: Read<
  DescribeLockedSnapshotsCommandInput,
  Output<DescribeLockedSnapshotsCommandOutput>
> = (input, scope) => {
  const asked = input.SnapshotIds?.length ? scope.findAll(snapshots, input.SnapshotIds) : scope.list(snapshots);
  const { shapes, token } = describe(description, input, scope, {
    among: () => asked.filter((snapshot): snapshot is LockedSnapshot => snapshot.lock !== undefined),
  });
  return { Snapshots: shapes, ...token };
};

export const lockActions: Actions = {
  reads: { DescribeLockedSnapshots },
  writes: { LockSnapshot, UnlockSnapshot },
};
