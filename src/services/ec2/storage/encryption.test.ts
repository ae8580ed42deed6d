import type {
  CreateSnapshotCommandOutput,
  CreateVolumeCommandOutput,
  DescribeSnapshotsCommandOutput,
  DescribeVolumesCommandOutput,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Members } from "../../../aws/call.ts";
import { accountId, region } from "../../../aws/names.ts";
import { openTestEc2, type TestEc2, type Where } from "../ec2.fixture.ts";

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());

const key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

const volume = (input: Members = {}, where: Where = {}) =>
  ec2.ask<CreateVolumeCommandOutput>("CreateVolume", { AvailabilityZone: "us-east-1a", Size: 1, ...input }, where);

test("encryption by default, once on, encrypts all new volumes under the default key, in that Region only", async () => {
  expect(await ec2.ask("GetEbsEncryptionByDefault")).toEqual({ EbsEncryptionByDefault: false });
  expect(await ec2.ask("GetEbsDefaultKmsKeyId")).toEqual({ KmsKeyId: "alias/aws/ebs" });
  expect(await ec2.ask("EnableEbsEncryptionByDefault")).toEqual({ EbsEncryptionByDefault: true });
  const id = key.slice(key.lastIndexOf("/") + 1);
  expect(await ec2.ask("ModifyEbsDefaultKmsKeyId", { KmsKeyId: id })).toEqual({ KmsKeyId: key });
  await ec2.restart();
  expect(await ec2.ask("GetEbsEncryptionByDefault")).toEqual({ EbsEncryptionByDefault: true });
  expect(await ec2.ask("GetEbsDefaultKmsKeyId")).toEqual({ KmsKeyId: key });

  const { VolumeId = "", ...made } = await volume();
  expect(made).toMatchObject({ Encrypted: true, KmsKeyId: key });
  expect(ec2.happened).toEqual([{ type: "DataKeyGenerated", ebsId: VolumeId, keyArn: key }]);
  const elsewhere = await volume({ AvailabilityZone: "eu-west-1a" }, { region: "eu-west-1" });
  expect(elsewhere.Encrypted).toBe(false);

  ec2.happened.length = 0;
  const { InstanceId } = await ec2.launch();
  const { Volumes: [root] = [] } = await ec2.ask<DescribeVolumesCommandOutput>("DescribeVolumes", {
    Filters: [{ Name: "attachment.instance-id", Values: [InstanceId] }],
  });
  expect(root).toMatchObject({ Encrypted: true, KmsKeyId: key });
  expect(ec2.happened.map(({ type }) => type)).toEqual(["DataKeyGenerated", "VolumeKeyGranted"]);

  expect(await ec2.ask("ResetEbsDefaultKmsKeyId")).toEqual({ KmsKeyId: "alias/aws/ebs" });
  await ec2.ask("DisableEbsEncryptionByDefault");
  expect((await volume()).Encrypted).toBe(false);
});

test("an own snapshot's key stays, unless another is asked for, whatever the default is", async () => {
  const { VolumeId } = await volume({ Encrypted: true, KmsKeyId: "alias/data" });
  ec2.pass(1000);
  const { SnapshotId } = await ec2.ask<CreateSnapshotCommandOutput>("CreateSnapshot", { VolumeId });
  ec2.pass(3000);
  const { Snapshots = [] } = await ec2.ask<DescribeSnapshotsCommandOutput>("DescribeSnapshots", {
    SnapshotIds: [SnapshotId],
  });
  const first = Snapshots[0]?.KmsKeyId;
  expect(first).toMatch(/^arn:aws:kms:us-east-1:111122223333:key\/[0-9a-f-]{36}$/);
  await ec2.ask("ModifyEbsDefaultKmsKeyId", { KmsKeyId: key });
  expect((await volume({ SnapshotId })).KmsKeyId).toBe(first);
  expect((await volume({ SnapshotId, Encrypted: true, KmsKeyId: key })).KmsKeyId).toBe(key);
});

test("a key without encryption is refused", async () => {
  await expect(volume({ KmsKeyId: key })).rejects.toMatchObject({
    code: "InvalidParameterDependency",
    message: "The parameter [KmsKeyId] requires the parameter Encrypted to be set.",
  });
});

test("a snapshot that the EBS direct APIs begin is encrypted by default, too", async () => {
  await ec2.ask("EnableEbsEncryptionByDefault");
  const place = { account: accountId("111122223333"), region: region("us-east-1") };
  const id = "snap-0123456789abcdef0";
  const started = { id, volumeSize: 1, description: "", tags: [], encrypted: false, until: ec2.clock.now() + 60_000 };
  await ec2.directSnapshots.start(place, started);
  expect((await ec2.directSnapshots.find(place, id))?.kmsKeyId).toMatch(/^arn:aws:kms:us-east-1:111122223333:key\//);
});
