import type {
  CreateSnapshotCommandOutput,
  CreateVolumeCommandOutput,
  DescribeFastSnapshotRestoresCommandOutput,
  DescribeLockedSnapshotsCommandOutput,
  DescribeSnapshotsCommandOutput,
  DescribeSnapshotTierStatusCommandOutput,
  EnableFastSnapshotRestoresCommandOutput,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Members } from "../../../aws/call.ts";
import { openTestEc2, type TestEc2 } from "../ec2.fixture.ts";

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());

const dayMs = 24 * 60 * 60 * 1000;

async function snapshot(): Promise<string> {
  const volume = { AvailabilityZone: "us-east-1a", Size: 1 };
  const { VolumeId } = await ec2.ask<CreateVolumeCommandOutput>("CreateVolume", volume);
  ec2.pass(1000);
  const { SnapshotId = "" } = await ec2.ask<CreateSnapshotCommandOutput>("CreateSnapshot", { VolumeId });
  ec2.pass(3000);
  return SnapshotId;
}

const volumeOf = (SnapshotId: string) =>
  ec2.ask<CreateVolumeCommandOutput>("CreateVolume", { AvailabilityZone: "us-east-1a", SnapshotId });

describe("a locked snapshot", () => {
  const states = async () =>
    ((await ec2.ask<DescribeLockedSnapshotsCommandOutput>("DescribeLockedSnapshots")).Snapshots ?? []).map(
      ({ LockState }) => LockState,
    );

  test("in governance mode can't be deleted until it is unlocked", async () => {
    const SnapshotId = await snapshot();
    expect(await ec2.ask("LockSnapshot", { SnapshotId, LockMode: "governance", LockDuration: 10 })).toMatchObject({
      SnapshotId,
      LockState: "governance",
      LockDuration: 10,
      LockExpiresOn: new Date(ec2.clock.now() + 10 * dayMs),
    });
    await ec2.restart();
    await expect(ec2.ask("DeleteSnapshot", { SnapshotId })).rejects.toMatchObject({ code: "SnapshotLocked" });
    expect(await ec2.ask("UnlockSnapshot", { SnapshotId })).toEqual({ SnapshotId });
    expect(await states()).toEqual([]);
    await ec2.ask("DeleteSnapshot", { SnapshotId });
  });

  test("in compliance mode can be unlocked for some hours, then only locked for longer, and expires", async () => {
    const SnapshotId = await snapshot();
    const lock = (input: Members) => ec2.ask("LockSnapshot", { SnapshotId, LockMode: "compliance", ...input });
    await lock({ LockDuration: 2, CoolOffPeriod: 3 });
    expect(await states()).toEqual(["compliance-cooloff"]);
    ec2.pass(dayMs / 8);
    expect(await states()).toEqual(["compliance"]);
    const refused = { code: "OperationNotPermitted" };
    await expect(ec2.ask("UnlockSnapshot", { SnapshotId })).rejects.toMatchObject(refused);
    await expect(lock({ LockDuration: 1 })).rejects.toMatchObject(refused);
    await lock({ LockDuration: 5 });
    ec2.pass(5 * dayMs);
    expect(await states()).toEqual(["expired"]);
    await ec2.ask("DeleteSnapshot", { SnapshotId });
  });

  test.each([
    [{ LockMode: "governance" }, "MissingParameter"],
    [{ LockMode: "forever", LockDuration: 1 }, "InvalidParameterValue"],
    [{ LockMode: "governance", LockDuration: 1, CoolOffPeriod: 1 }, "InvalidParameterCombination"],
    [{ LockMode: "compliance", LockDuration: 1, CoolOffPeriod: 73 }, "InvalidParameterValue"],
    [{ LockMode: "governance", LockDuration: 40_000 }, "InvalidParameterValue"],
    [
      { LockMode: "governance", LockDuration: 1, ExpirationDate: new Date("2030-01-01") },
      "InvalidParameterCombination",
    ],
    [{ LockMode: "governance", ExpirationDate: new Date("2020-01-01") }, "InvalidParameterValue"],
  ])("isn't made with %j: %s", async (input, code) => {
    await expect(ec2.ask("LockSnapshot", { SnapshotId: await snapshot(), ...input })).rejects.toMatchObject({ code });
  });
});

