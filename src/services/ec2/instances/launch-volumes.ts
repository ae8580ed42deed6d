import type { BlockDeviceMapping } from "@aws-sdk/client-ec2";
import type { ImageResource } from "../images/kinds.ts";
import { missingParameter } from "../mechanism/errors.ts";
import type { StoredTag } from "../mechanism/kind.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import type { SubnetResource } from "../network/subnets.ts";
import { dataOf } from "../storage/data-of.ts";
import { encryptionOf } from "../storage/encryption.ts";
import { snapshots, volumes } from "../storage/kinds.ts";
import type { SharedSnapshot } from "../storage/shared-snapshots.ts";
import { volumeKeyArn } from "../storage/volume-keys.ts";
import { volumeShape } from "../storage/volume-types.ts";
import type { InstanceResource } from "./kinds.ts";
import { attachedAfterMs } from "./transitions.ts";

/** The image's devices with the request's laid over them, by device name; NoDevice takes one away. */
export function mergedMappings(image: ImageResource, asked: readonly BlockDeviceMapping[] = []): BlockDeviceMapping[] {
  const merged = new Map(image.facts.BlockDeviceMappings.map((mapping) => [mapping.DeviceName, mapping]));
  for (const mapping of asked) {
    if (!mapping.DeviceName) throw missingParameter("deviceName");
    const below = merged.get(mapping.DeviceName);
    if (mapping.NoDevice !== undefined) merged.delete(mapping.DeviceName);
    else merged.set(mapping.DeviceName, { ...mapping, ...(mapping.Ebs && { Ebs: { ...below?.Ebs, ...mapping.Ebs } }) });
  }
  return [...merged.values()].filter(({ Ebs }) => Ebs);
}

/** A volume of a new instance, as its block device mapping tells it. */
export function createVolume(
  instance: InstanceResource,
  { DeviceName = "", Ebs = {} }: BlockDeviceMapping,
  { facts: { AvailabilityZone, AvailabilityZoneId } }: SubnetResource,
  tags: StoredTag[],
  scope: WriteScope,
  borrowed: readonly SharedSnapshot[],
): void {
  const shared = borrowed.find(({ resource }) => resource.id === Ebs.SnapshotId);
  const snapshot = shared?.resource ?? (Ebs.SnapshotId ? scope.get(snapshots, Ebs.SnapshotId) : undefined);
  const origin = snapshot && dataOf(snapshot, { ...scope, account: shared?.owner ?? scope.account });
  const source = snapshot && { ...snapshot.facts, isElsewhere: shared !== undefined };
  const size = Ebs.VolumeSize ?? snapshot?.facts.VolumeSize;
  if (size === undefined) throw missingParameter("size/snapshot");
  const attachedAt = scope.now + attachedAfterMs;
  const volume = scope.put(volumes, {
    id: scope.newId(volumes),
    createdAt: scope.now,
    tags,
    facts: {
      AvailabilityZone,
      AvailabilityZoneId,
      SnapshotId: Ebs.SnapshotId ?? "",
      ...volumeShape({ type: Ebs.VolumeType, size, iops: Ebs.Iops, throughput: Ebs.Throughput }),
      ...encryptionOf(Ebs, source, scope),
      MultiAttachEnabled: false,
    },
    timeline: [
      ["creating", scope.now],
      ["available", attachedAt],
    ],
    ...(origin && { dataOf: origin }),
    attachments: [
      {
        instanceId: instance.id,
        device: DeviceName,
        deleteOnTermination: Ebs.DeleteOnTermination ?? true,
        timeline: [
          ["attaching", attachedAt],
          ["attached", attachedAt + attachedAfterMs],
        ],
      },
    ],
  });
  if (shared)
    scope.derive({ type: "SharedSnapshotVolumeCreated", owner: shared.owner, snapshotId: shared.resource.id });
  if (!volume.facts.Encrypted) return;
  const keyArn = volumeKeyArn(volume, scope);
  scope.derive({ type: "DataKeyGenerated", ebsId: volume.id, keyArn });
  scope.derive({ type: "VolumeKeyGranted", volumeId: volume.id, instanceId: instance.id, keyArn });
}
