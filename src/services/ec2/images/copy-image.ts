import type { BlockDeviceMapping, CopyImageCommandInput, CopyImageCommandOutput } from "@aws-sdk/client-ec2";
import type { Call } from "../../../aws/call.ts";
import { AwsError } from "../../../aws/error.ts";
import type { Region } from "../../../aws/names.ts";
import type { Actions, Output, PreparedWrite, Reach } from "../mechanism/action.ts";
import { required } from "../mechanism/errors.ts";
import { isIdOf, type WriteScope } from "../mechanism/scope.ts";
import { sharedOne } from "../mechanism/shared.ts";
import { notShared } from "../mechanism/sharing.ts";
import { tagsFor, withTags } from "../mechanism/tagging.ts";
import { type CopySource, copySnapshot, copySource, sourceRegion } from "../storage/copy-snapshot.ts";
import { noVolume } from "../storage/kinds.ts";
import { type ImageResource, imageState, images, shareableImages } from "./kinds.ts";
import { checkName } from "./own.ts";
import { publicImages } from "./public-images.ts";

const copyingMs = 5000;

interface Source {
  readonly image: ImageResource;
  readonly region: Region;
  readonly snapshots: ReadonlyMap<string, CopySource>;
}

async function imageIn(region: Region, id: string, call: Call, reach: Reach): Promise<ImageResource> {
  if (!isIdOf(images, id)) throw new AwsError(images.malformed.code, images.malformed.message([id]));
  const place = { account: call.account, region };
  const own = await reach.inventory.read(place, (tables) => tables.get(images, id));
  const image =
    own ??
    (await sharedOne(shareableImages, id, place, reach))?.resource ??
    publicImages(region).find((one) => one.id === id);
  if (!image) throw new AwsError(images.notFound.code, images.notFound.message([id]));
  if (imageState(image, reach.clock.now()) !== "available")
    throw new AwsError("InvalidAMIID.Unavailable", `The image ID '${id}' is not available`);
  return image;
}

/** An image and its snapshots; those of another account must be shared, too, but for the public images of AWS. */
async function sourceOf(input: CopyImageCommandInput, call: Call, reach: Reach): Promise<Source> {
  const region = sourceRegion(input.SourceRegion);
  const image = await imageIn(region, required(input.SourceImageId, "sourceImageId"), call, reach);
  const isAws = publicImages(region).includes(image);
  const snapshots = new Map<string, CopySource>();
  for (const { Ebs } of image.facts.BlockDeviceMappings) {
    const { SnapshotId: id, VolumeSize = 1 } = Ebs ?? {};
    if (!id) continue;
    const facts = { VolumeId: noVolume, VolumeSize, Description: "", Encrypted: false };
    const source = isAws ? { region, snapshot: { id, facts } } : await copySource(id, region, call, reach);
    if (!source) throw new AwsError("InvalidRequest", "You do not have permission to access the storage of this ami");
    snapshots.set(id, source);
  }
  return { image, region, snapshots };
}

function copyImage(
  input: CopyImageCommandInput,
  scope: WriteScope,
  { image: source, region, snapshots }: Source,
): Output<CopyImageCommandOutput> {
  const name = required(input.Name, "name");
  checkName(name, scope);
  const id = scope.newId(images);
  const allowed = ["image", "snapshot"];
  const copied = (mapping: BlockDeviceMapping): BlockDeviceMapping => {
    const from = snapshots.get(mapping.Ebs?.SnapshotId ?? "");
    if (!from) return mapping;
    const Description = `Copied for DestinationAmi ${id} from SourceAmi ${source.id} for SourceSnapshot ${from.snapshot.id}. Task created on ${scope.now}.`;
    const { Encrypted, KmsKeyId } = input;
    const tags = tagsFor(input.TagSpecifications, "snapshot", allowed);
    const copy = copySnapshot(from, { Description, Encrypted, KmsKeyId }, tags, scope);
    const { KmsKeyId: _, ...ebs } = mapping.Ebs ?? {};
    return { ...mapping, Ebs: { ...ebs, SnapshotId: copy.id, Encrypted: copy.facts.Encrypted } };
  };
  const ownTags = input.CopyImageTags ? source.tags.filter(({ Key }) => !Key.startsWith("aws:")) : [];
  scope.put(images, {
    id,
    createdAt: scope.now,
    tags: withTags(ownTags, tagsFor(input.TagSpecifications, "image", allowed)),
    ownerId: scope.account,
    timeline: [
      ["pending", scope.now],
      ["available", scope.now + copyingMs],
    ],
    launchPermission: notShared,
    facts: {
      ...source.facts,
      Name: name,
      Description: input.Description ?? "",
      ImageLocation: `${scope.account}/${name}`,
      SourceImageId: source.id,
      SourceImageRegion: region,
      BlockDeviceMappings: source.facts.BlockDeviceMappings.map(copied),
    },
  });
  return { ImageId: id };
}

const CopyImage: PreparedWrite<CopyImageCommandInput, Output<CopyImageCommandOutput>, Source> = {
  prepare: sourceOf,
  write: copyImage,
};

export const copyImageActions: Actions = { writes: { CopyImage } };
