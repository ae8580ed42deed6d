import type {
  CopyImageCommandOutput,
  CreateImageCommandOutput,
  DescribeImageAttributeCommandOutput,
  DescribeImagesCommandInput,
  DescribeImagesCommandOutput,
  DescribeSnapshotsCommandOutput,
  DescribeVolumesCommandOutput,
  RegisterImageCommandOutput,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Members } from "../../../aws/call.ts";
import { openTestEc2, type TestEc2, type Where } from "../ec2.fixture.ts";

let ec2: TestEc2;
beforeEach(async () => {
  ec2 = await openTestEc2();
});
afterEach(() => ec2.close());

const owner = "111122223333";
const other = { account: "444455556666" };

async function image(launch: Members = {}): Promise<string> {
  const { InstanceId } = await ec2.launch(launch);
  const { ImageId = "" } = await ec2.ask<CreateImageCommandOutput>("CreateImage", { InstanceId, Name: "web-1" });
  ec2.pass(5000);
  return ImageId;
}

const share = (ImageId: string, to: Members) =>
  ec2.ask("ModifyImageAttribute", { ImageId, LaunchPermission: { Add: [to] } });

async function seen(where: Where, input: Partial<DescribeImagesCommandInput> = {}) {
  const asked = { Filters: [{ Name: "name", Values: ["web-*"] }], ...input };
  const { Images = [] } = await ec2.ask<DescribeImagesCommandOutput>("DescribeImages", asked, where);
  return Images.map(({ ImageId }) => ImageId);
}

async function snapshotOf(ImageId: string, where: Where = {}) {
  const { Images } = await ec2.ask<DescribeImagesCommandOutput>("DescribeImages", { ImageIds: [ImageId] }, where);
  return Images?.[0]?.BlockDeviceMappings?.[0]?.Ebs?.SnapshotId ?? "";
}

test("another account finds and launches an image that is shared with it, and its owner is told", async () => {
  const ImageId = await image();
  expect(await seen(other)).toEqual([]);
  await expect(ec2.launch({ ImageId }, other)).rejects.toMatchObject({ code: "InvalidAMIID.NotFound" });
  await share(ImageId, { UserId: other.account });
  await ec2.restart();
  expect(await seen(other)).toEqual([ImageId]);
  expect(await seen(other, { ExecutableUsers: ["self"] })).toEqual([ImageId]);
  expect(await seen(other, { Owners: [owner] })).toEqual([ImageId]);
  expect(await seen(other, { Owners: ["self"] })).toEqual([]);
  expect(await seen({ account: "777788889999" })).toEqual([]);

  ec2.happened.length = 0;
  const { InstanceId } = await ec2.launch({ ImageId }, other);
  const snapshotId = await snapshotOf(ImageId);
  expect(ec2.happened).toEqual([{ type: "SharedSnapshotVolumeCreated", owner, snapshotId }]);
  const filter = { Filters: [{ Name: "attachment.instance-id", Values: [InstanceId] }] };
  const { Volumes } = await ec2.ask<DescribeVolumesCommandOutput>("DescribeVolumes", filter, other);
  expect(Volumes).toMatchObject([{ SnapshotId: snapshotId, Size: 8 }]);

  await ec2.ask("ResetImageAttribute", { ImageId, Attribute: "launchPermission" });
  expect(await seen(other)).toEqual([]);
});

test("another account copies it only when the snapshots are shared, too", async () => {
  const ImageId = await image();
  await share(ImageId, { UserId: other.account });
  const asked = { Name: "web-copy", SourceImageId: ImageId, SourceRegion: "us-east-1", Encrypted: true };
  const elsewhere = { ...other, region: "eu-west-1" };
  await expect(ec2.ask("CopyImage", asked, elsewhere)).rejects.toMatchObject({
    code: "InvalidRequest",
    message: "You do not have permission to access the storage of this ami",
  });
  const SnapshotId = await snapshotOf(ImageId);
  const permission = { Add: [{ UserId: other.account }] };
  await ec2.ask("ModifySnapshotAttribute", { SnapshotId, CreateVolumePermission: permission });
  ec2.happened.length = 0;
  const copy = await ec2.ask<CopyImageCommandOutput>("CopyImage", asked, elsewhere);
  ec2.pass(5000);
  const { Images } = await ec2.ask<DescribeImagesCommandOutput>("DescribeImages", { Owners: ["self"] }, elsewhere);
  expect(Images).toMatchObject([
    { ImageId: copy.ImageId, State: "available", SourceImageId: ImageId, SourceImageRegion: "us-east-1" },
  ]);
  expect(ec2.happened.map(({ type }) => type)).toEqual(["DataKeyGenerated", "SharedSnapshotCopyInitiated"]);
  const { Snapshots } = await ec2.ask<DescribeSnapshotsCommandOutput>(
    "DescribeSnapshots",
    { OwnerIds: ["self"] },
    elsewhere,
  );
  expect(Snapshots).toMatchObject([
    { SnapshotId: await snapshotOf(copy.ImageId ?? "", elsewhere), Encrypted: true, VolumeSize: 8 },
  ]);
  expect(Snapshots?.[0]?.Description).toContain(`from SourceAmi ${ImageId} for SourceSnapshot ${SnapshotId}`);

  const mapping = { DeviceName: "/dev/xvda", Ebs: { SnapshotId } };
  const registered = await ec2.ask<RegisterImageCommandOutput>(
    "RegisterImage",
    {
      Name: "web-own",
      RootDeviceName: "/dev/xvda",
      BlockDeviceMappings: [mapping],
      VirtualizationType: "hvm",
      Architecture: "x86_64",
    },
    other,
  );
  const { ImageId: launched } = await ec2.launch({ ImageId: registered.ImageId }, other);
  expect(launched).toBe(registered.ImageId);
});

