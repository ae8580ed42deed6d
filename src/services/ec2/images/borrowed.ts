import type { BlockDeviceMapping } from "@aws-sdk/client-ec2";
import type { AccountId } from "../../../aws/names.ts";
import type { Reach } from "../mechanism/action.ts";
import type { Place } from "../mechanism/inventory.ts";
import { sharedOne } from "../mechanism/shared.ts";
import { dataOf, noteHeir } from "../storage/data-of.ts";
import { snapshots } from "../storage/kinds.ts";
import { type SharedSnapshot, sharedSnapshot } from "../storage/shared-snapshots.ts";
import { type ImageResource, images, shareableImages } from "./kinds.ts";

/** What a launch takes from other accounts: their image, and snapshots, which an image's owner lends with it. */
export interface Borrowed {
  readonly image?: ImageResource;
  readonly snapshots: readonly SharedSnapshot[];
}

const snapshotIds = (mappings: readonly BlockDeviceMapping[]) =>
  mappings.flatMap(({ Ebs }) => (Ebs?.SnapshotId ? [Ebs.SnapshotId] : []));

/** Other accounts' snapshots of block device mappings: those shared with this one. */
export async function sharedSnapshots(
  mappings: readonly BlockDeviceMapping[],
  place: Place,
  reach: Reach,
): Promise<SharedSnapshot[]> {
  const found = await Promise.all(snapshotIds(mappings).map((id) => sharedSnapshot(id, place, reach)));
  return found.flatMap((snapshot) => snapshot ?? []);
}

/** An image's own snapshots, in its owner's account. */
async function lentWith(image: ImageResource, owner: AccountId, { region }: Place, { inventory }: Reach) {
  return inventory.read({ account: owner, region }, (tables) =>
    snapshotIds(image.facts.BlockDeviceMappings).flatMap((id): SharedSnapshot[] => {
      const resource = tables.get(snapshots, id);
      return resource ? [{ owner, resource }] : [];
    }),
  );
}

interface Launch {
  readonly ImageId?: string | undefined;
  readonly BlockDeviceMappings?: readonly BlockDeviceMapping[] | undefined;
}

/** Finds what a launch takes from other accounts. */
export async function borrowedFor(launch: Launch, place: Place, reach: Reach): Promise<Borrowed> {
  const { ImageId: id, BlockDeviceMappings = [] } = launch;
  const shared = await sharedOne(shareableImages, id, place, reach);
  const own = id === undefined ? undefined : await reach.inventory.read(place, (tables) => tables.get(images, id));
  const lent = shared ? await lentWith(shared.resource, shared.owner, place, reach) : [];
  const named = [...(own?.facts.BlockDeviceMappings ?? []), ...BlockDeviceMappings];
  const all = [...lent, ...(await sharedSnapshots(named, place, reach))];
  for (const { owner, resource } of all)
    await noteHeir(dataOf(resource, { ...place, account: owner }), place, reach.state);
  return { ...(shared && { image: shared.resource }), snapshots: all };
}
