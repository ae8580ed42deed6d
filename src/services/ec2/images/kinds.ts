import type { BlockDeviceMapping, Image } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import type { Scope } from "../mechanism/scope.ts";
import { isIdOf } from "../mechanism/scope.ts";
import type { Sharing } from "../mechanism/sharing.ts";
import { stateAt, type Timeline } from "../mechanism/timeline.ts";
import { publicImages } from "./public-images.ts";

/** An AMI; `ownerId` tells the account's own images from public ones. */
export interface ImageResource extends Resource {
  readonly ownerId: string;
  readonly ownerAlias?: string;
  readonly facts: Omit<
    Image,
    "ImageId" | "OwnerId" | "ImageOwnerAlias" | "State" | "Tags" | "CreationDate" | "Public" | "BlockDeviceMappings"
  > & { readonly Name: string; readonly BlockDeviceMappings: BlockDeviceMapping[] };
  readonly timeline: Timeline<"pending" | "available">;
  /** Who may launch it. */
  readonly launchPermission: Sharing;
}

export const images: Kind<ImageResource> = {
  type: "image",
  prefix: "ami",
  idSet: "imagesSet",
  notFound: {
    code: "InvalidAMIID.NotFound",
    message: (ids) =>
      ids.length === 1
        ? `The image id '[${ids[0]}]' does not exist`
        : `The image ids '[${ids.join(", ")}]' do not exist`,
  },
  malformed: { code: "InvalidAMIID.Malformed", message: invalidId("ami") },
};

/** All images that the account may launch: its own and the public ones. */
export function launchableImages(scope: Scope): ImageResource[] {
  return [...scope.list(images), ...publicImages(scope.region)];
}

/** The images of ids, own or public; throws the Malformed or NotFound error. */
export function imagesOf(ids: readonly string[], scope: Scope): ImageResource[] {
  const malformed = ids.find((id) => !isIdOf(images, id));
  if (malformed !== undefined) throw new AwsError(images.malformed.code, images.malformed.message([malformed]));
  const found = new Map(launchableImages(scope).map((image) => [image.id, image]));
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length > 0) throw new AwsError(images.notFound.code, images.notFound.message(missing));
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** An image that can be launched now. */
export function launchable(id: string, scope: Scope): ImageResource {
  const [image] = imagesOf([id], scope);
  if (!image || stateAt(image.timeline, scope.now) !== "available")
    throw new AwsError("InvalidAMIID.Unavailable", `The image ID '${id}' is not available`);
  return image;
}
