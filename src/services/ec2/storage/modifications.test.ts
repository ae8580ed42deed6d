import type {
  CreateSnapshotsCommandOutput,
  CreateVolumeCommandOutput,
  DescribeVolumeAttributeCommandOutput,
  DescribeVolumeStatusCommandOutput,
  DescribeVolumesModificationsCommandOutput,
  ModifyVolumeCommandOutput,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Members } from "../../../aws/call.ts";
import { openTestEc2, type TestEc2 } from "../ec2.fixture.ts";

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());

const hourMs = 60 * 60 * 1000;

async function volume(input: Members = {}): Promise<string> {
  const asked = { AvailabilityZone: "us-east-1a", Size: 100, ...input };
  const { VolumeId = "" } = await ec2.ask<CreateVolumeCommandOutput>("CreateVolume", asked);
  ec2.pass(1000);
  return VolumeId;
}

const modify = async (VolumeId: string, input: Members) =>
  (await ec2.ask<ModifyVolumeCommandOutput>("ModifyVolume", { VolumeId, ...input })).VolumeModification;

const modifications = async (input: Members = {}) =>
  (await ec2.ask<DescribeVolumesModificationsCommandOutput>("DescribeVolumesModifications", input))
    .VolumesModifications ?? [];

test("a volume grows and becomes faster, which takes its time, and rests for six hours", async () => {
  const VolumeId = await volume({ VolumeType: "gp2" });
  await expect(modifications({ VolumeIds: [VolumeId] })).rejects.toMatchObject({
    code: "InvalidVolumeModification.NotFound",
  });
  expect(await modify(VolumeId, { Size: 200, VolumeType: "gp3" })).toMatchObject({
    ModificationState: "modifying",
    OriginalSize: 100,
    OriginalVolumeType: "gp2",
    OriginalIops: 300,
    TargetSize: 200,
    TargetVolumeType: "gp3",
    TargetIops: 3000,
    TargetThroughput: 128,
    Progress: 0,
  });
  ec2.pass(3000);
  await ec2.restart();
  expect(await modifications()).toMatchObject([{ VolumeId, ModificationState: "optimizing", Progress: 50 }]);
  await expect(modify(VolumeId, { Size: 300 })).rejects.toMatchObject({
    code: "IncorrectModificationState",
    message: `Cannot modify volume ${VolumeId} in modification state OPTIMIZING`,
  });
  ec2.pass(2000);
  expect(await modifications({ VolumeIds: [VolumeId] })).toMatchObject([
    { ModificationState: "completed", Progress: 100, EndTime: expect.any(Date) },
  ]);
  expect(await modifications({ Filters: [{ Name: "modification-state", Values: ["optimizing"] }] })).toEqual([]);
  await expect(modify(VolumeId, { Size: 300 })).rejects.toMatchObject({ code: "VolumeModificationRateExceeded" });
  ec2.pass(6 * hourMs);
  expect(await modify(VolumeId, { Size: 300 })).toMatchObject({ OriginalSize: 200, TargetSize: 300, TargetIops: 3000 });
});

test.each([
  [{ Size: 50 }, "InvalidParameterValue", "New size cannot be smaller than existing size"],
  [{ VolumeType: "gp9" }, "UnknownVolumeType", expect.any(String)],
  [{ Size: 99_999 }, "InvalidParameterValue", expect.any(String)],
  [{ Iops: 100 }, "InvalidParameterCombination", expect.any(String)],
  [{ MultiAttachEnabled: true }, "InvalidParameterCombination", expect.any(String)],
  [{}, "MissingParameter", expect.any(String)],
])("a gp2 volume can't be modified by %j: %s", async (input, code, message) => {
  await expect(modify(await volume(), input)).rejects.toMatchObject({ code, message });
});

test("a volume tells how it is, and what it does after trouble", async () => {
  const VolumeId = await volume();
  const status = await ec2.ask<DescribeVolumeStatusCommandOutput>("DescribeVolumeStatus", {
    Filters: [{ Name: "volume-status.status", Values: ["ok"] }],
  });
  expect(status.VolumeStatuses).toMatchObject([
    { VolumeId, VolumeStatus: { Status: "ok", Details: [{ Name: "io-enabled", Status: "passed" }, {}] } },
  ]);
  const attribute = async () =>
    (
      await ec2.ask<DescribeVolumeAttributeCommandOutput>("DescribeVolumeAttribute", {
        VolumeId,
        Attribute: "autoEnableIO",
      })
    ).AutoEnableIO?.Value;
  expect(await attribute()).toBe(false);
  await ec2.ask("ModifyVolumeAttribute", { VolumeId, AutoEnableIO: { Value: true } });
  expect(await attribute()).toBe(true);
  await ec2.ask("EnableVolumeIO", { VolumeId });
  await expect(ec2.ask("EnableVolumeIO", { VolumeId: "vol-0123456789abcdef0" })).rejects.toMatchObject({
    code: "InvalidVolume.NotFound",
  });
});

test("all volumes of an instance become snapshots at once, with their tags, but for what is left out", async () => {
  const { InstanceId, Placement } = await ec2.launch();
  const VolumeId = await volume({
    AvailabilityZone: Placement?.AvailabilityZone,
    TagSpecifications: [{ ResourceType: "volume", Tags: [{ Key: "Disk", Value: "data" }] }],
  });
  await ec2.ask("AttachVolume", { VolumeId, InstanceId, Device: "/dev/sdf" });
  const create = async (specification: Members, input: Members = {}) =>
    (
      await ec2.ask<CreateSnapshotsCommandOutput>("CreateSnapshots", {
        InstanceSpecification: { InstanceId, ...specification },
        ...input,
      })
    ).Snapshots ?? [];

  expect((await create({})).map(({ VolumeSize }) => VolumeSize)).toEqual([8, 100]);
  const [data, ...rest] = await create(
    { ExcludeBootVolume: true },
    {
      CopyTagsFromSource: "volume",
      TagSpecifications: [{ ResourceType: "snapshot", Tags: [{ Key: "By", Value: "ops" }] }],
    },
  );
  expect(rest).toEqual([]);
  expect(data).toMatchObject({
    VolumeId,
    State: "pending",
    OwnerId: "111122223333",
    Tags: [
      { Key: "Disk", Value: "data" },
      { Key: "By", Value: "ops" },
    ],
  });
  await expect(create({ ExcludeBootVolume: true, ExcludeDataVolumeIds: [VolumeId] })).rejects.toMatchObject({
    code: "InvalidParameterValue",
  });
});
