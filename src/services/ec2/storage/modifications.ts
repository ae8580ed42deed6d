import type {
  DescribeVolumesModificationsCommandInput,
  DescribeVolumesModificationsCommandOutput,
  ModifyVolumeCommandInput,
  ModifyVolumeCommandOutput,
  VolumeModification,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidCombination, invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import { since, stateAt } from "../mechanism/timeline.ts";
import { attachmentsAt, type VolumeFacts, type VolumeResource, volumeState, volumes } from "./kinds.ts";
import { modifiedShape } from "./volume-types.ts";

const modifyingMs = 1000;
const optimizingMs = 4000;
// Source: https://docs.aws.amazon.com/ebs/latest/userguide/modify-volume-requirements.html
const restMs = 6 * 60 * 60 * 1000;

type ModifiedVolume = VolumeResource & Required<Pick<VolumeResource, "modification">>;

const isModified = (volume: VolumeResource): volume is ModifiedVolume => volume.modification !== undefined;

function progress({ modification: { timeline } }: ModifiedVolume, now: number): number {
  const [start, end] = [since(timeline, "optimizing"), since(timeline, "completed")];
  return Math.floor(100 * Math.min(1, Math.max(0, (now - start) / (end - start))));
}

const description: Description<ModifiedVolume, VolumeModification> = {
  kind: volumes,
  page: { min: 1, max: 500, clamps: true },
  shape: (volume, { now }) => {
    const { from, to, timeline } = volume.modification;
    const ended = since(timeline, "completed");
    return {
      VolumeId: volume.id,
      ModificationState: stateAt(timeline, now),
      TargetSize: to.Size,
      TargetIops: to.Iops,
      TargetVolumeType: to.VolumeType,
      TargetThroughput: to.Throughput,
      TargetMultiAttachEnabled: to.MultiAttachEnabled,
      OriginalSize: from.Size,
      OriginalIops: from.Iops,
      OriginalVolumeType: from.VolumeType,
      OriginalThroughput: from.Throughput,
      OriginalMultiAttachEnabled: from.MultiAttachEnabled,
      Progress: progress(volume, now),
      StartTime: new Date(since(timeline, "modifying")),
      EndTime: ended <= now ? new Date(ended) : undefined,
    };
  },
  filters: {
    "modification-state": (one) => one.ModificationState,
    "original-iops": (one) => one.OriginalIops,
    "original-size": (one) => one.OriginalSize,
    "original-volume-type": (one) => one.OriginalVolumeType,
    originalMultiAttachEnabled: (one) => one.OriginalMultiAttachEnabled,
    "start-time": (one) => one.StartTime,
    "target-iops": (one) => one.TargetIops,
    "target-size": (one) => one.TargetSize,
    "target-volume-type": (one) => one.TargetVolumeType,
    targetMultiAttachEnabled: (one) => one.TargetMultiAttachEnabled,
    "volume-id": (one) => one.VolumeId,
  },
};

/** Throws when the volume can't be modified now. */
function checkReady(volume: VolumeResource, now: number): void {
  const state = volumeState(volume, now);
  if (state !== "available" && state !== "in-use")
    throw new AwsError("IncorrectState", `Volume '${volume.id}' is in the '${state}' state.`);
  if (!isModified(volume)) return;
  const { timeline } = volume.modification;
  const modification = stateAt(timeline, now);
  if (modification !== "completed")
    throw new AwsError(
      "IncorrectModificationState",
      `Cannot modify volume ${volume.id} in modification state ${modification.toUpperCase()}`,
    );
  if (now < since(timeline, "modifying") + restMs)
    throw new AwsError(
      "VolumeModificationRateExceeded",
      "You've reached the maximum modification rate per volume limit. Wait at least 6 hours between modifications per EBS volume.",
    );
}

function multiAttach(asked: boolean | undefined, volume: VolumeResource, type: string, now: number): boolean {
  if (asked === undefined || asked === volume.facts.MultiAttachEnabled) return volume.facts.MultiAttachEnabled;
  if (type !== "io2")
    throw invalidCombination(`The parameter MultiAttachEnabled can't be modified for ${type} volumes.`);
  if (!asked && attachmentsAt(volume, now).length > 1)
    throw new AwsError("IncorrectState", `Volume '${volume.id}' is attached to more than one instance.`);
  return asked;
}

const ModifyVolume: Write<ModifyVolumeCommandInput, Output<ModifyVolumeCommandOutput>> = (input, scope) => {
  const volume = scope.find(volumes, required(input.VolumeId, "volumeId"));
  const { Size, VolumeType, Iops, Throughput, MultiAttachEnabled } = input;
  if ([Size, VolumeType, Iops, Throughput, MultiAttachEnabled].every((one) => one === undefined))
    throw missingParameter("Size, VolumeType, Iops, Throughput or MultiAttachEnabled");
  checkReady(volume, scope.now);
  const from = volume.facts;
  if (Size !== undefined && Size < from.Size) throw invalidValue("New size cannot be smaller than existing size");
  const { Iops: _, Throughput: __, ...others } = from;
  const shape = modifiedShape(from, { type: VolumeType, size: Size, iops: Iops, throughput: Throughput });
  const to: VolumeFacts = {
    ...others,
    ...shape,
    MultiAttachEnabled: multiAttach(MultiAttachEnabled, volume, shape.VolumeType, scope.now),
  };
  const optimizing = scope.now + modifyingMs;
  const modified: ModifiedVolume = {
    ...volume,
    facts: to,
    modification: {
      from,
      to,
      timeline: [
        ["modifying", scope.now],
        ["optimizing", optimizing],
        ["completed", optimizing + optimizingMs],
      ],
    },
  };
  scope.put(volumes, modified);
  return { VolumeModification: description.shape(modified, scope) };
};

const DescribeVolumesModifications: Read<
  DescribeVolumesModificationsCommandInput,
  Output<DescribeVolumesModificationsCommandOutput>
> = (input, scope) => {
  const asked = input.VolumeIds?.length ? scope.findAll(volumes, input.VolumeIds) : undefined;
  const never = asked?.find((volume) => !isModified(volume));
  if (never)
    throw new AwsError("InvalidVolumeModification.NotFound", `Modification for volume '${never.id}' does not exist.`);
  const { shapes, token } = describe(description, input, scope, {
    among: () => (asked ?? scope.list(volumes)).filter(isModified),
  });
  return { VolumesModifications: shapes, ...token };
};

export const modificationActions: Actions = {
  reads: { DescribeVolumesModifications },
  writes: { ModifyVolume },
};
