import type {
  DescribeImageAttributeCommandInput,
  DescribeImageAttributeCommandOutput,
  ModifyImageAttributeCommandInput,
  ResetImageAttributeCommandInput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, PreparedWrite, Read, Write } from "../mechanism/action.ts";
import { invalidCombination, invalidValue, required } from "../mechanism/errors.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import { announce } from "../mechanism/shared.ts";
import { flatChange, notShared, type Receiver, receivers, shareWith } from "../mechanism/sharing.ts";
import { hasAwsKey } from "../storage/encryption.ts";
import { snapshots } from "../storage/kinds.ts";
import { settingsOf } from "../storage/settings.ts";
import { type ImageResource, images, protection, shareableImages } from "./kinds.ts";
import { ownImage } from "./own.ts";

/** What hinders sharing, with these or with everybody. */
function checkSharing({ facts }: ImageResource, added: readonly Receiver[], scope: WriteScope): void {
  if (added.length === 0) return;
  const used = facts.BlockDeviceMappings.flatMap(({ Ebs }) => scope.get(snapshots, Ebs?.SnapshotId ?? "") ?? []);
  if (used.some((snapshot) => hasAwsKey(snapshot.facts, scope)))
    throw new AwsError(
      "InvalidParameter",
      "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.",
    );
  if (!added.some(({ Group }) => Group === "all")) return;
  if (used.some((snapshot) => snapshot.facts.Encrypted))
    throw new AwsError("InvalidParameter", "Images with encrypted snapshots can't be shared publicly.");
  if (settingsOf(scope).imagePublicAccess !== "unblocked")
    throw new AwsError(
      "OperationNotPermitted",
      "Block public access for AMIs is enabled in this Region: images cannot be shared publicly",
    );
}

function modifyImageAttribute(input: ModifyImageAttributeCommandInput, scope: WriteScope): object {
  const image = ownImage(required(input.ImageId, "imageId"), scope);
  const description = input.Description?.Value ?? (input.Attribute === "description" ? input.Value : undefined);
  const { Add = [], Remove = [] } = input.LaunchPermission ?? flatChange(input, input.UserGroups);
  const imds = input.ImdsSupport?.Value ?? (input.Attribute === "imdsSupport" ? input.Value : undefined);
  if (imds !== undefined && imds !== "v2.0")
    throw invalidValue(`Value (${imds}) for parameter imdsSupport is invalid.`);
  if (description === undefined && imds === undefined && Add.length + Remove.length === 0)
    throw invalidCombination("No attributes specified.");
  checkSharing(image, Add, scope);
  scope.put(images, {
    ...image,
    facts: {
      ...image.facts,
      ...(description !== undefined && { Description: description }),
      ...(imds !== undefined && { ImdsSupport: imds }),
    },
    launchPermission: shareWith(image.launchPermission, Add, Remove),
  });
  return {};
}

const ModifyImageAttribute: PreparedWrite<ModifyImageAttributeCommandInput, object, void> = {
  prepare: ({ ImageId }, call, reach) => announce(shareableImages, ImageId, call, reach),
  write: modifyImageAttribute,
};

const ResetImageAttribute: Write<ResetImageAttributeCommandInput, object> = (input, scope) => {
  const image = ownImage(required(input.ImageId, "imageId"), scope);
  if (required(input.Attribute, "attribute") !== "launchPermission")
    throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
  scope.put(images, { ...image, launchPermission: notShared });
  return {};
};

const DescribeImageAttribute: Read<DescribeImageAttributeCommandInput, Output<DescribeImageAttributeCommandOutput>> = (
  input,
  scope,
) => {
  const image = ownImage(required(input.ImageId, "imageId"), scope);
  const { id, facts, launchPermission } = image;
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
    case "deregistrationProtection":
      return { ImageId: id, DeregistrationProtection: { Value: protection(image) } };
    case "lastLaunchedTime":
      return { ImageId: id, LastLaunchedTime: {} };
    case "productCodes":
      return { ImageId: id, ProductCodes: [] };
    default:
      throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
  }
};

export const imageAttributeActions: Actions = {
  reads: { DescribeImageAttribute },
  writes: { ModifyImageAttribute, ResetImageAttribute },
};
