import type {
  DescribeFastSnapshotRestoreSuccessItem,
  DescribeFastSnapshotRestoresCommandInput,
  DescribeFastSnapshotRestoresCommandOutput,
  DisableFastSnapshotRestoresCommandInput,
  DisableFastSnapshotRestoresCommandOutput,
  EnableFastSnapshotRestoresCommandInput,
  EnableFastSnapshotRestoresCommandOutput,
  FastSnapshotRestoreStateCode,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { missingParameter } from "../mechanism/errors.ts";
import type { Kind, Resource } from "../mechanism/kind.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { since, stateAt, type Timeline } from "../mechanism/timeline.ts";
import { type Zone, zoneNamed } from "../regions.ts";
import { snapshots } from "./kinds.ts";

const stepMs = 2000;

interface FastRestore extends Resource {
  readonly snapshotId: string;
  readonly zone: Zone;
  readonly timeline: Timeline<FastSnapshotRestoreStateCode>;
}

const idOf = (snapshotId: string, { name }: Zone) => `${snapshotId} ${name}`;

const nameless = { code: "InvalidParameterValue", message: () => "Fast snapshot restores have no ids" };

export const fastRestores: Kind<FastRestore> = {
  type: "fast-snapshot-restore",
  prefix: "",
  idSet: "",
  notFound: nameless,
  malformed: nameless,
  indexes: { snapshot: ({ snapshotId }) => [snapshotId] },
  goneAt: ({ timeline }) => since(timeline, "disabled"),
};

/** Whether a volume made of the snapshot in the zone is fast from the beginning. */
export function isFastRestored(snapshotId: string, zone: Zone, scope: Scope): boolean {
  const restore = scope.get(fastRestores, idOf(snapshotId, zone));
  return restore !== undefined && stateAt(restore.timeline, scope.now) === "enabled";
}

/** Ends all fast restores of a snapshot that goes away. */
export function endFastRestores(snapshotId: string, scope: WriteScope): void {
  for (const { id } of scope.by(fastRestores, "snapshot", snapshotId)) scope.delete(fastRestores, id);
}

function shape({ snapshotId, zone, timeline }: FastRestore, { account, now }: Scope) {
  const at = (state: FastSnapshotRestoreStateCode) => {
    const from = since(timeline, state);
    return from <= now ? new Date(from) : undefined;
  };
  return {
    SnapshotId: snapshotId,
    AvailabilityZone: zone.name,
    AvailabilityZoneId: zone.id,
    State: stateAt(timeline, now),
    StateTransitionReason:
      at("disabling") || at("enabled") || at("optimizing")
        ? "Client.UserInitiated - Lifecycle state transition"
        : "Client.UserInitiated",
    OwnerId: account,
    EnablingTime: at("enabling"),
    OptimizingTime: at("optimizing"),
    EnabledTime: at("enabled"),
    DisablingTime: at("disabling"),
  };
}

const description: Description<FastRestore, DescribeFastSnapshotRestoreSuccessItem> = {
  kind: fastRestores,
  page: { min: 1, max: 200, clamps: true },
  shape,
  filters: {
    "availability-zone": (restore) => restore.AvailabilityZone,
    "availability-zone-id": (restore) => restore.AvailabilityZoneId,
    "owner-id": (restore) => restore.OwnerId,
    "snapshot-id": (restore) => restore.SnapshotId,
    state: (restore) => restore.State,
  },
};

interface Request {
  readonly SourceSnapshotIds?: readonly string[] | undefined;
  readonly AvailabilityZones?: readonly string[] | undefined;
}

interface Failure {
  readonly SnapshotId: string;
  readonly FastSnapshotRestoreStateErrors: {
    AvailabilityZone: string;
    Error: { Code: string; Message: string };
  }[];
}

/** Does the work for each snapshot in each zone; what AWS refuses stands beside what succeeded. */
function eachOf(request: Request, scope: WriteScope, work: (snapshotId: string, zone: Zone) => FastRestore) {
  const { SourceSnapshotIds = [], AvailabilityZones = [] } = request;
  if (SourceSnapshotIds.length === 0) throw missingParameter("SourceSnapshotIds");
  if (AvailabilityZones.length === 0) throw missingParameter("AvailabilityZones");
  const zones = AvailabilityZones.map((name) => zoneNamed(scope.region, name));
  const Successful: ReturnType<typeof shape>[] = [];
  const Unsuccessful: Failure[] = [];
  for (const SnapshotId of SourceSnapshotIds) {
    const errors: Failure["FastSnapshotRestoreStateErrors"] = [];
    for (const zone of zones)
      try {
        scope.find(snapshots, SnapshotId);
        Successful.push(shape(scope.put(fastRestores, work(SnapshotId, zone)), scope));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        errors.push({ AvailabilityZone: zone.name, Error: { Code: error.code, Message: error.message } });
      }
    if (errors.length > 0) Unsuccessful.push({ SnapshotId, FastSnapshotRestoreStateErrors: errors });
  }
  return { Successful, Unsuccessful };
}

const EnableFastSnapshotRestores: Write<
  EnableFastSnapshotRestoresCommandInput,
  Output<EnableFastSnapshotRestoresCommandOutput>
> = (input, scope) =>
  eachOf(input, scope, (snapshotId, zone) => {
    const id = idOf(snapshotId, zone);
    const before = scope.get(fastRestores, id);
    if (before && stateAt(before.timeline, scope.now) !== "disabling") return before;
    return {
      id,
      createdAt: scope.now,
      tags: [],
      snapshotId,
      zone,
      timeline: [
        ["enabling", scope.now],
        ["optimizing", scope.now + stepMs],
        ["enabled", scope.now + 2 * stepMs],
      ],
    };
  });

const DisableFastSnapshotRestores: Write<
  DisableFastSnapshotRestoresCommandInput,
  Output<DisableFastSnapshotRestoresCommandOutput>
> = (input, scope) =>
  eachOf(input, scope, (snapshotId, zone) => {
    const before = scope.get(fastRestores, idOf(snapshotId, zone));
    if (!before)
      throw new AwsError(
        "InvalidParameterValue",
        `Fast snapshot restores are not enabled for snapshot '${snapshotId}' in '${zone.name}'.`,
      );
    if (stateAt(before.timeline, scope.now) === "disabling") return before;
    const passed = before.timeline.filter(([, from]) => from <= scope.now);
    return {
      ...before,
      timeline: [...passed, ["disabling", scope.now], ["disabled", scope.now + stepMs]],
    };
  });

const DescribeFastSnapshotRestores: Read<
  DescribeFastSnapshotRestoresCommandInput,
  Output<DescribeFastSnapshotRestoresCommandOutput>
> = (input, scope) => {
  const { shapes, token } = describe(description, input, scope);
  return { FastSnapshotRestores: shapes, ...token };
};

export const fastRestoreActions: Actions = {
  reads: { DescribeFastSnapshotRestores },
  writes: { EnableFastSnapshotRestores, DisableFastSnapshotRestores },
};
