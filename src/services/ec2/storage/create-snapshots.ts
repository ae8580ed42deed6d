import type { CreateSnapshotsCommandInput, CreateSnapshotsCommandOutput } from "@aws-sdk/client-ec2";
import { instances } from "../instances/kinds.ts";
import { blockDevices } from "../instances/shape.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import { tagsFor, withTags } from "../mechanism/tagging.ts";
import { volumes } from "./kinds.ts";
import { takeSnapshot } from "./snapshots.ts";

/** One snapshot of each volume of an instance, all of the same moment. */
const CreateSnapshots: Write<CreateSnapshotsCommandInput, Output<CreateSnapshotsCommandOutput>> = (input, scope) => {
  const { InstanceId, ExcludeBootVolume, ExcludeDataVolumeIds = [] } = input.InstanceSpecification ?? {};
  if (!input.InstanceSpecification) throw missingParameter("InstanceSpecification");
  const instance = scope.find(instances, required(InstanceId, "InstanceSpecification.InstanceId"));
  if (input.CopyTagsFromSource !== undefined && input.CopyTagsFromSource !== "volume")
    throw invalidValue(`Value (${input.CopyTagsFromSource}) for parameter CopyTagsFromSource is invalid.`);
  const attached = blockDevices(instance.id, scope).map(({ DeviceName, Ebs }) => ({
    device: DeviceName,
    volume: scope.find(volumes, Ebs?.VolumeId ?? ""),
  }));
  const data = attached.filter(({ device }) => device !== instance.facts.RootDeviceName);
  const stranger = ExcludeDataVolumeIds.find((id) => !data.some(({ volume }) => volume.id === id));
  if (stranger !== undefined)
    throw invalidValue(`Volume '${stranger}' is not a data volume that is attached to instance '${instance.id}'.`);
  const chosen = (ExcludeBootVolume ? data : attached).filter(
    ({ volume }) => !ExcludeDataVolumeIds.includes(volume.id),
  );
  if (chosen.length === 0) throw invalidValue(`No volumes of instance '${instance.id}' are left to make snapshots of.`);
  const asked = tagsFor(input.TagSpecifications, "snapshot");
  const Snapshots = chosen.map(({ volume }) => {
    const copied = input.CopyTagsFromSource ? volume.tags.filter(({ Key }) => !Key.startsWith("aws:")) : [];
    const snapshot = takeSnapshot(volume, input.Description ?? "", withTags(copied, asked), scope);
    const { KmsKeyId: _, ...facts } = snapshot.facts;
    return {
      ...facts,
      SnapshotId: snapshot.id,
      OwnerId: scope.account,
      State: "pending" as const,
      StartTime: new Date(snapshot.createdAt),
      Progress: "",
      Tags: [...snapshot.tags],
    };
  });
  return { Snapshots };
};

export const createSnapshotsActions: Actions = { writes: { CreateSnapshots } };
