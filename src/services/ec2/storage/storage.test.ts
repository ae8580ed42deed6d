import type {
  AttachVolumeCommandOutput,
  CreateSnapshotCommandOutput,
  CreateVolumeCommandOutput,
  DescribeSnapshotAttributeCommandOutput,
  DescribeSnapshotsCommandOutput,
  DescribeVolumesCommandOutput,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Members } from "../../../aws/call.ts";
import { openTestEc2, type TestEc2 } from "../ec2.fixture.ts";

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());

async function volume(input: Members = {}): Promise<CreateVolumeCommandOutput & { VolumeId: string }> {
  const created = await ec2.ask<CreateVolumeCommandOutput>("CreateVolume", {
    AvailabilityZone: "us-east-1a",
    Size: 1,
    ...input,
  });
  return { ...created, VolumeId: created.VolumeId ?? "" };
}

async function described(VolumeId: string) {
  const { Volumes } = await ec2.ask<DescribeVolumesCommandOutput>("DescribeVolumes", { VolumeIds: [VolumeId] });
  return Volumes?.[0];
}

describe("a volume", () => {
  test("is created, available, attached, detached, deleted, and gone", async () => {
    const instance = await ec2.launch({ Placement: { AvailabilityZone: "us-east-1a" } });
    const created = await volume({
      TagSpecifications: [{ ResourceType: "volume", Tags: [{ Key: "Name", Value: "data" }] }],
    });
    expect(created).toMatchObject({
      State: "creating",
      Size: 1,
      VolumeType: "gp2",
      Iops: 100,
      Encrypted: false,
      MultiAttachEnabled: false,
      Tags: [{ Key: "Name", Value: "data" }],
    });
    ec2.pass(1000);
    expect((await described(created.VolumeId))?.State).toBe("available");

    const at = { VolumeId: created.VolumeId, InstanceId: instance.InstanceId, Device: "/dev/sdf" };
    const attached = await ec2.ask<AttachVolumeCommandOutput>("AttachVolume", at);
    expect(attached).toMatchObject({ ...at, State: "attaching", DeleteOnTermination: false });
    ec2.pass(1000);
    expect(await described(created.VolumeId)).toMatchObject({ State: "in-use", Attachments: [{ State: "attached" }] });
    await expect(ec2.ask("DeleteVolume", { VolumeId: created.VolumeId })).rejects.toMatchObject({
      code: "VolumeInUse",
      message: `Volume ${created.VolumeId} is currently attached to ${instance.InstanceId}`,
    });

    expect(await ec2.ask("DetachVolume", { VolumeId: created.VolumeId })).toMatchObject({ ...at, State: "detaching" });
    ec2.pass(2000);
    expect(await described(created.VolumeId)).toMatchObject({ State: "available", Attachments: [] });
    await ec2.ask("DeleteVolume", { VolumeId: created.VolumeId });
    ec2.pass(1000);
    await expect(described(created.VolumeId)).rejects.toMatchObject({
      code: "InvalidVolume.NotFound",
      message: `The volume '${created.VolumeId}' does not exist.`,
    });
  });

  test("that outlives its instance is free again", async () => {
    const instance = await ec2.launch({ Placement: { AvailabilityZone: "us-east-1a" } });
    const { VolumeId } = await volume();
    ec2.pass(1000);
    await ec2.ask("AttachVolume", { VolumeId, InstanceId: instance.InstanceId, Device: "/dev/sdf" });
    await ec2.ask("TerminateInstances", { InstanceIds: [instance.InstanceId] });
    ec2.pass(3000);
    expect((await described(VolumeId))?.State).toBe("available");
  });

  test("can't be attached in another zone, twice, or where another is", async () => {
    const instance = await ec2.launch({ Placement: { AvailabilityZone: "us-east-1a" } });
    const elsewhere = await volume({ AvailabilityZone: "us-east-1b" });
    const [first, second] = [await volume(), await volume()];
    ec2.pass(1000);
    const attach = (VolumeId: string, Device = "/dev/sdf") =>
      ec2.ask("AttachVolume", { VolumeId, Device, InstanceId: instance.InstanceId });
    await expect(attach(elsewhere.VolumeId)).rejects.toMatchObject({ code: "InvalidVolume.ZoneMismatch" });
    await attach(first.VolumeId);
    await expect(attach(first.VolumeId, "/dev/sdg")).rejects.toMatchObject({ code: "VolumeInUse" });
    await expect(attach(second.VolumeId)).rejects.toMatchObject({
      code: "InvalidParameterValue",
      message: "Invalid value '/dev/sdf' for unixDevice. Attachment point /dev/sdf is already in use",
    });
  });

  test.each([
    [{ AvailabilityZone: "us-east-1z" }, "InvalidZone.NotFound"],
    [{ AvailabilityZone: undefined }, "MissingParameter"],
    [{ Size: undefined }, "MissingParameter"],
    [{ VolumeType: "gp4" }, "UnknownVolumeType"],
    [{ VolumeType: "io1", Size: 10 }, "MissingParameter"],
    [{ VolumeType: "gp2", Iops: 300 }, "InvalidParameterCombination"],
    [{ Size: 99_999 }, "InvalidParameterValue"],
    [{ SnapshotId: "snap-00000000000000000" }, "InvalidSnapshot.NotFound"],
    [{ SnapshotId: "nonsense" }, "InvalidParameterValue"],
  ])("is refused with %j: %s", async (input, code) => {
    await expect(volume(input)).rejects.toMatchObject({ code });
  });
});

