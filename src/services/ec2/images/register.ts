import type {
  BlockDeviceMapping,
  DeregisterImageCommandInput,
  DeregisterImageCommandOutput,
  RegisterImageCommandInput,
  RegisterImageCommandOutput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, PreparedWrite, Write } from "../mechanism/action.ts";
import { required } from "../mechanism/errors.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { notShared } from "../mechanism/sharing.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { endFastRestores } from "../storage/fast-restores.ts";
import { snapshots } from "../storage/kinds.ts";
import { isLocked } from "../storage/locks.ts";
import type { SharedSnapshot } from "../storage/shared-snapshots.ts";
import { sharedSnapshots } from "./borrowed.ts";
import { type ImageResource, images } from "./kinds.ts";
import { checkDeregistration } from "./lifecycle.ts";
import { checkName, ownImage } from "./own.ts";

function registerImage(
  input: RegisterImageCommandInput,
  scope: WriteScope,
  shared: readonly SharedSnapshot[],
): Output<RegisterImageCommandOutput> {
  const name = required(input.Name, "name");
  checkName(name, scope);
  if (input.ImageLocation)
    throw new AwsError(
      "UnsupportedOperation",
      "Instance store-backed AMIs are not supported; give BlockDeviceMappings.",
    );
  const rootDevice = required(input.RootDeviceName, "rootDeviceName");
  const mappings = (input.BlockDeviceMappings ?? []).map((mapping) => withSnapshotSize(mapping, scope, shared));
  if (!mappings.some(({ DeviceName, Ebs }) => DeviceName === rootDevice && Ebs?.SnapshotId))
    throw new AwsError("InvalidBlockDeviceMapping", "The root device must be mapped to a snapshot");
  const image = scope.put(images, {
    id: scope.newId(images),
    createdAt: scope.now,
    tags: tagsFor(input.TagSpecifications, "image"),
    ownerId: scope.account,
    timeline: [["available", scope.now]],
    launchPermission: notShared,
    facts: {
      Name: name,
      Description: input.Description ?? "",
      ImageLocation: `${scope.account}/${name}`,
      ImageType: "machine",
      Architecture: input.Architecture ?? "i386",
      BootMode: input.BootMode,
      ImdsSupport: input.ImdsSupport,
      TpmSupport: input.TpmSupport,
      KernelId: input.KernelId,
      RamdiskId: input.RamdiskId,
      PlatformDetails: "Linux/UNIX",
      UsageOperation: "RunInstances",
      EnaSupport: input.EnaSupport ?? false,
      Hypervisor: "xen",
      RootDeviceName: rootDevice,
      RootDeviceType: "ebs",
      SriovNetSupport: input.SriovNetSupport,
      VirtualizationType: input.VirtualizationType === "hvm" ? "hvm" : "paravirtual",
      BlockDeviceMappings: mappings,
    },
  });
  return { ImageId: image.id };
}

const RegisterImage: PreparedWrite<
  RegisterImageCommandInput,
  Output<RegisterImageCommandOutput>,
  readonly SharedSnapshot[]
> = {
  prepare: ({ BlockDeviceMappings = [] }, call, reach) => sharedSnapshots(BlockDeviceMappings, call, reach),
  write: registerImage,
};

function withSnapshotSize(
  mapping: BlockDeviceMapping,
  scope: Scope,
  shared: readonly SharedSnapshot[],
): BlockDeviceMapping {
  const { Ebs } = mapping;
  if (!Ebs?.SnapshotId) return mapping;
  const other = shared.find(({ resource }) => resource.id === Ebs.SnapshotId);
  const { facts } = other?.resource ?? scope.find(snapshots, Ebs.SnapshotId);
  return {
    ...mapping,
    Ebs: {
      DeleteOnTermination: true,
      VolumeType: "standard",
      VolumeSize: facts.VolumeSize,
      Encrypted: facts.Encrypted,
      ...Ebs,
    },
  };
}

const DeregisterImage: Write<DeregisterImageCommandInput, Output<DeregisterImageCommandOutput>> = (input, scope) => {
  const image = ownImage(required(input.ImageId, "imageId"), scope);
  checkDeregistration(image, scope.now);
  scope.delete(images, image.id);
  if (!input.DeleteAssociatedSnapshots) return { Return: true };
  return { Return: true, DeleteSnapshotResults: deleteSnapshots(image, scope) };
};

function deleteSnapshots(image: ImageResource, scope: WriteScope) {
  const used = new Set(
    scope.list(images).flatMap(({ facts }) => facts.BlockDeviceMappings.map((one) => one.Ebs?.SnapshotId)),
  );
  return image.facts.BlockDeviceMappings.flatMap(({ Ebs }) => Ebs?.SnapshotId ?? []).map((SnapshotId) => {
    if (used.has(SnapshotId)) return { SnapshotId, ReturnCode: "skipped" as const };
    const snapshot = scope.get(snapshots, SnapshotId);
    if (!snapshot || isLocked(snapshot, scope.now)) return { SnapshotId, ReturnCode: "client-error" as const };
    endFastRestores(SnapshotId, scope);
    scope.delete(snapshots, SnapshotId);
    return { SnapshotId, ReturnCode: "success" as const };
  });
}

export const registerActions: Actions = { writes: { RegisterImage, DeregisterImage } };
