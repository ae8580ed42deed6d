import type {
  CreateSnapshotCommandInput,
  CreateSnapshotCommandOutput,
  DeleteSnapshotCommandInput,
  DescribeSnapshotAttributeCommandInput,
  DescribeSnapshotAttributeCommandOutput,
  DescribeSnapshotsCommandInput,
  DescribeSnapshotsCommandOutput,
  ModifySnapshotAttributeCommandInput,
  ResetSnapshotAttributeCommandInput,
  Snapshot,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { images } from "../images/kinds.ts";
import type { Actions, Output, PreparedWrite, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidCombination, invalidValue, required } from "../mechanism/errors.ts";
import type { StoredTag } from "../mechanism/kind.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { flatChange, notShared, receivers, shareWith } from "../mechanism/sharing.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { since, stateAt } from "../mechanism/timeline.ts";
import { type SnapshotResource, snapshots, type VolumeResource, volumeState, volumes } from "./kinds.ts";
import { announceSnapshot } from "./shared-snapshots.ts";

const snapshotMs = 3000;

/** Percent of the way from pending to completed. */
function progress({ timeline }: SnapshotResource, now: number): number {
  const [start, end] = [since(timeline, "pending"), since(timeline, "completed")];
  return now >= end ? 100 : Math.floor((100 * (now - start)) / (end - start));
}

const description: Description<SnapshotResource, Snapshot> = {
  kind: snapshots,
  page: { min: 5, max: 1000, clamps: true },
  idsOrPages: true,
  shape: (snapshot, { account, now }) => ({
    ...snapshot.facts,
    SnapshotId: snapshot.id,
    OwnerId: account,
    State: stateAt(snapshot.timeline, now),
    StartTime: new Date(snapshot.createdAt),
    Progress: `${progress(snapshot, now)}%`,
    StorageTier: "standard",
    Tags: snapshot.tags.length > 0 ? [...snapshot.tags] : undefined,
  }),
  filters: {
    description: (snapshot) => snapshot.Description,
    encrypted: (snapshot) => snapshot.Encrypted,
    "owner-alias": (snapshot) => snapshot.OwnerAlias,
    "owner-id": (snapshot) => snapshot.OwnerId,
    progress: (snapshot) => snapshot.Progress,
    "snapshot-id": (snapshot) => snapshot.SnapshotId,
    "start-time": (snapshot) => snapshot.StartTime,
    status: (snapshot) => snapshot.State,
    "storage-tier": (snapshot) => snapshot.StorageTier,
    "transfer-type": (snapshot) => snapshot.TransferType,
    "volume-id": (snapshot) => snapshot.VolumeId,
    "volume-size": (snapshot) => snapshot.VolumeSize,
  },
};

/** A new snapshot of a volume, also for CreateImage. */
export function takeSnapshot(
  volume: VolumeResource,
  Description: string,
  tags: readonly StoredTag[],
  scope: WriteScope,
): SnapshotResource {
  const { Size, Encrypted, KmsKeyId } = volume.facts;
  return scope.put(snapshots, {
    id: scope.newId(snapshots),
    createdAt: scope.now,
    tags,
    facts: {
      VolumeId: volume.id,
      VolumeSize: Size,
      Description,
      Encrypted,
      ...(KmsKeyId !== undefined && { KmsKeyId }),
    },
    timeline: [
      ["pending", scope.now],
      ["completed", scope.now + snapshotMs],
    ],
    ...(volume.dataOf && { dataOf: volume.dataOf }),
    createVolumePermission: notShared,
  });
}

const CreateSnapshot: Write<CreateSnapshotCommandInput, Output<CreateSnapshotCommandOutput>> = (input, scope) => {
  const volume = scope.find(volumes, required(input.VolumeId, "volumeId"));
  const state = volumeState(volume, scope.now);
  if (state !== "available" && state !== "in-use")
    throw new AwsError("IncorrectState", `Volume '${volume.id}' is in the '${state}' state.`);
  const tags = tagsFor(input.TagSpecifications, "snapshot");
  const snapshot = takeSnapshot(volume, input.Description ?? "", tags, scope);
  const { StorageTier: _, ...created } = description.shape(snapshot, scope);
  return { ...created, Progress: "" };
};

const DeleteSnapshot: Write<DeleteSnapshotCommandInput, object> = ({ SnapshotId }, scope) => {
  const { id } = scope.find(snapshots, required(SnapshotId, "snapshotId"));
  const user = scope
    .list(images)
    .find(({ facts }) => facts.BlockDeviceMappings.some(({ Ebs }) => Ebs?.SnapshotId === id));
  if (user) throw new AwsError("InvalidSnapshot.InUse", `The snapshot ${id} is currently in use by ${user.id}`);
  scope.delete(snapshots, id);
  return {};
};

const DescribeSnapshots: Read<DescribeSnapshotsCommandInput, Output<DescribeSnapshotsCommandOutput>> = (
  input,
  scope,
) => {
  const { OwnerIds, RestorableByUserIds } = input;
  const own = !OwnerIds?.length || OwnerIds.some((owner) => owner === "self" || owner === scope.account);
  const restorable = ({ createVolumePermission: { all, accounts } }: SnapshotResource) =>
    !RestorableByUserIds?.length ||
    RestorableByUserIds.some((user) =>
      user === "all" ? all : user === "self" || user === scope.account || accounts.includes(user),
    );
  const named = input.SnapshotIds?.length ? scope.findAll(snapshots, input.SnapshotIds) : undefined;
  const { shapes, token } = describe(description, input, scope, {
    among: () => (own ? (named ?? scope.list(snapshots)).filter(restorable) : []),
  });
  return { Snapshots: shapes, ...token };
};

function modifySnapshotAttribute(input: ModifySnapshotAttributeCommandInput, scope: WriteScope): object {
  const snapshot = scope.find(snapshots, required(input.SnapshotId, "snapshotId"));
  if (input.Attribute !== undefined && input.Attribute !== "createVolumePermission")
    throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
  const { Add = [], Remove = [] } = input.CreateVolumePermission ?? flatChange(input, input.GroupNames);
  if (Add.length + Remove.length === 0) throw invalidCombination("No attributes specified.");
  const createVolumePermission = shareWith(snapshot.createVolumePermission, Add, Remove);
  if (createVolumePermission.all && snapshot.facts.Encrypted)
    throw new AwsError("OperationNotPermitted", "Encrypted snapshots cannot be shared publicly");
  scope.put(snapshots, { ...snapshot, createVolumePermission });
  return {};
}

const ModifySnapshotAttribute: PreparedWrite<ModifySnapshotAttributeCommandInput, object, void> = {
  prepare: ({ SnapshotId }, call, reach) => announceSnapshot(SnapshotId, call, reach),
  write: modifySnapshotAttribute,
};

const ResetSnapshotAttribute: Write<ResetSnapshotAttributeCommandInput, object> = (input, scope) => {
  const snapshot = scope.find(snapshots, required(input.SnapshotId, "snapshotId"));
  if (required(input.Attribute, "attribute") !== "createVolumePermission")
    throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
  scope.put(snapshots, { ...snapshot, createVolumePermission: notShared });
  return {};
};

const DescribeSnapshotAttribute: Read<
  DescribeSnapshotAttributeCommandInput,
  Output<DescribeSnapshotAttributeCommandOutput>
> = (input, scope) => {
  const { id, createVolumePermission } = scope.find(snapshots, required(input.SnapshotId, "snapshotId"));
  switch (required(input.Attribute, "attribute")) {
    case "createVolumePermission":
      return { SnapshotId: id, CreateVolumePermissions: receivers(createVolumePermission) };
    case "productCodes":
      return { SnapshotId: id, ProductCodes: [] };
    default:
      throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
  }
};

export const snapshotActions: Actions = {
  reads: { DescribeSnapshots, DescribeSnapshotAttribute },
  writes: { CreateSnapshot, DeleteSnapshot, ModifySnapshotAttribute, ResetSnapshotAttribute },
};
