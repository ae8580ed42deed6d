import type { BlockDeviceMapping, Image } from "@aws-sdk/client-ec2";
import { invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import type { Shareable } from "../mechanism/shared.ts";
import type { Sharing } from "../mechanism/sharing.ts";
import { stateAt, type Timeline } from "../mechanism/timeline.ts";

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
  /** When it goes out of the lists of others; milliseconds since 1970. */
  readonly deprecateAt?: number;
  readonly disabled?: boolean;
  /** That it can't be deregistered; with a cooldown, for a day after the protection is taken off, too. */
  readonly protection?: { readonly withCooldown: boolean; readonly offAt?: number };
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

export const shareableImages: Shareable<ImageResource> = {
  kind: images,
  sharing: ({ launchPermission }) => launchPermission,
};

/** The state that an image shows. */
export function imageState({ timeline, disabled }: ImageResource, now: number) {
  return disabled ? "disabled" : stateAt(timeline, now);
}

/** Whether an image is protected from deregistration, in AWS's words. */
export function protection({ protection: held }: ImageResource): string {
  if (!held || held.offAt !== undefined) return "disabled";
  return held.withCooldown ? "enabled-with-cooldown" : "enabled-without-cooldown";
}
