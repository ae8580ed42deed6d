import { AwsError } from "../../../aws/error.ts";
import { isIdOf, type Scope } from "../mechanism/scope.ts";
import { type ImageResource, imageState, images } from "./kinds.ts";
import { publicImages } from "./public-images.ts";

/** All images that the account may launch: its own, those that others share with it, and AWS's public ones. */
export function launchableImages(scope: Scope, shared: readonly ImageResource[] = []): ImageResource[] {
  return [...scope.list(images), ...shared, ...publicImages(scope.region)];
}

/** The images of ids, own, shared or public; throws the Malformed or NotFound error. */
export function imagesOf(ids: readonly string[], scope: Scope, shared: readonly ImageResource[] = []): ImageResource[] {
  const malformed = ids.find((id) => !isIdOf(images, id));
  if (malformed !== undefined) throw new AwsError(images.malformed.code, images.malformed.message([malformed]));
  const found = new Map(launchableImages(scope, shared).map((image) => [image.id, image]));
  const missing = ids.filter((id) => !found.has(id));
  if (missing.length > 0) throw new AwsError(images.notFound.code, images.notFound.message(missing));
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** An image that can be launched now. */
export function launchable(id: string, scope: Scope, shared: readonly ImageResource[] = []): ImageResource {
  const [image] = imagesOf([id], scope, shared);
  if (!image || imageState(image, scope.now) !== "available")
    throw new AwsError("InvalidAMIID.Unavailable", `The image ID '${id}' is not available`);
  return image;
}
