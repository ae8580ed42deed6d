import type {
  CreateLaunchTemplateCommandOutput,
  DeleteLaunchTemplateVersionsCommandOutput,
  DescribeLaunchTemplatesCommandOutput,
  DescribeLaunchTemplateVersionsCommandOutput,
  GetLaunchTemplateDataCommandOutput,
  RunInstancesCommandOutput,
} from "@aws-sdk/client-ec2";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Members } from "../../../aws/call.ts";
import { openTestEc2, type TestEc2 } from "../ec2.fixture.ts";

let ec2: TestEc2;
let ImageId: string;
beforeEach(async () => {
  ec2 = await openTestEc2();
  ImageId = await ec2.anImage();
});
afterEach(() => ec2.close());

async function create(data: object = {}, name = "worker"): Promise<string> {
  const { LaunchTemplate } = await ec2.ask<CreateLaunchTemplateCommandOutput>("CreateLaunchTemplate", {
    LaunchTemplateName: name,
    LaunchTemplateData: { ImageId, InstanceType: "t3.micro", ...data },
  });
  return LaunchTemplate?.LaunchTemplateId ?? "";
}

const versions = async (input: Members) =>
  (await ec2.ask<DescribeLaunchTemplateVersionsCommandOutput>("DescribeLaunchTemplateVersions", input))
    .LaunchTemplateVersions ?? [];

test("a launch takes what the template's version says, and what it says itself before that", async () => {
  const LaunchTemplateId = await create({
    MetadataOptions: { HttpTokens: "required" },
    TagSpecifications: [{ ResourceType: "instance", Tags: [{ Key: "Name", Value: "worker" }] }],
  });
  await ec2.ask("CreateLaunchTemplateVersion", {
    LaunchTemplateId,
    SourceVersion: "1",
    LaunchTemplateData: { InstanceType: "t3.small" },
  });
  const run = async (Version: string | undefined, more: object = {}) => {
    const LaunchTemplate = { LaunchTemplateId, ...(Version && { Version }) };
    const counts = { MinCount: 1, MaxCount: 1 };
    const { Instances } = await ec2.ask<RunInstancesCommandOutput>("RunInstances", {
      LaunchTemplate,
      ...counts,
      ...more,
    });
    return Instances?.[0];
  };
  expect(await run(undefined)).toMatchObject({
    InstanceType: "t3.micro",
    Tags: [
      { Key: "aws:ec2launchtemplate:id", Value: LaunchTemplateId },
      { Key: "aws:ec2launchtemplate:version", Value: "1" },
      { Key: "Name", Value: "worker" },
    ],
  });
  expect(await run("$Latest")).toMatchObject({ InstanceType: "t3.small", MetadataOptions: { HttpTokens: "required" } });
  expect(await run("2", { InstanceType: "t3.nano" })).toMatchObject({ InstanceType: "t3.nano" });
  await expect(run("7")).rejects.toMatchObject({ code: "InvalidLaunchTemplateId.VersionNotFound" });
  await expect(run("first")).rejects.toMatchObject({ code: "InvalidParameterValue" });
});

