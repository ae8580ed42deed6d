import type {
  DisableImageCommandInput,
  DisableImageCommandOutput,
  DisableImageDeprecationCommandInput,
  DisableImageDeprecationCommandOutput,
  DisableImageDeregistrationProtectionCommandInput,
  DisableImageDeregistrationProtectionCommandOutput,
  EnableImageCommandInput,
  EnableImageCommandOutput,
  EnableImageDeprecationCommandInput,
  EnableImageDeprecationCommandOutput,
  EnableImageDeregistrationProtectionCommandInput,
  EnableImageDeregistrationProtectionCommandOutput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Write } from "../mechanism/action.ts";
import { invalidValue, required } from "../mechanism/errors.ts";
import { notShared } from "../mechanism/sharing.ts";
import { type ImageResource, images, protection } from "./kinds.ts";
import { ownImage } from "./own.ts";

const minuteMs = 60 * 1000;
const dayMs = 24 * 60 * minuteMs;
// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ami-deprecate.html
const deprecationLimitMs = 10 * 365.25 * dayMs;

const EnableImageDeprecation: Write<EnableImageDeprecationCommandInput, Output<EnableImageDeprecationCommandOutput>> = (
  { ImageId, DeprecateAt },
  scope,
) => {
  const image = ownImage(required(ImageId, "imageId"), scope);
  const at = required(DeprecateAt, "deprecateAt").getTime();
  if (at <= scope.now) throw invalidValue("The deprecation date can't be in the past.");
  if (at > scope.now + deprecationLimitMs)
    throw invalidValue("The deprecation date can't be more than 10 years from now.");
  scope.put(images, { ...image, deprecateAt: Math.round(at / minuteMs) * minuteMs });
  return { Return: true };
};

const DisableImageDeprecation: Write<
  DisableImageDeprecationCommandInput,
  Output<DisableImageDeprecationCommandOutput>
> = ({ ImageId }, scope) => {
  const { deprecateAt: _, ...image } = ownImage(required(ImageId, "imageId"), scope);
  scope.put(images, image);
  return { Return: true };
};

/** A disabled image can't be launched, and nobody else may use it, also when it is enabled again. */
const DisableImage: Write<DisableImageCommandInput, Output<DisableImageCommandOutput>> = ({ ImageId }, scope) => {
  const image = ownImage(required(ImageId, "imageId"), scope);
  scope.put(images, { ...image, disabled: true, launchPermission: notShared });
  return { Return: true };
};

const EnableImage: Write<EnableImageCommandInput, Output<EnableImageCommandOutput>> = ({ ImageId }, scope) => {
  const { disabled: _, ...image } = ownImage(required(ImageId, "imageId"), scope);
  scope.put(images, image);
  return { Return: true };
};

const EnableImageDeregistrationProtection: Write<
  EnableImageDeregistrationProtectionCommandInput,
  Output<EnableImageDeregistrationProtectionCommandOutput>
> = ({ ImageId, WithCooldown: withCooldown = false }, scope) => {
  const image = ownImage(required(ImageId, "imageId"), scope);
  const protectedImage = scope.put(images, { ...image, protection: { withCooldown } });
  return { Return: protection(protectedImage) };
};

const DisableImageDeregistrationProtection: Write<
  DisableImageDeregistrationProtectionCommandInput,
  Output<DisableImageDeregistrationProtectionCommandOutput>
> = ({ ImageId }, scope) => {
  const { protection: held, ...image } = ownImage(required(ImageId, "imageId"), scope);
  const cooling = held?.withCooldown && { protection: { offAt: scope.now + dayMs, ...held } };
  scope.put(images, { ...image, ...cooling });
  return { Return: cooling ? "disabled-with-cooldown" : "disabled" };
};

/** Throws while the image is protected from deregistration. */
export function checkDeregistration({ id, protection: held }: ImageResource, now: number): void {
  if (held && (held.offAt === undefined || held.offAt > now))
    throw new AwsError("OperationNotPermitted", `The image ID '${id}' is protected from deregistration.`);
}

export const imageLifecycleActions: Actions = {
  writes: {
    EnableImageDeprecation,
    DisableImageDeprecation,
    DisableImage,
    EnableImage,
    EnableImageDeregistrationProtection,
    DisableImageDeregistrationProtection,
  },
};
