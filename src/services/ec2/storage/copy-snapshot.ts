import type { CopySnapshotCommandInput, CopySnapshotCommandOutput } from "@aws-sdk/client-ec2";
import type { Call } from "../../../aws/call.ts";
import { AwsError } from "../../../aws/error.ts";
import { type AccountId, type Region, region } from "../../../aws/names.ts";
import type { Actions, Output, PreparedWrite, Reach } from "../mechanism/action.ts";
import { invalidValue, required } from "../mechanism/errors.ts";
import type { Place } from "../mechanism/inventory.ts";
import type { StoredTag } from "../mechanism/kind.ts";
import { isIdOf, type WriteScope } from "../mechanism/scope.ts";
import { notShared } from "../mechanism/sharing.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { dataOf, noteHeir } from "./data-of.ts";
import { encryptionOf } from "./encryption.ts";
import { checkReadable, noVolume, type PlacedSnapshot, type SnapshotResource, snapshots } from "./kinds.ts";
import { sharedSnapshot } from "./shared-snapshots.ts";
import { volumeKeyArn } from "./volume-keys.ts";

const copyingMs = 3000;

/** What is copied: a snapshot of the account, or one that is shared with it. */
export interface CopySource {
  readonly snapshot: Pick<SnapshotResource, "id" | "facts">;
  readonly region: Region;
  /** Whose it is, when it is another account's. */
  readonly owner?: AccountId | undefined;
  readonly origin?: PlacedSnapshot | undefined;
}

/** The snapshot of an id in a Region as the source of a copy: undefined when it isn't there, or not for this account. */
export async function copySource(
  id: string,
  region: Region,
  call: Call,
  reach: Reach,
): Promise<(CopySource & { readonly snapshot: SnapshotResource }) | undefined> {
  const place: Place = { account: call.account, region };
  const own = await reach.inventory.read(place, (tables) => tables.get(snapshots, id));
  const shared = own ? undefined : await sharedSnapshot(id, place, reach);
  const snapshot = own ?? shared?.resource;
  if (!snapshot) return undefined;
  const origin = dataOf(snapshot, { ...place, account: shared?.owner ?? place.account });
  await noteHeir(origin, call, reach.state);
  return { snapshot, region, origin, owner: shared?.owner };
}

/** The Region that a request names as the source; throws InvalidParameterValue. */
export function sourceRegion(text: string | undefined): Region {
  try {
    return region(required(text, "sourceRegion"));
  } catch (error) {
    if (error instanceof AwsError) throw error;
    throw invalidValue(`Value (${text}) for parameter sourceRegion is invalid.`);
  }
}

type Asked = Pick<CopySnapshotCommandInput, "Description" | "Encrypted" | "KmsKeyId">;

/** A copy of a snapshot, which its owner and KMS are told of; also for CopyImage. */
export function copySnapshot(
  { snapshot: source, region, owner, origin }: CopySource,
  asked: Asked,
  tags: readonly StoredTag[],
  scope: WriteScope,
): SnapshotResource {
  const isElsewhere = owner !== undefined || region !== scope.region;
  const copy = scope.put(snapshots, {
    id: scope.newId(snapshots),
    createdAt: scope.now,
    tags,
    facts: {
      VolumeId: noVolume,
      VolumeSize: source.facts.VolumeSize,
      Description: asked.Description ?? "",
      ...encryptionOf(asked, { ...source.facts, isElsewhere }, scope),
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
  return copy;
}

const CopySnapshot: PreparedWrite<
  CopySnapshotCommandInput,
  Output<CopySnapshotCommandOutput>,
  CopySource & { readonly snapshot: SnapshotResource }
> = {
  async prepare({ SourceRegion, SourceSnapshotId }, call, reach) {
    const id = required(SourceSnapshotId, "sourceSnapshotId");
    if (!isIdOf(snapshots, id)) throw new AwsError(snapshots.malformed.code, snapshots.malformed.message([id]));
    const source = await copySource(id, sourceRegion(SourceRegion), call, reach);
    if (!source) throw new AwsError(snapshots.notFound.code, snapshots.notFound.message([id]));
    return source;
  },
  write(input, scope, source) {
    checkReadable(source.snapshot, scope.now);
    const copy = copySnapshot(source, input, tagsFor(input.TagSpecifications, "snapshot"), scope);
    return { SnapshotId: copy.id, ...(copy.tags.length > 0 && { Tags: [...copy.tags] }) };
  },
};

export const copySnapshotActions: Actions = { writes: { CopySnapshot } };