test("a snapshot goes into the archive and comes back for some days, or for good", async () => {
  const SnapshotId = await snapshot();
  const status = async () =>
    (await ec2.ask<DescribeSnapshotTierStatusCommandOutput>("DescribeSnapshotTierStatus")).SnapshotTierStatuses?.[0];
  const restore = (input: Members) => ec2.ask("RestoreSnapshotTier", { SnapshotId, ...input });
  const incorrect = { code: "IncorrectState" };
  await expect(restore({ PermanentRestore: true })).rejects.toMatchObject(incorrect);

  await ec2.ask("ModifySnapshotTier", { SnapshotId, StorageTier: "archive" });
  expect(await status()).toMatchObject({
    StorageTier: "standard",
    LastTieringOperationStatus: "archival-in-progress",
    LastTieringProgress: 0,
  });
  ec2.pass(5000);
  await ec2.restart();
  expect(await status()).toMatchObject({ StorageTier: "archive", LastTieringOperationStatus: "archival-completed" });
  await expect(volumeOf(SnapshotId)).rejects.toMatchObject(incorrect);

  expect(await restore({ TemporaryRestoreDays: 2 })).toMatchObject({ RestoreDuration: 2, IsPermanentRestore: false });
  await expect(restore({ PermanentRestore: true })).rejects.toMatchObject(incorrect);
  ec2.pass(5000);
  expect(await volumeOf(SnapshotId)).toMatchObject({ SnapshotId });
  const { Snapshots } = await ec2.ask<DescribeSnapshotsCommandOutput>("DescribeSnapshots", { OwnerIds: ["self"] });
  expect(Snapshots?.[0]).toMatchObject({
    StorageTier: "standard",
    RestoreExpiryTime: new Date(ec2.clock.now() + 2 * dayMs),
  });
  ec2.pass(2 * dayMs);
  expect((await status())?.StorageTier).toBe("archive");

  await restore({ PermanentRestore: true });
  ec2.pass(5000);
  expect(await status()).toMatchObject({
    StorageTier: "standard",
    LastTieringOperationStatus: "permanent-restore-completed",
  });
});

test("fast restores are turned on by zone, and volumes made there say so", async () => {
  const SnapshotId = await snapshot();
  const asked = { SourceSnapshotIds: [SnapshotId, "snap-0123456789abcdef0"], AvailabilityZones: ["us-east-1a"] };
  const enabled = await ec2.ask<EnableFastSnapshotRestoresCommandOutput>("EnableFastSnapshotRestores", asked);
  expect(enabled).toMatchObject({
    Successful: [{ SnapshotId, AvailabilityZone: "us-east-1a", State: "enabling" }],
    Unsuccessful: [
      {
        SnapshotId: "snap-0123456789abcdef0",
        FastSnapshotRestoreStateErrors: [{ Error: { Code: "InvalidSnapshot.NotFound" } }],
      },
    ],
  });
  ec2.pass(4000);
  await ec2.restart();
  const states = async () =>
    (
      (await ec2.ask<DescribeFastSnapshotRestoresCommandOutput>("DescribeFastSnapshotRestores")).FastSnapshotRestores ??
      []
    ).map(({ State }) => State);
  expect(await states()).toEqual(["enabled"]);
  expect((await volumeOf(SnapshotId)).FastRestored).toBe(true);
  await ec2.ask("DisableFastSnapshotRestores", { ...asked, SourceSnapshotIds: [SnapshotId] });
  expect(await states()).toEqual(["disabling"]);
  ec2.pass(2000);
  expect(await states()).toEqual([]);
});

test("what blocks public access keeps snapshots from becoming public, and hides those that are, if it is to", async () => {
  const SnapshotId = await snapshot();
  const publish = () =>
    ec2.ask("ModifySnapshotAttribute", { SnapshotId, CreateVolumePermission: { Add: [{ Group: "all" }] } });
  const other = { account: "444455556666" };
  const seen = async () =>
    (await ec2.ask<DescribeSnapshotsCommandOutput>("DescribeSnapshots", {}, other)).Snapshots?.length;
  await publish();
  expect(await seen()).toBe(1);
  const block = (State: string) => ec2.ask("EnableSnapshotBlockPublicAccess", { State });
  expect(await block("block-new-sharing")).toEqual({ State: "block-new-sharing" });
  expect(await seen()).toBe(1);
  await expect(publish()).rejects.toMatchObject({ code: "OperationNotPermitted" });
  await block("block-all-sharing");
  await ec2.restart();
  expect(await seen()).toBe(0);
  expect(await ec2.ask("GetSnapshotBlockPublicAccessState")).toMatchObject({ State: "block-all-sharing" });
  expect(await ec2.ask("DisableSnapshotBlockPublicAccess")).toEqual({ State: "unblocked" });
  expect(await seen()).toBe(1);
  await expect(block("sometimes")).rejects.toMatchObject({ code: "InvalidParameterValue" });
});

test("without rules the Recycle Bin is empty", async () => {
  expect(await ec2.ask("ListSnapshotsInRecycleBin")).toEqual({ Snapshots: [] });
  expect(await ec2.ask("ListImagesInRecycleBin")).toEqual({ Images: [] });
  const SnapshotId = await snapshot();
  await ec2.ask("DeleteSnapshot", { SnapshotId });
  await expect(ec2.ask("RestoreSnapshotFromRecycleBin", { SnapshotId })).rejects.toMatchObject({
    code: "InvalidSnapshot.NotFound",
  });
});
