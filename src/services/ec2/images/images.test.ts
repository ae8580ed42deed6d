import type {
  CreateImageCommandOutput,
  DescribeImagesCommandOutput,
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

const images = async (input: Members) =>
  (await ec2.ask<DescribeImagesCommandOutput>("DescribeImages", input)).Images ?? [];

test("public images are there from the start, the same in every account, others in every Region", async () => {
  const own = await images({ Owners: ["099720109477"] });
  expect(own.length).toBeGreaterThan(0);
  expect(own.every(({ Public, State }) => Public && State === "available")).toBe(true);
  const [other, elsewhere] = [{ account: "444455556666" }, { region: "eu-west-1" }].map((where) =>
    ec2.ask<DescribeImagesCommandOutput>("DescribeImages", { Owners: ["099720109477"] }, where),
  );
  expect((await other)?.Images).toEqual(own);
  const ids = new Set(own.map(({ ImageId }) => ImageId));
  expect((await elsewhere)?.Images?.some(({ ImageId }) => ids.has(ImageId))).toBe(false);
});

test("an image of an instance keeps its volumes as snapshots, launches others, and goes with them", async () => {
  const { InstanceId } = await ec2.launch();
  const { ImageId = "" } = await ec2.ask<CreateImageCommandOutput>("CreateImage", { InstanceId, Name: "web-1" });
  expect(await images({ ImageIds: [ImageId] })).toMatchObject([{ State: "pending", Name: "web-1", Public: false }]);
  await expect(ec2.launch({ ImageId })).rejects.toMatchObject({ code: "InvalidAMIID.Unavailable" });
  ec2.pass(5000);
  const launched = await ec2.launch({ ImageId });
  expect(launched.ImageId).toBe(ImageId);

  const { Snapshots = [] } = await ec2.ask<DescribeSnapshotsCommandOutput>("DescribeSnapshots", { OwnerIds: ["self"] });
  expect(Snapshots[0]?.Description).toBe(`Created by CreateImage(${InstanceId}) for ${ImageId}`);
  const SnapshotId = Snapshots[0]?.SnapshotId;
  await expect(ec2.ask("DeleteSnapshot", { SnapshotId })).rejects.toMatchObject({
    code: "InvalidSnapshot.InUse",
    message: `The snapshot ${SnapshotId} is currently in use by ${ImageId}`,
  });
  await ec2.ask("DeregisterImage", { ImageId });
  await ec2.ask("DeleteSnapshot", { SnapshotId });
  await expect(images({ ImageIds: [ImageId] })).rejects.toMatchObject({ code: "InvalidAMIID.NotFound" });
});

test("a name is taken once, and a public image isn't the account's to change", async () => {
  const { InstanceId, ImageId } = await ec2.launch();
  await ec2.ask("CreateImage", { InstanceId, Name: "web-1" });
  await expect(ec2.ask("CreateImage", { InstanceId, Name: "web-1" })).rejects.toMatchObject({
    code: "InvalidAMIName.Duplicate",
  });
  await expect(ec2.ask("DeregisterImage", { ImageId })).rejects.toMatchObject({ code: "AuthFailure" });
});