describe("a snapshot", () => {
  async function snapshot(): Promise<string> {
    const { VolumeId } = await volume({ Size: 20 });
    ec2.pass(1000);
    const { SnapshotId } = await ec2.ask<CreateSnapshotCommandOutput>("CreateSnapshot", { VolumeId });
    return SnapshotId ?? "";
  }
  const shown = async (SnapshotId: string) =>
    (await ec2.ask<DescribeSnapshotsCommandOutput>("DescribeSnapshots", { SnapshotIds: [SnapshotId] })).Snapshots?.[0];

  test("makes progress until it is completed; then a volume can be made of it", async () => {
    const id = await snapshot();
    ec2.pass(1500);
    expect(await shown(id)).toMatchObject({ State: "pending", Progress: "50%" });
    await expect(volume({ SnapshotId: id, Size: undefined })).rejects.toMatchObject({ code: "IncorrectState" });
    ec2.pass(1500);
    expect(await shown(id)).toMatchObject({ State: "completed", Progress: "100%", VolumeSize: 20 });
    expect(await volume({ SnapshotId: id, Size: undefined })).toMatchObject({ Size: 20, SnapshotId: id });
  });

  test("is shared with an account and with all, in both spellings, and no longer", async () => {
    const SnapshotId = await snapshot();
    const permissions = async () =>
      (
        await ec2.ask<DescribeSnapshotAttributeCommandOutput>("DescribeSnapshotAttribute", {
          SnapshotId,
          Attribute: "createVolumePermission",
        })
      ).CreateVolumePermissions;
    await ec2.ask("ModifySnapshotAttribute", {
      SnapshotId,
      CreateVolumePermission: { Add: [{ UserId: "444455556666" }] },
    });
    await ec2.ask("ModifySnapshotAttribute", {
      SnapshotId,
      Attribute: "createVolumePermission",
      OperationType: "add",
      GroupNames: ["all"],
    });
    expect(await permissions()).toEqual([{ Group: "all" }, { UserId: "444455556666" }]);
    await ec2.ask("ModifySnapshotAttribute", {
      SnapshotId,
      CreateVolumePermission: { Remove: [{ Group: "all" }, { UserId: "444455556666" }] },
    });
    expect(await permissions()).toEqual([]);
  });
});

test("an encrypted copy of a snapshot has a data key of its own", async () => {
  const { VolumeId } = await volume();
  ec2.pass(1_000);
  const { SnapshotId } = await ec2.ask<CreateSnapshotCommandOutput>("CreateSnapshot", { VolumeId });
  ec2.pass(60_000);
  const copy = await ec2.ask<CreateSnapshotCommandOutput>("CopySnapshot", {
    SourceRegion: "us-east-1",
    SourceSnapshotId: SnapshotId,
    Encrypted: true,
    KmsKeyId: "arn:aws:kms:us-east-1:111122223333:key/1",
  });
  expect(ec2.happened).toEqual([
    { type: "DataKeyGenerated", ebsId: copy.SnapshotId, keyArn: "arn:aws:kms:us-east-1:111122223333:key/1" },
  ]);
});
