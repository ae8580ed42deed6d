import type {
  CreateSnapshotCommandInput,
  CreateSnapshotCommandOutput,
  DeleteSnapshotCommandInput,
  DescribeSnapshotAttributeCommandInput,
  DescribeSnapshotAttributeCommandOutput,
  DescribeSnapshotsCommandInput,
  DescribeSnapshotsCommandOutput,
  ModifySnapshotAttributeCommandInput,
  ResetSnapshotAttributeCommandInput,
  Snapshot,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { images } from "../images/kinds.ts";
import type { Actions, Output, PreparedRead, PreparedWrite, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidCombination, invalidValue, required } from "../mechanism/errors.ts";
import type { StoredTag } from "../mechanism/kind.ts";
import type { Scope, WriteScope } from "../mechanism/scope.ts";
import { announce, sharedWith } from "../mechanism/shared.ts";
import { flatChange, notShared, type Receiver, receivers, shareWith } from "../mechanism/sharing.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { since, stateAt } from "../mechanism/timeline.ts";
import { hasAwsKey } from "./encryption.ts";
import { endFastRestores } from "./fast-restores.ts";
import { type SnapshotResource, snapshots, storageTier, type VolumeResource, volumeState, volumes } from "./kinds.ts";
import { checkUnlocked } from "./locks.ts";
import { settingsOf } from "./settings.ts";
import { type SharedSnapshot, shareableSnapshots } from "./shared-snapshots.ts";

const snapshotMs = 3000;

/** Percent of the way from pending to completed. */
function progress({ timeline }: SnapshotResource, now: number): number {
  const [start, end] = [since(timeline, "pending"), since(timeline, "completed")];
  return now >= end ? 100 : Math.floor((100 * (now - start)) / (end - start));
}

/** A snapshot and whose it is, which a request for several accounts' snapshots needs to show. */
interface OwnedSnapshot extends SnapshotResource {
  readonly ownerId: string;
}

function restoreExpiry({ tiering }: SnapshotResource, now: number): Date | undefined {
  if (tiering?.expiresAt === undefined || tiering.doneAt > now || tiering.expiresAt <= now) return undefined;
  return new Date(tiering.expiresAt);
}

const description: Description<OwnedSnapshot, Snapshot> = {
  kind: snapshots,
  page: { min: 5, max: 1000, clamps: true },
  idsOrPages: true,
  shape: (snapshot, { now }) => ({
    ...snapshot.facts,
    SnapshotId: snapshot.id,
    OwnerId: snapshot.ownerId,
    State: stateAt(snapshot.timeline, now),
    StartTime: new Date(snapshot.createdAt),
    Progress: `${progress(snapshot, now)}%`,
    StorageTier: storageTier(snapshot, now),
    RestoreExpiryTime: restoreExpiry(snapshot, now),
    Tags: snapshot.tags.length > 0 ? [...snapshot.tags] : undefined,
  }),
  filters: {
    description: (snapshot) => snapshot.Description,
    encrypted: (snapshot) => snapshot.Encrypted,
    "owner-alias": (snapshot) => snapshot.OwnerAlias,
    "owner-id": (snapshot) => snapshot.OwnerId,
    progress: (snapshot) => snapshot.Progress,
    "snapshot-id": (snapshot) => snapshot.SnapshotId,
    "start-time": (snapshot) => snapshot.StartTime,
    status: (snapshot) => snapshot.State,
    "storage-tier": (snapshot) => snapshot.StorageTier,
    "transfer-type": (snapshot) => snapshot.TransferType,
    "volume-id": (snapshot) => snapshot.VolumeId,
    "volume-size": (snapshot) => snapshot.VolumeSize,
  },
};

/** A new snapshot of a volume, also for CreateImage. */
export function takeSnapshot(
  volume: VolumeResource,
  Description: string,
  tags: readonly StoredTag[],
  scope: WriteScope,
): SnapshotResource {
  const { Size, Encrypted, KmsKeyId } = volume.facts;
  return scope.put(snapshots, {
    id: scope.newId(snapshots),
    createdAt: scope.now,
    tags,
    facts: {
      VolumeId: volume.id,
      VolumeSize: Size,
      Description,
      Encrypted,
      ...(KmsKeyId !== undefined && { KmsKeyId }),
    },
    timeline: [
      ["pending", scope.now],
      ["completed", scope.now + snapshotMs],
    ],
    ...(volume.dataOf && { dataOf: volume.dataOf }),
    createVolumePermission: notShared,
  });
}

const CreateSnapshot: Write<CreateSnapshotCommandInput, Output<CreateSnapshotCommandOutput>> = (input, scope) => {
  const volume = scope.find(volumes, required(input.VolumeId, "volumeId"));
  const state = volumeState(volume, scope.now);
  if (state !== "available" && state !== "in-use")
    throw new AwsError("IncorrectState", `Volume '${volume.id}' is in the '${state}' state.`);
  const tags = tagsFor(input.TagSpecifications, "snapshot");
  const snapshot = takeSnapshot(volume, input.Description ?? "", tags, scope);
  const { StorageTier: _, ...created } = description.shape({ ...snapshot, ownerId: scope.account }, scope);
  return { ...created, Progress: "" };
};

const DeleteSnapshot: Write<DeleteSnapshotCommandInput, object> = ({ SnapshotId }, scope) => {
  const snapshot = scope.find(snapshots, required(SnapshotId, "snapshotId"));
  const { id } = snapshot;
  checkUnlocked(snapshot, scope.now);
  const user = scope
    .list(images)
    .find(({ facts }) => facts.BlockDeviceMappings.some(({ Ebs }) => Ebs?.SnapshotId === id));
  if (user) throw new AwsError("InvalidSnapshot.InUse", `The snapshot ${id} is currently in use by ${user.id}`);
  endFastRestores(id, scope);
  scope.delete(snapshots, id);
  return {};
};

/** The snapshots of the request's ids, own or shared; without ids all of them. Throws the Malformed or NotFound error. */
function knownSnapshots(ids: readonly string[] | undefined, shared: readonly SharedSnapshot[], scope: Scope) {
  const own = (snapshot: SnapshotResource): OwnedSnapshot => ({ ...snapshot, ownerId: scope.account });
  const others = shared.map(({ owner, resource }): OwnedSnapshot => ({ ...resource, ownerId: owner }));
  if (!ids?.length) return [...scope.list(snapshots).map(own), ...others];
  const named = others.filter(({ id }) => ids.includes(id));
  const rest = ids.filter((id) => !named.some((one) => one.id === id));
  return [...scope.findAll(snapshots, rest).map(own), ...named];
}

const DescribeSnapshots: PreparedRead<
  DescribeSnapshotsCommandInput,
  Output<DescribeSnapshotsCommandOutput>,
  SharedSnapshot[]
> = {
  async prepare({ OwnerIds }, call, reach) {
    const onlyOwn = OwnerIds?.length && OwnerIds.every((owner) => owner === "self" || owner === call.account);
    return onlyOwn ? [] : sharedWith(shareableSnapshots, call, reach);
  },
  read(input, scope, shared) {
    const { OwnerIds, RestorableByUserIds } = input;
    const isSelf = (user: string) => user === "self" || user === scope.account;
    const owned = ({ ownerId }: OwnedSnapshot) =>
      !OwnerIds?.length || OwnerIds.some((owner) => owner === ownerId || (isSelf(owner) && ownerId === scope.account));
    const restorable = ({ ownerId, createVolumePermission: { all, accounts } }: OwnedSnapshot) =>
      !RestorableByUserIds?.length ||
      RestorableByUserIds.some((user) => {
        if (user === "all") return all;
        return isSelf(user) ? ownerId === scope.account || accounts.includes(scope.account) : accounts.includes(user);
      });
    const known = knownSnapshots(input.SnapshotIds, shared, scope);
    const { shapes, token } = describe(description, input, scope, {
      among: () => known.filter((snapshot) => owned(snapshot) && restorable(snapshot)),
    });
    return { Snapshots: shapes, ...token };
  },
};

/** What hinders sharing, with these or with everybody. */
function checkSharing({ facts }: SnapshotResource, added: readonly Receiver[], scope: WriteScope): void {
  const notPermitted = (message: string) => new AwsError("OperationNotPermitted", message);
  if (added.length === 0) return;
  if (hasAwsKey(facts, scope)) throw notPermitted("Encrypted snapshots with EBS default key cannot be shared");
  if (!added.some(({ Group }) => Group === "all")) return;
  if (facts.Encrypted) throw notPermitted("Encrypted snapshots cannot be shared publicly");
  if (settingsOf(scope).snapshotPublicAccess !== "unblocked")
    throw notPermitted(
      "Block public access for snapshots is enabled in this Region: snapshots cannot be shared publicly",
    );
}

function modifySnapshotAttribute(input: ModifySnapshotAttributeCommandInput, scope: WriteScope): object {
  const snapshot = scope.find(snapshots, required(input.SnapshotId, "snapshotId"));
  if (input.Attribute !== undefined && input.Attribute !== "createVolumePermission")
    throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
  const { Add = [], Remove = [] } = input.CreateVolumePermission ?? flatChange(input, input.GroupNames);
  if (Add.length + Remove.length === 0) throw invalidCombination("No attributes specified.");
  const createVolumePermission = shareWith(snapshot.createVolumePermission, Add, Remove);
  checkSharing(snapshot, Add, scope);
  scope.put(snapshots, { ...snapshot, createVolumePermission });
  return {};
}

const ModifySnapshotAttribute: PreparedWrite<ModifySnapshotAttributeCommandInput, object, void> = {
  prepare: ({ SnapshotId }, call, reach) => announce(shareableSnapshots, SnapshotId, call, reach),
  write: modifySnapshotAttribute,
};

const ResetSnapshotAttribute: Write<ResetSnapshotAttributeCommandInput, object> = (input, scope) => {
  const snapshot = scope.find(snapshots, required(input.SnapshotId, "snapshotId"));
  if (required(input.Attribute, "attribute") !== "createVolumePermission")
    throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
  scope.put(snapshots, { ...snapshot, createVolumePermission: notShared });
  return {};
};

const DescribeSnapshotAttribute: Read<
  DescribeSnapshotAttributeCommandInput,
  Output<DescribeSnapshotAttributeCommandOutput>
> = (input, scope) => {
  const { id, createVolumePermission } = scope.find(snapshots, required(input.SnapshotId, "snapshotId"));
  switch (required(input.Attribute, "attribute")) {
    case "createVolumePermission":
      return { SnapshotId: id, CreateVolumePermissions: receivers(createVolumePermission) };
    case "productCodes":
      return { SnapshotId: id, ProductCodes: [] };
    default:
      throw invalidValue(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`);
  }
};

export const snapshotActions: Actions = {
  reads: { DescribeSnapshots, DescribeSnapshotAttribute },
  writes: { CreateSnapshot, DeleteSnapshot, ModifySnapshotAttribute, ResetSnapshotAttribute },
};
