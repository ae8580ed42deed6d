import { AwsError } from "../../../aws/error.ts";
import { isIdOf, type Scope } from "../mechanism/scope.ts";
import { stateAt } from "../mechanism/timeline.ts";
import { type ImageResource, images } from "./kinds.ts";
import { publicImages } from "./public-images.ts";

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
