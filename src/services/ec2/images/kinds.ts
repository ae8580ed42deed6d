import type { BlockDeviceMapping, Image } from "@aws-sdk/client-ec2";
import { invalidId, type Kind, type Resource } from "../mechanism/kind.ts";
import type { Sharing } from "../mechanism/sharing.ts";
import type { Timeline } from "../mechanism/timeline.ts";

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