test("one under AWS's own key can't be shared, and what blocks public access keeps others from the public", async () => {
  const ImageId = await image();
  expect(await ec2.ask("GetImageBlockPublicAccessState")).toMatchObject({ ImageBlockPublicAccessState: "unblocked" });
  await ec2.ask("EnableImageBlockPublicAccess", { ImageBlockPublicAccessState: "block-new-sharing" });
  await expect(share(ImageId, { Group: "all" })).rejects.toMatchObject({ code: "OperationNotPermitted" });
  await ec2.ask("DisableImageBlockPublicAccess");
  await share(ImageId, { Group: "all" });
  expect(await seen(other, { ExecutableUsers: ["all"] })).toEqual([ImageId]);

  await ec2.ask("EnableEbsEncryptionByDefault");
  const { InstanceId } = await ec2.launch();
  const { ImageId: encrypted = "" } = await ec2.ask<CreateImageCommandOutput>("CreateImage", {
    InstanceId,
    Name: "web-2",
  });
  await expect(share(encrypted, { UserId: other.account })).rejects.toMatchObject({
    code: "InvalidParameter",
    message: "Snapshots encrypted with the AWS Managed CMK can't be shared. Specify another snapshot.",
  });
});

test("a deprecated image is out of others' lists, a disabled one can't be launched and is nobody else's", async () => {
  const ImageId = await image();
  await share(ImageId, { UserId: other.account });
  await ec2.ask("EnableImageDeprecation", { ImageId, DeprecateAt: new Date(ec2.clock.now() + 60_000) });
  ec2.pass(120_000);
  await ec2.restart();
  expect([await seen(other), await seen({})]).toEqual([[], [ImageId]]);
  expect(await seen(other, { IncludeDeprecated: true })).toEqual([ImageId]);
  await ec2.launch({ ImageId }, other);
  await ec2.ask("DisableImageDeprecation", { ImageId });
  expect(await seen(other)).toEqual([ImageId]);
  await expect(ec2.ask("EnableImageDeprecation", { ImageId, DeprecateAt: new Date(0) })).rejects.toMatchObject({
    code: "InvalidParameterValue",
  });

  await ec2.ask("DisableImage", { ImageId });
  expect([await seen({}), await seen({}, { IncludeDisabled: true }), await seen(other)]).toEqual([[], [ImageId], []]);
  await expect(ec2.launch({ ImageId })).rejects.toMatchObject({ code: "InvalidAMIID.Unavailable" });
  await ec2.ask("EnableImage", { ImageId });
  expect([await seen({}), await seen(other)]).toEqual([[ImageId], []]);
});

test("an image is protected from deregistration, for a day longer if it is to cool down", async () => {
  const ImageId = await image();
  const protection = async () =>
    (
      await ec2.ask<DescribeImageAttributeCommandOutput>("DescribeImageAttribute", {
        ImageId,
        Attribute: "deregistrationProtection",
      })
    ).DeregistrationProtection?.Value;
  await ec2.ask("EnableImageDeregistrationProtection", { ImageId, WithCooldown: true });
  expect(await protection()).toBe("enabled-with-cooldown");
  const deregister = () => ec2.ask("DeregisterImage", { ImageId });
  await expect(deregister()).rejects.toMatchObject({ code: "OperationNotPermitted" });
  await ec2.ask("DisableImageDeregistrationProtection", { ImageId });
  await expect(deregister()).rejects.toMatchObject({ code: "OperationNotPermitted" });
  ec2.pass(24 * 60 * 60 * 1000);
  await deregister();
});

test("description and metadata version are changed, other attributes aren't", async () => {
  const ImageId = await image();
  await ec2.ask("ModifyImageAttribute", { ImageId, Description: { Value: "second" } });
  await ec2.ask("ModifyImageAttribute", { ImageId, ImdsSupport: { Value: "v2.0" } });
  const { Images } = await ec2.ask<DescribeImagesCommandOutput>("DescribeImages", { ImageIds: [ImageId] });
  expect(Images?.[0]).toMatchObject({ Description: "second", ImdsSupport: "v2.0" });
  await expect(ec2.ask("ModifyImageAttribute", { ImageId })).rejects.toMatchObject({
    code: "InvalidParameterCombination",
    message: "No attributes specified.",
  });
});
