import type {
  CopySnapshotCommandOutput,
  CreateSnapshotCommandOutput,
  CreateVolumeCommandOutput,
  DescribeSnapshotsCommandInput,
  DescribeSnapshotsCommandOutput,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Members } from "../../../aws/call.ts";
import { openTestEc2, type TestEc2 } from "../ec2.fixture.ts";

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());

const owner = "111122223333";
const other = { account: "444455556666" };
const third = { account: "777788889999" };
const customerKey = "arn:aws:kms:us-east-1:111122223333:key/1";

async function snapshot(input: Members = {}): Promise<string> {
  const volume = { AvailabilityZone: "us-east-1a", Size: 1, ...input };
  const { VolumeId } = await ec2.ask<CreateVolumeCommandOutput>("CreateVolume", volume);
  ec2.pass(1000);
  const tags = [{ ResourceType: "snapshot", Tags: [{ Key: "Team", Value: "data" }] }];
  const asked = { VolumeId, TagSpecifications: tags };
  const { SnapshotId = "" } = await ec2.ask<CreateSnapshotCommandOutput>("CreateSnapshot", asked);
  ec2.pass(3000);
  return SnapshotId;
}

const share = (SnapshotId: string, to: Members) =>
  ec2.ask("ModifySnapshotAttribute", { SnapshotId, CreateVolumePermission: { Add: [to] } });

async function seen(where: { account: string }, input: Partial<DescribeSnapshotsCommandInput> = {}) {
  const { Snapshots = [] } = await ec2.ask<DescribeSnapshotsCommandOutput>("DescribeSnapshots", { ...input }, where);
  return Snapshots.map(({ SnapshotId }) => SnapshotId);
}

test("a snapshot shows in the account that it is shared with, and nowhere else, until it is no longer", async () => {
  const mine = await snapshot();
  const shared = await snapshot();
  await share(shared, { UserId: other.account });
  await ec2.restart();

  const { Snapshots } = await ec2.ask<DescribeSnapshotsCommandOutput>("DescribeSnapshots", {}, other);
  expect(Snapshots).toMatchObject([{ SnapshotId: shared, OwnerId: owner, State: "completed", Progress: "100%" }]);
  expect(Snapshots?.[0]?.Tags).toBeUndefined();
  expect(await seen(other, { SnapshotIds: [shared] })).toEqual([shared]);
  expect(await seen(other, { OwnerIds: [owner] })).toEqual([shared]);
  expect(await seen(other, { OwnerIds: ["self"] })).toEqual([]);
  expect(await seen(other, { RestorableByUserIds: ["self"] })).toEqual([shared]);
  expect(await seen(other, { RestorableByUserIds: ["all"] })).toEqual([]);
  expect(await seen(third)).toEqual([]);
  expect(await seen({ account: owner }, { RestorableByUserIds: [other.account] })).toEqual([shared]);
  await expect(seen(other, { SnapshotIds: [shared, mine] })).rejects.toMatchObject({
    code: "InvalidSnapshot.NotFound",
    message: `The snapshot '${mine}' does not exist.`,
  });

  await share(shared, { Group: "all" });
  expect(await seen(third, { RestorableByUserIds: ["all"] })).toEqual([shared]);
  await ec2.ask("ResetSnapshotAttribute", { SnapshotId: shared, Attribute: "createVolumePermission" });
  expect([await seen(other), await seen(third)]).toEqual([[], []]);
});

test("the other account makes volumes and copies of it, encrypted with its own key, and the owner is told", async () => {
  const shared = await snapshot({ Encrypted: true, KmsKeyId: customerKey });
  await share(shared, { UserId: other.account });
  ec2.happened.length = 0;
  const asked = { AvailabilityZone: "us-east-1a", SnapshotId: shared };
  const volume = await ec2.ask<CreateVolumeCommandOutput>("CreateVolume", asked, other);
  const source = { SourceRegion: "us-east-1", SourceSnapshotId: shared };
  const copy = await ec2.ask<CopySnapshotCommandOutput>("CopySnapshot", source, { ...other, region: "eu-west-1" });

  expect(volume).toMatchObject({ Encrypted: true, KmsKeyId: expect.stringContaining(":444455556666:key/") });
  expect(ec2.happened).toEqual([
    { type: "SharedSnapshotVolumeCreated", owner, snapshotId: shared },
    { type: "DataKeyGenerated", ebsId: volume.VolumeId, keyArn: volume.KmsKeyId },
    {
      type: "DataKeyGenerated",
      ebsId: copy.SnapshotId,
      keyArn: expect.stringMatching(/^arn:aws:kms:eu-west-1:444455556666:key\//),
    },
    { type: "SharedSnapshotCopyInitiated", owner, snapshotId: shared },
  ]);
  await expect(ec2.ask("CreateVolume", asked, third)).rejects.toMatchObject({ code: "InvalidSnapshot.NotFound" });
});

test("a snapshot under AWS's own key can't be shared, an encrypted one not with everybody", async () => {
  const refused = (message: string) => ({ code: "OperationNotPermitted", message });
  await expect(share(await snapshot({ Encrypted: true }), { UserId: other.account })).rejects.toMatchObject(
    refused("Encrypted snapshots with EBS default key cannot be shared"),
  );
  const underOwnKey = await snapshot({ Encrypted: true, KmsKeyId: customerKey });
  await expect(share(underOwnKey, { Group: "all" })).rejects.toMatchObject({ code: "OperationNotPermitted" });
});
