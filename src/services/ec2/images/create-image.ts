import type { BlockDeviceMapping, CreateImageCommandInput, CreateImageCommandOutput } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { instanceState, instances } from "../instances/kinds.ts";
import { blockDevices } from "../instances/shape.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { required } from "../mechanism/errors.ts";
import type { Scope } from "../mechanism/scope.ts";
import { notShared } from "../mechanism/sharing.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { volumes } from "../storage/kinds.ts";
import { takeSnapshot } from "../storage/snapshots.ts";
import { type ImageResource, images } from "./kinds.ts";
import { imagesOf } from "./launchable.ts";
import { checkName } from "./own.ts";

const creatingMs = 5000;

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

export const createImageActions: Actions = { writes: { CreateImage } };
