import type {
  AttachVolumeCommandInput,
  AttachVolumeCommandOutput,
  CreateVolumeCommandInput,
  CreateVolumeCommandOutput,
  DeleteVolumeCommandInput,
  DescribeVolumesCommandInput,
  DescribeVolumesCommandOutput,
  DetachVolumeCommandInput,
  DetachVolumeCommandOutput,
  Volume,
  VolumeAttachment,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { instanceState, instances } from "../instances/kinds.ts";
import type { Actions, Output, PreparedWrite, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidCombination, invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { since, stateAt, wholeSeconds } from "../mechanism/timeline.ts";
import { type Zone, zoneNamed, zonesOf } from "../regions.ts";
import { dataOf, noteHeir } from "./data-of.ts";
import { encryptionOf } from "./encryption.ts";
import { isFastRestored } from "./fast-restores.ts";
import {
  attachmentsAt,
  checkReadable,
  snapshots,
  type VolumeAttachmentResource,
  type VolumeResource,
  volumeState,
  volumes,
} from "./kinds.ts";
import { type SharedSnapshot, sharedSnapshot } from "./shared-snapshots.ts";
import { volumeKeyArn } from "./volume-keys.ts";
import { volumeShape } from "./volume-types.ts";

const creatingMs = 1000;
const deletingMs = 1000;
const attachingMs = 1000;
const detachingMs = 2000;

function attachmentShape(volumeId: string, attachment: VolumeAttachmentResource, now: number): VolumeAttachment {
  return {
    VolumeId: volumeId,
    InstanceId: attachment.instanceId,
    Device: attachment.device,
    State: stateAt(attachment.timeline, now),
    AttachTime: new Date(since(attachment.timeline, "attaching")),
    DeleteOnTermination: attachment.deleteOnTermination,
  };
}

const description: Description<VolumeResource, Volume> = {
  kind: volumes,
  page: { min: 5, max: 1000, clamps: true },
  idsOrPages: true,
  shape: (volume, { now }) => ({
    ...volume.facts,
    VolumeId: volume.id,
    State: volumeState(volume, now),
    CreateTime: new Date(volume.createdAt),
    Attachments: attachmentsAt(volume, now).map((attachment) => ({
      ...attachmentShape(volume.id, attachment, now),
      // In the answer to AttachVolume it has its fraction of a second (observed).
      AttachTime: wholeSeconds(since(attachment.timeline, "attaching")),
    })),
    Operator: { Managed: false },
    ...(volume.tags.length > 0 && { Tags: [...volume.tags] }),
  }),
  filters: {
    "attachment.attach-time": (volume) => volume.Attachments?.map((one) => one.AttachTime),
    "attachment.delete-on-termination": (volume) => volume.Attachments?.map((one) => one.DeleteOnTermination),
    "attachment.device": (volume) => volume.Attachments?.map((one) => one.Device),
    "attachment.instance-id": (volume) => volume.Attachments?.map((one) => one.InstanceId),
    "attachment.status": (volume) => volume.Attachments?.map((one) => one.State),
    "availability-zone": (volume) => volume.AvailabilityZone,
    "availability-zone-id": (volume) => volume.AvailabilityZoneId,
    "create-time": (volume) => volume.CreateTime,
    encrypted: (volume) => volume.Encrypted,
    "fast-restored": (volume) => volume.FastRestored ?? false,
    "multi-attach-enabled": (volume) => volume.MultiAttachEnabled,
    "operator.managed": (volume) => volume.Operator?.Managed,
    "operator.principal": (volume) => volume.Operator?.Principal,
    size: (volume) => volume.Size,
    "snapshot-id": (volume) => volume.SnapshotId,
    "source-volume-id": (volume) => volume.SourceVolumeId,
    status: (volume) => volume.State,
    "volume-id": (volume) => volume.VolumeId,
    "volume-type": (volume) => volume.VolumeType,
  },
};

function zoneOf({ AvailabilityZone, AvailabilityZoneId }: CreateVolumeCommandInput, { region }: Scope): Zone {
  if (AvailabilityZone && AvailabilityZoneId)
    throw invalidCombination("You can specify either AvailabilityZone or AvailabilityZoneId, but not both.");
  if (AvailabilityZone) return zoneNamed(region, AvailabilityZone);
  if (!AvailabilityZoneId) throw missingParameter("AvailabilityZone");
  const zone = zonesOf(region).find(({ id }) => id === AvailabilityZoneId);
  if (!zone) throw new AwsError("InvalidZone.NotFound", `The zone '${AvailabilityZoneId}' does not exist.`);
  return zone;
}

function createVolume(
  input: CreateVolumeCommandInput,
  scope: WriteScope,
  shared: SharedSnapshot | undefined,
): Output<CreateVolumeCommandOutput> {
  const zone = zoneOf(input, scope);
  const snapshot = shared?.resource ?? (input.SnapshotId ? scope.find(snapshots, input.SnapshotId) : undefined);
  if (snapshot) checkReadable(snapshot, scope.now);
  const origin = snapshot && dataOf(snapshot, shared ? { ...scope, account: shared.owner } : scope);
  const size = input.Size ?? snapshot?.facts.VolumeSize;
  if (size === undefined) throw missingParameter("size/snapshot");
  if (snapshot && size < snapshot.facts.VolumeSize)
    throw invalidValue(
      `Volume of ${size}GiB is smaller than snapshot '${snapshot.id}', expect size >= ${snapshot.facts.VolumeSize}GiB`,
    );
  if (input.MultiAttachEnabled && input.VolumeType !== "io1" && input.VolumeType !== "io2")
    throw invalidCombination(
      `The parameter MultiAttachEnabled is not supported for ${input.VolumeType ?? "gp2"} volumes.`,
    );

  const source = snapshot && { ...snapshot.facts, isElsewhere: shared !== undefined };
  const volume = scope.put(volumes, {
    id: scope.newId(volumes),
    createdAt: scope.now,
    tags: tagsFor(input.TagSpecifications, "volume"),
    facts: {
      AvailabilityZone: zone.name,
      AvailabilityZoneId: zone.id,
      SnapshotId: snapshot?.id ?? "",
      ...volumeShape({ type: input.VolumeType, size, iops: input.Iops, throughput: input.Throughput }),
      ...encryptionOf(input, source, scope),
      ...(snapshot && isFastRestored(snapshot.id, zone, scope) && { FastRestored: true }),
      MultiAttachEnabled: input.MultiAttachEnabled ?? false,
    },
    timeline: [
      ["creating", scope.now],
      ["available", scope.now + creatingMs],
    ],
    attachments: [],
    ...(origin && { dataOf: origin }),
  });
  if (shared)
    scope.derive({ type: "SharedSnapshotVolumeCreated", owner: shared.owner, snapshotId: shared.resource.id });
  if (volume.facts.Encrypted)
    scope.derive({ type: "DataKeyGenerated", ebsId: volume.id, keyArn: volumeKeyArn(volume, scope) });
  // Less than DescribeVolumes shows. Evidence: a real record of CreateVolume, 2023.
  const { Attachments: _, Operator: __, AvailabilityZoneId: ___, ...created } = description.shape(volume, scope);
  return { ...created, CreateTime: wholeSeconds(volume.createdAt) };
}

const CreateVolume: PreparedWrite<
  CreateVolumeCommandInput,
  Output<CreateVolumeCommandOutput>,
  SharedSnapshot | undefined
> = {
  async prepare({ SnapshotId }, call, reach) {
    const shared = await sharedSnapshot(SnapshotId, call, reach);
    if (shared) await noteHeir(dataOf(shared.resource, { ...call, account: shared.owner }), call, reach.state);
    return shared;
  },
  write: createVolume,
};

const DeleteVolume: Write<DeleteVolumeCommandInput, object> = ({ VolumeId }, scope) => {
  const volume = scope.find(volumes, required(VolumeId, "volumeId"));
  const attached = volume.attachments.find(({ timeline }) => since(timeline, "detached") > scope.now);
  if (attached)
    throw new AwsError("VolumeInUse", `Volume ${volume.id} is currently attached to ${attached.instanceId}`);
  if (stateAt(volume.timeline, scope.now) === "creating")
    throw new AwsError("IncorrectState", `Volume '${volume.id}' is in the 'creating' state.`);
  scope.put(volumes, {
    ...volume,
    timeline: [
      ["deleting", scope.now],
      ["deleted", scope.now + deletingMs],
    ],
  });
  return {};
};

const AttachVolume: Write<AttachVolumeCommandInput, Output<AttachVolumeCommandOutput>> = (input, scope) => {
  const device = required(input.Device, "device");
  const volume = scope.find(volumes, required(input.VolumeId, "volumeId"));
  const instance = scope.find(instances, required(input.InstanceId, "instanceId"));
  const state = volumeState(volume, scope.now);
  const others = attachmentsAt(volume, scope.now);
  if (state === "in-use" && !(volume.facts.MultiAttachEnabled && others.length < 16))
    throw new AwsError("VolumeInUse", `${volume.id} is already attached to an instance`);
  if (state !== "in-use" && state !== "available")
    throw new AwsError("IncorrectState", `${volume.id} is not 'available'.`);
  if (!["running", "stopped"].includes(instanceState(instance, scope.now)))
    throw new AwsError("IncorrectState", `Instance '${instance.id}' is not 'running'.`);
  if (instance.facts.Placement.AvailabilityZone !== volume.facts.AvailabilityZone)
    throw new AwsError(
      "InvalidVolume.ZoneMismatch",
      `The volume '${volume.id}' is not in the same availability zone as instance '${instance.id}'`,
    );
  const taken = scope
    .by(volumes, "instance", instance.id)
    .flatMap((other) => attachmentsAt(other, scope.now).filter(({ instanceId }) => instanceId === instance.id))
    .some((other) => other.device === device);
  if (taken)
    throw invalidValue(`Invalid value '${device}' for unixDevice. Attachment point ${device} is already in use`);

  const attachment: VolumeAttachmentResource = {
    instanceId: instance.id,
    device,
    deleteOnTermination: false,
    timeline: [
      ["attaching", scope.now],
      ["attached", scope.now + attachingMs],
    ],
  };
  scope.put(volumes, { ...volume, attachments: [...others, attachment] });
  if (volume.facts.Encrypted) {
    const keyArn = volumeKeyArn(volume, scope);
    scope.derive({ type: "VolumeKeyGranted", volumeId: volume.id, instanceId: instance.id, keyArn });
  }
  return attachmentShape(volume.id, attachment, scope.now);
};

const DetachVolume: Write<DetachVolumeCommandInput, Output<DetachVolumeCommandOutput>> = (input, scope) => {
  const volume = scope.find(volumes, required(input.VolumeId, "volumeId"));
  const held = attachmentsAt(volume, scope.now);
  const [attachment, second] = held.filter(
    ({ instanceId, device }) =>
      (input.InstanceId === undefined || input.InstanceId === instanceId) &&
      (input.Device === undefined || input.Device === device),
  );
  if (held.length === 0)
    throw new AwsError("IncorrectState", `Volume '${volume.id}' is in the '${volumeState(volume, scope.now)}' state.`);
  if (!attachment) {
    if (input.InstanceId !== undefined) scope.find(instances, input.InstanceId);
    throw new AwsError(
      "InvalidAttachment.NotFound",
      `The volume '${volume.id}' is not attached to instance '${input.InstanceId ?? ""}' as device '${input.Device ?? ""}'.`,
    );
  }
  if (second) throw missingParameter("InstanceId");
  const instance = scope.get(instances, attachment.instanceId);
  if (instance?.facts.RootDeviceName === attachment.device && instanceState(instance, scope.now) !== "stopped")
    throw new AwsError(
      "OperationNotPermitted",
      `Unable to detach root volume '${volume.id}' from instance '${instance.id}'`,
    );
  const detaching: VolumeAttachmentResource = {
    ...attachment,
    timeline: [
      ["attaching", since(attachment.timeline, "attaching")],
      ["detaching", scope.now],
      ["detached", scope.now + (input.Force ? 0 : detachingMs)],
    ],
  };
  scope.put(volumes, { ...volume, attachments: held.map((one) => (one === attachment ? detaching : one)) });
  const { DeleteOnTermination: _, ...shown } = attachmentShape(volume.id, detaching, scope.now);
  return { ...shown, State: "detaching" };
};

const DescribeVolumes: Read<DescribeVolumesCommandInput, Output<DescribeVolumesCommandOutput>> = (input, scope) => {
  const { shapes, token } = describe(description, input, scope, { ids: input.VolumeIds });
  return { Volumes: shapes, ...token };
};

export const volumeActions: Actions = {
  reads: { DescribeVolumes },
  writes: { CreateVolume, DeleteVolume, AttachVolume, DetachVolume },
};