test("versions count on, one of them is the default, which can't be deleted", async () => {
  const LaunchTemplateId = await create();
  for (const InstanceType of ["t3.small", "t3.medium"])
    await ec2.ask("CreateLaunchTemplateVersion", {
      LaunchTemplateId,
      VersionDescription: InstanceType,
      LaunchTemplateData: { ImageId, InstanceType },
    });
  expect((await versions({ LaunchTemplateId })).map(({ VersionNumber }) => VersionNumber)).toEqual([3, 2, 1]);
  await ec2.ask("ModifyLaunchTemplate", { LaunchTemplateId, DefaultVersion: "2" });
  await expect(ec2.ask("DeleteLaunchTemplateVersions", { LaunchTemplateId, Versions: ["2"] })).rejects.toMatchObject({
    code: "InvalidParameterValue",
  });
  const deleted = await ec2.ask<DeleteLaunchTemplateVersionsCommandOutput>("DeleteLaunchTemplateVersions", {
    LaunchTemplateId,
    Versions: ["3", "9"],
  });
  expect(deleted).toMatchObject({
    SuccessfullyDeletedLaunchTemplateVersions: [{ VersionNumber: 3 }],
    UnsuccessfullyDeletedLaunchTemplateVersions: [{ ResponseError: { Code: "launchTemplateVersionDoesNotExist" } }],
  });
  await ec2.ask("CreateLaunchTemplateVersion", { LaunchTemplateId, LaunchTemplateData: { ImageId } });
  const { LaunchTemplates } = await ec2.ask<DescribeLaunchTemplatesCommandOutput>("DescribeLaunchTemplates", {
    LaunchTemplateNames: ["worker"],
  });
  expect(LaunchTemplates).toMatchObject([{ DefaultVersionNumber: 2, LatestVersionNumber: 4 }]);
  expect(await versions({ Versions: ["$Default"] })).toMatchObject([{ VersionNumber: 2, DefaultVersion: true }]);
});

test("a template on the Spot market launches there, and its dates outlive the state", async () => {
  const ValidUntil = new Date(ec2.clock.now() + 3_600_000);
  const LaunchTemplateId = await create({ InstanceMarketOptions: { MarketType: "spot", SpotOptions: { ValidUntil } } });
  await ec2.restart();
  const [version] = await versions({ LaunchTemplateId });
  expect(version?.LaunchTemplateData?.InstanceMarketOptions?.SpotOptions?.ValidUntil).toEqual(ValidUntil);
  const { Instances } = await ec2.ask<RunInstancesCommandOutput>("RunInstances", {
    LaunchTemplate: { LaunchTemplateName: "worker" },
    MinCount: 1,
    MaxCount: 1,
  });
  expect(Instances).toMatchObject([{ InstanceLifecycle: "spot" }]);
});

test("an instance's data makes a template that launches another like it", async () => {
  const { InstanceId } = await ec2.launch({ InstanceType: "t3.small" });
  const { LaunchTemplateData } = await ec2.ask<GetLaunchTemplateDataCommandOutput>("GetLaunchTemplateData", {
    InstanceId,
  });
  await ec2.ask("CreateLaunchTemplate", { LaunchTemplateName: "alike", LaunchTemplateData });
  const { Instances } = await ec2.ask<RunInstancesCommandOutput>("RunInstances", {
    LaunchTemplate: { LaunchTemplateName: "alike" },
    MinCount: 1,
    MaxCount: 1,
  });
  expect(Instances).toMatchObject([{ InstanceType: "t3.small", ImageId }]);
});

test.each([
  ["CreateLaunchTemplate", { LaunchTemplateName: "worker" }, "InvalidLaunchTemplateName.AlreadyExistsException"],
  ["CreateLaunchTemplate", { LaunchTemplateName: "a b" }, "InvalidLaunchTemplateName.MalformedException"],
  ["CreateLaunchTemplate", { LaunchTemplateName: "empty", LaunchTemplateData: {} }, "MissingParameter"],
  ["DeleteLaunchTemplate", { LaunchTemplateName: "other" }, "InvalidLaunchTemplateName.NotFoundException"],
  ["DeleteLaunchTemplate", { LaunchTemplateId: "lt-00000000000000000" }, "InvalidLaunchTemplateId.NotFound"],
  ["DeleteLaunchTemplate", { LaunchTemplateId: "worker" }, "InvalidLaunchTemplateId.Malformed"],
  ["DescribeLaunchTemplateVersions", {}, "MissingParameter"],
])("%s refuses %j with %s", async (action, input, code) => {
  await create();
  await expect(ec2.ask(action, { LaunchTemplateData: { ImageId }, ...input })).rejects.toMatchObject({ code });
});
