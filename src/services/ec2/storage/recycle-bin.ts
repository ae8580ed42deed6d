import type {
  ListImagesInRecycleBinCommandInput,
  ListImagesInRecycleBinCommandOutput,
  ListSnapshotsInRecycleBinCommandInput,
  ListSnapshotsInRecycleBinCommandOutput,
  RestoreImageFromRecycleBinCommandInput,
  RestoreSnapshotFromRecycleBinCommandInput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { images } from "../images/kinds.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { required } from "../mechanism/errors.ts";
import type { Kind } from "../mechanism/kind.ts";
import { pageOf } from "../mechanism/paging.ts";
import { isIdOf } from "../mechanism/scope.ts";
import { snapshots } from "./kinds.ts";

const page = { min: 5, max: 1000, clamps: true };

// Recycle Bin keeps what its retention rules say. There are no rules here, so nothing is ever in it.
function refuse({ malformed, notFound, prefix }: Pick<Kind<never>, "malformed" | "notFound" | "prefix">, id: string) {
  const { code, message } = isIdOf({ prefix }, id) ? notFound : malformed;
  return new AwsError(code, message([id]));
}

const ListSnapshotsInRecycleBin: Read<
  ListSnapshotsInRecycleBinCommandInput,
  Output<ListSnapshotsInRecycleBinCommandOutput>
> = (input) => {
  const [id] = input.SnapshotIds ?? [];
  if (id !== undefined) throw refuse(snapshots, id);
  pageOf([], input, page);
  return { Snapshots: [] };
};

const ListImagesInRecycleBin: Read<ListImagesInRecycleBinCommandInput, Output<ListImagesInRecycleBinCommandOutput>> = (
  input,
) => {
  const [id] = input.ImageIds ?? [];
  if (id !== undefined) throw refuse(images, id);
  pageOf([], input, page);
  return { Images: [] };
};

const RestoreSnapshotFromRecycleBin: Write<RestoreSnapshotFromRecycleBinCommandInput, object> = ({ SnapshotId }) => {
  throw refuse(snapshots, required(SnapshotId, "snapshotId"));
};

const RestoreImageFromRecycleBin: Write<RestoreImageFromRecycleBinCommandInput, object> = ({ ImageId }) => {
  throw refuse(images, required(ImageId, "imageId"));
};

export const recycleBinActions: Actions = {
  reads: { ListSnapshotsInRecycleBin, ListImagesInRecycleBin },
  writes: { RestoreSnapshotFromRecycleBin, RestoreImageFromRecycleBin },
};
