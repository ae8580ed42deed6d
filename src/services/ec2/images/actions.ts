import type {
  BlockDeviceMapping,
  CreateImageCommandInput,
  CreateImageCommandOutput,
  DeregisterImageCommandInput,
  DeregisterImageCommandOutput,
  DescribeImageAttributeCommandInput,
  DescribeImageAttributeCommandOutput,
  ModifyImageAttributeCommandInput,
  RegisterImageCommandInput,
  RegisterImageCommandOutput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { instanceState, instances } from "../instances/kinds.ts";
import { blockDevices } from "../instances/shape.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { invalidCombination, invalidValue, required } from "../mechanism/errors.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { flatChange, notShared, receivers, shareWith } from "../mechanism/sharing.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { snapshots, volumes } from "../storage/kinds.ts";
import { takeSnapshot } from "../storage/snapshots.ts";
import { describeImageActions } from "./describe.ts";
import { type ImageResource, images } from "./kinds.ts";
import { imagesOf } from "./launchable.ts";

const creatingMs = 5000;

function checkName(name: string, scope: Scope): void {
  if (!/^[A-Za-z0-9()[\] ./\-'@_]{3,128}$/.test(name))
    throw new AwsError(
      "InvalidAMIName.Malformed",
      "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'",
    );
  const other = scope.list(images).find(({ facts }) => facts.Name === name);
  if (other) throw new AwsError("InvalidAMIName.Duplicate", `AMI name ${name} is already in use by AMI ${other.id}`);
}

/** An image that the account owns; others' can be launched, not changed. */
function ownImage(id: string, scope: Scope): ImageResource {
  const [image] = imagesOf([id], scope);
  if (!image || image.ownerId !== scope.account) throw new AwsError("AuthFailure", `Not authorized for image:${id}`);
  return image;
}

const CreateImage: Write<CreateImageCommandInput, Output<CreateImageCommandOutput>> = (input, scope) => {
  const instance = scope.find(instances, required(input.InstanceId, "instanceId"));
  const name = required(input.Name, "name");
  checkName(name, scope);
  if (!["running", "stopping", "stopped"].includes(instanceState(instance, scope.now)))
    throw new AwsError("IncorrectState", `Instance '${instance.id}' is not 'running' or 'stopped'.`);
  const allowed = ["image", "snapshot"];
  const id = scope.newId(images);
  const mappings = blockDevices(instance.id, scope).map(({ DeviceName, Ebs }): BlockDeviceMapping => {
    const volume = scope.find(volumes, Ebs?.VolumeId ?? "");
    const snapshot = takeSnapshot(
      volume,
      `Created by CreateImage(${instance.id}) for ${id}`,
      tagsFor(input.TagSpecifications, "snapshot", allowed),
      scope,
    );
    const { Size, VolumeType, Iops, Throughput, Encrypted } = volume.facts;
    const speed = VolumeType === "gp2" ? {} : { Iops, Throughput };
    return {
      DeviceName,
      Ebs: {
        DeleteOnTermination: Ebs?.DeleteOnTermination,
        ...speed,
        SnapshotId: snapshot.id,
        VolumeSize: Size,
        VolumeType,
        Encrypted,
      },
    };
  });
  const { facts } = instance;
  scope.put(images, {
    id,
    createdAt: scope.now,
    tags: tagsFor(input.TagSpecifications, "image", allowed),
    ownerId: scope.account,
    timeline: [
      ["pending", scope.now],
      ["available", scope.now + creatingMs],
    ],
    launchPermission: notShared,
    facts: {
      Name: name,
      Description: input.Description ?? "",
      ImageLocation: `${scope.account}/${name}`,
      ImageType: "machine",
      Architecture: facts.Architecture,
      BootMode: facts.BootMode,
      ImdsSupport: imagesOfInstance(facts.ImageId, scope)?.facts.ImdsSupport,
      Platform: facts.Platform,
      PlatformDetails: facts.PlatformDetails,
      UsageOperation: facts.UsageOperation,
      EnaSupport: facts.EnaSupport,
      Hypervisor: "xen",
      RootDeviceName: facts.RootDeviceName,
      RootDeviceType: facts.RootDeviceType,
      SriovNetSupport: "simple",
      VirtualizationType: facts.VirtualizationType,
      SourceInstanceId: instance.id,
      BlockDeviceMappings: mappings,
    },
  });
  return { ImageId: id };
};

/** The image that an instance came from, when it is still there. */
function imagesOfInstance(id: string | undefined, scope: Scope): ImageResource | undefined {
  try {
    return imagesOf(id === undefined ? [] : [id], scope)[0];
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

const RegisterImage: Write<RegisterImageCommandInput, Output<RegisterImageCommandOutput>> = (input, scope) => {
  const name = required(input.Name, "name");
  checkName(name, scope);
  if (input.ImageLocation)
    throw new AwsError(
      "UnsupportedOperation",
      "Instance store-backed AMIs are not supported; give BlockDeviceMappings.",
    );
  const rootDevice = required(input.RootDeviceName, "rootDeviceName");
  const mappings = (input.BlockDeviceMappings ?? []).map((mapping) => withSnapshotSize(mapping, scope));
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
};

function withSnapshotSize(mapping: BlockDeviceMapping, scope: Scope): BlockDeviceMapping {
  const { Ebs } = mapping;
  if (!Ebs?.SnapshotId) return mapping;
  const { facts } = scope.find(snapshots, Ebs.SnapshotId);
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
    scope.delete(snapshots, SnapshotId);
    return { SnapshotId, ReturnCode: "success" as const };
  });
}

const ModifyImageAttribute: Write<ModifyImageAttributeCommandInput, object> = (input, scope) => {
  const image = ownImage(required(input.ImageId, "imageId"), scope);
  const description = input.Description?.Value ?? (input.Attribute === "description" ? input.Value : undefined);
  const { Add = [], Remove = [] } = input.LaunchPermission ?? flatChange(input, input.UserGroups);
  if (description === undefined && Add.length + Remove.length === 0)
    throw invalidCombination("No attributes specified.");
  scope.put(images, {
    ...image,
    facts: { ...image.facts, ...(description !== undefined && { Description: description }) },
    launchPermission: shareWith(image.launchPermission, Add, Remove),
  });
  return {};
};

const DescribeImageAttribute: Read<DescribeImageAttributeCommandInput, Output<DescribeImageAttributeCommandOutput>> = (
  input,
  scope,
) => {
  const { id, facts, launchPermission } = ownImage(required(input.ImageId, "imageId"), scope);
  switch (required(input.Attribute, "attribute")) {
    case "launchPermission":
      return { ImageId: id, LaunchPermissions: receivers(launchPermission) };
    case "description":
      return { ImageId: id, Description: { Value: facts.Description } };
    case "blockDeviceMapping":
      return { ImageId: id, BlockDeviceMappings: facts.BlockDeviceMappings };
    case "bootMode":
      return { ImageId: id, BootMode: { Value: facts.BootMode } };
    case "imdsSupport":
      return { ImageId: id, ImdsSupport: { Value: facts.ImdsSupport } };
    case "kernel":
      return { ImageId: id, KernelId: { Value: facts.KernelId } };
    case "ramdisk":
      return { ImageId: id, RamdiskId: { Value: facts.RamdiskId } };
    case "sriovNetSupport":
      return { ImageId: id, SriovNetSupport: { Value: facts.SriovNetSupport } };
    case "tpmSupport":
      return { ImageId: id, TpmSupport: { Value: facts.TpmSupport } };
    case "productCodes":
      return { ImageId: id, ProductCodes: [] };
    default:
      throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
  }
};

export const imageActions: readonly Actions[] = [
  describeImageActions,
  {
    reads: { DescribeImageAttribute },
    writes: { CreateImage, RegisterImage, DeregisterImage, ModifyImageAttribute },
  },
];
