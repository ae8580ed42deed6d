import { AwsError } from "../../../aws/error.ts";
import type { Scope } from "../mechanism/scope.ts";
import { type ImageResource, images } from "./kinds.ts";
import { imagesOf } from "./launchable.ts";

/** Throws unless an image can be given the name. */
export function checkName(name: string, scope: Scope): void {
  if (!/^[A-Za-z0-9()[\] ./\-'@_]{3,128}$/.test(name))
    throw new AwsError(
      "InvalidAMIName.Malformed",
      "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', '-', '/' and '_'",
    );
  const other = scope.list(images).find(({ facts }) => facts.Name === name);
  if (other) throw new AwsError("InvalidAMIName.Duplicate", `AMI name ${name} is already in use by AMI ${other.id}`);
}

/** An image that the account owns; others' can be launched, not changed. */
export function ownImage(id: string, scope: Scope): ImageResource {
  const [image] = imagesOf([id], scope);
  if (!image || image.ownerId !== scope.account) throw new AwsError("AuthFailure", `Not authorized for image:${id}`);
  return image;
}
