import type { CopySnapshotCommandInput, CopySnapshotCommandOutput } from "@aws-sdk/client-ec2";
import type { Call } from "../../../aws/call.ts";
import { AwsError } from "../../../aws/error.ts";
import { region } from "../../../aws/names.ts";
import type { Actions, Output, PreparedWrite, Reach } from "../mechanism/action.ts";
import { invalidValue, required } from "../mechanism/errors.ts";
import type { Place } from "../mechanism/inventory.ts";
import { isIdOf } from "../mechanism/scope.ts";
import { notShared } from "../mechanism/sharing.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { dataOf, noteHeir } from "./data-of.ts";
import { encryptionOf } from "./encryption.ts";
import { checkReadable, noVolume, type PlacedSnapshot, type SnapshotResource, snapshots } from "./kinds.ts";
import { type SharedSnapshot, sharedSnapshot } from "./shared-snapshots.ts";
import { volumeKeyArn } from "./volume-keys.ts";

const copyingMs = 3000;

interface Source {
  readonly snapshot: SnapshotResource;
  /** Whose it is, when it is another account's. */
  readonly owner: SharedSnapshot["owner"] | undefined;
  readonly origin: PlacedSnapshot | undefined;
}

/** The snapshot to copy: the account's own, or one that is shared with it, in the Region that the call names. */
async function sourceOf(
  { SourceRegion, SourceSnapshotId }: CopySnapshotCommandInput,
  call: Call,
  reach: Reach,
): Promise<Source> {
  const id = required(SourceSnapshotId, "sourceSnapshotId");
  if (!isIdOf(snapshots, id)) throw new AwsError(snapshots.malformed.code, snapshots.malformed.message([id]));
  const place: Place = { account: call.account, region: regionNamed(required(SourceRegion, "sourceRegion")) };
  const own = await reach.inventory.read(place, (tables) => tables.get(snapshots, id));
  const shared = own ? undefined : await sharedSnapshot(id, place, reach);
  const snapshot = own ?? shared?.resource;
  if (!snapshot) throw new AwsError(snapshots.notFound.code, snapshots.notFound.message([id]));
  const origin = dataOf(snapshot, { ...place, account: shared?.owner ?? place.account });
  await noteHeir(origin, call, reach.state);
  return { snapshot, origin, owner: shared?.owner };
}

function regionNamed(text: string) {
  try {
    return region(text);
  } catch {
    throw invalidValue(`Value (${text}) for parameter sourceRegion is invalid.`);
  }
}

const CopySnapshot: PreparedWrite<CopySnapshotCommandInput, Output<CopySnapshotCommandOutput>, Source> = {
  prepare: sourceOf,
  write(input, scope, { snapshot: source, owner, origin }) {
    checkReadable(source, scope.now);
    const tags = tagsFor(input.TagSpecifications, "snapshot");
    const copy = scope.put(snapshots, {
      id: scope.newId(snapshots),
      createdAt: scope.now,
      tags,
      facts: {
        VolumeId: noVolume,
        VolumeSize: source.facts.VolumeSize,
        Description: input.Description ?? "",
        ...encryptionOf(input, { ...source.facts, isShared: owner !== undefined }, scope),
      },
      timeline: [
        ["pending", scope.now],
        ["completed", scope.now + copyingMs],
      ],
      ...(origin && { dataOf: origin }),
      createVolumePermission: notShared,
    });
    if (copy.facts.Encrypted)
      scope.derive({ type: "DataKeyGenerated", ebsId: copy.id, keyArn: volumeKeyArn(copy, scope) });
    if (owner !== undefined) scope.derive({ type: "SharedSnapshotCopyInitiated", owner, snapshotId: source.id });
    return { SnapshotId: copy.id, ...(tags.length > 0 && { Tags: [...tags] }) };
  },
};

export const copySnapshotActions: Actions = { writes: { CopySnapshot } };
