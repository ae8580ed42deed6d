import type { DescribeImagesCommandInput, DescribeImagesCommandOutput, Image } from "@aws-sdk/client-ec2";
import type { Actions, Output, PreparedRead } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { sharedWith } from "../mechanism/shared.ts";
import { type ImageResource, imageState, images, protection, shareableImages } from "./kinds.ts";
import { imagesOf, launchableImages } from "./launchable.ts";

const description: Description<ImageResource, Image> = {
  kind: images,
  page: { min: 1, max: 1000, clamps: true },
  idsOrPages: true,
  shape: (image, { now, account }) => ({
    ...image.facts,
    ImageId: image.id,
    OwnerId: image.ownerId,
    ...(image.ownerAlias !== undefined && { ImageOwnerAlias: image.ownerAlias }),
    CreationDate: new Date(image.createdAt).toISOString(),
    ...(image.deprecateAt !== undefined && { DeprecationTime: new Date(image.deprecateAt).toISOString() }),
    Public: image.launchPermission.all,
    State: imageState(image, now),
    ...(image.ownerId === account && image.protection && { DeregistrationProtection: protection(image) }),
    ...(image.tags.length > 0 && { Tags: [...image.tags] }),
  }),
  filters: {
    architecture: (image) => image.Architecture,
    "block-device-mapping.delete-on-termination": (image) =>
      image.BlockDeviceMappings?.map((one) => one.Ebs?.DeleteOnTermination),
    "block-device-mapping.device-name": (image) => image.BlockDeviceMappings?.map((one) => one.DeviceName),
    "block-device-mapping.encrypted": (image) => image.BlockDeviceMappings?.map((one) => one.Ebs?.Encrypted),
    "block-device-mapping.snapshot-id": (image) => image.BlockDeviceMappings?.map((one) => one.Ebs?.SnapshotId),
    "block-device-mapping.volume-size": (image) => image.BlockDeviceMappings?.map((one) => one.Ebs?.VolumeSize),
    "block-device-mapping.volume-type": (image) => image.BlockDeviceMappings?.map((one) => one.Ebs?.VolumeType),
    "creation-date": (image) => image.CreationDate,
    description: (image) => image.Description,
    "ena-support": (image) => image.EnaSupport,
    hypervisor: (image) => image.Hypervisor,
    "image-id": (image) => image.ImageId,
    "image-type": (image) => image.ImageType,
    "is-public": (image) => image.Public,
    "kernel-id": (image) => image.KernelId,
    "manifest-location": (image) => image.ImageLocation,
    name: (image) => image.Name,
    "owner-alias": (image) => image.ImageOwnerAlias,
    "owner-id": (image) => image.OwnerId,
    platform: (image) => image.Platform,
    "product-code": (image) => image.ProductCodes?.map((one) => one.ProductCodeId),
    "product-code.type": (image) => image.ProductCodes?.map((one) => one.ProductCodeType),
    "ramdisk-id": (image) => image.RamdiskId,
    "root-device-name": (image) => image.RootDeviceName,
    "root-device-type": (image) => image.RootDeviceType,
    "source-image-id": (image) => image.SourceImageId,
    "source-image-region": (image) => image.SourceImageRegion,
    "source-instance-id": (image) => image.SourceInstanceId,
    "sriov-net-support": (image) => image.SriovNetSupport,
    state: (image) => image.State,
    "state-reason-code": (image) => image.StateReason?.Code,
    "state-reason-message": (image) => image.StateReason?.Message,
    "virtualization-type": (image) => image.VirtualizationType,
  },
};

const DescribeImages: PreparedRead<
  DescribeImagesCommandInput,
  Output<DescribeImagesCommandOutput>,
  readonly ImageResource[]
> = {
  async prepare({ Owners }, call, reach) {
    const onlyOwn = Owners?.length && Owners.every((owner) => owner === "self" || owner === call.account);
    const shared = onlyOwn ? [] : await sharedWith(shareableImages, call, reach);
    return shared.map(({ resource }) => resource);
  },
  read(input, scope, shared) {
    const { ImageIds, Owners, ExecutableUsers } = input;
    const owned = ({ ownerId, ownerAlias }: ImageResource) =>
      !Owners?.length ||
      Owners.some((owner) =>
        owner === "self" ? ownerId === scope.account : owner === ownerId || owner === ownerAlias,
      );
    const executable = ({ launchPermission: { all, accounts } }: ImageResource) =>
      !ExecutableUsers?.length ||
      ExecutableUsers.some((user) =>
        user === "all" ? all : accounts.includes(user === "self" ? scope.account : user),
      );
    const hidden = ({ ownerId, disabled, deprecateAt = Number.POSITIVE_INFINITY }: ImageResource) =>
      (disabled && !input.IncludeDisabled) ||
      (deprecateAt <= scope.now && !input.IncludeDeprecated && ownerId !== scope.account);
    const asked = ImageIds?.length ? imagesOf(ImageIds, scope, shared) : launchableImages(scope, shared);
    const { shapes, token } = describe(description, input, scope, {
      among: () => asked.filter((image) => owned(image) && executable(image) && !hidden(image)),
    });
    return { Images: shapes, ...token };
  },
};

export const describeImageActions: Actions = { reads: { DescribeImages } };
