import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { region } from "../aws/names.ts";
import { account, call, type House, openHouse } from "./trails.fixture.ts";

let house: House;

beforeEach(async () => {
  house = await openHouse();
  house.makeBucket("logs", "*");
});

afterEach(() => house.close());

const arn = (name: string, home = "us-east-1") => `arn:aws:cloudtrail:${home}:${account}:trail/${name}`;

function create(name: string, settings = {}, from = "us-east-1") {
  house.buckets.set("logs", { ...policyFor(name, from), owner: account, region: region("us-east-1") });
  return house.trails.createTrail(call(from), { Name: name, S3BucketName: "logs", ...settings });
}

function policyFor(name: string, from: string) {
  house.makeBucket("logs", name);
  return { policy: (house.buckets.get("logs")?.policy ?? "").replaceAll(":us-east-1:", `:${from}:`) };
}

describe("creating a trail", () => {
  it("answers with AWS's defaults and doesn't start it", async () => {
    expect(await create("audit")).toEqual({
      Name: "audit",
      S3BucketName: "logs",
      IncludeGlobalServiceEvents: true,
      IsMultiRegionTrail: false,
      TrailARN: arn("audit"),
      LogFileValidationEnabled: false,
      IsOrganizationTrail: false,
    });
    expect(await house.trails.getTrailStatus(call(), { Name: "audit" })).toEqual({
      IsLogging: false,
      LatestDeliveryAttemptTime: "",
      LatestNotificationAttemptTime: "",
      LatestNotificationAttemptSucceeded: "",
      LatestDeliveryAttemptSucceeded: "",
      TimeLoggingStarted: "",
      TimeLoggingStopped: "",
    });
  });

  it.each([
    ["", "Trail name cannot be blank!"],
    ["ab", "Trail name too short. Minimum allowed length: 3 characters. Specified name length: 2 characters."],
    [
      "a".repeat(129),
      "Trail name too long. Maximum allowed length: 128 characters. Specified name length: 129 characters.",
    ],
    ["-audit", "Trail name must starts with a letter or number."],
    ["audit.", "Trail name must ends with a letter or number."],
    [
      "my audit",
      "Trail name or ARN can only contain uppercase letters, lowercase letters, numbers, periods (.), hyphens (-), and underscores (_).",
    ],
    ["my-_audit", "Trail name or ARN cannot have adjacent periods (.), hyphens (-), or underscores (_)."],
    ["192.168.5.4", "Trail names must not be formatted as an IP address."],
  ])("refuses the name %j", async (name, message) => {
    await expect(create(name)).rejects.toMatchObject({ code: "InvalidTrailNameException", message });
  });

  it.each([
    [{ S3BucketName: undefined }, "InvalidS3BucketNameException"],
    [{ S3BucketName: "Bad_Bucket" }, "InvalidS3BucketNameException"],
    [{ S3BucketName: "nowhere" }, "S3BucketDoesNotExistException"],
    [{ S3KeyPrefix: "p".repeat(201) }, "InvalidS3PrefixException"],
    [{ S3KeyPrefix: "elsewhere" }, "InsufficientS3BucketPolicyException"],
    [{ IsMultiRegionTrail: true, IncludeGlobalServiceEvents: false }, "InvalidParameterCombinationException"],
    [{ IsOrganizationTrail: true }, "OrganizationsNotInUseException"],
    [{ SnsTopicName: "topic" }, "InsufficientSnsTopicPolicyException"],
    [{ CloudWatchLogsRoleArn: "arn:aws:iam::123456789012:role/r" }, "InvalidCloudWatchLogsLogGroupArnException"],
    [{ KmsKeyId: "alias/" }, "InvalidKmsKeyIdException"],
    [{ KmsKeyId: "arn:aws:kms:eu-west-1:123456789012:alias/far" }, "KmsKeyNotFoundException"],
    [{ TagsList: [{ Key: "aws:mine", Value: "" }] }, "InvalidTagParameterException"],
  ])("refuses %j with %s", async (settings, code) => {
    await expect(create("audit", settings)).rejects.toMatchObject({ code, status: 400 });
    expect(await house.trails.listTrails(call())).toEqual({ Trails: [] });
  });

  it("tells which statement the bucket policy lacks", async () => {
    house.makeBucket("logs", "another");
    await expect(house.trails.createTrail(call(), { Name: "audit", S3BucketName: "logs" })).rejects.toMatchObject({
      code: "InsufficientS3BucketPolicyException",
      message: expect.stringMatching(
        /^Incorrect S3 bucket policy is detected for bucket: logs\. .*s3:GetBucketAcl on arn:aws:s3:::logs .*s3:PutObject on arn:aws:s3:::logs\/AWSLogs\/123456789012\/\*/,
      ),
    });
  });

  it("refuses a name that is taken, and only in its Region", async () => {
    await create("audit");
    await expect(create("audit")).rejects.toMatchObject({
      code: "TrailAlreadyExistsException",
      message: "Trail audit already exists for customer: 123456789012",
    });
    await create("audit", {}, "eu-west-1");
  });

  it("refuses the sixth trail of a Region, in which those of all Regions count too", async () => {
    for (const name of ["trail-1", "trail-2", "trail-3"]) await create(name);
    await create("all-1", { IsMultiRegionTrail: true }, "eu-west-1");
    await create("all-2", { IsMultiRegionTrail: true }, "eu-west-1");
    await expect(create("trail-6")).rejects.toMatchObject({
      code: "MaximumNumberOfTrailsExceededException",
      message: "User: 123456789012 already has 5 trails in us-east-1.",
    });
    await expect(create("all-3", { IsMultiRegionTrail: true }, "eu-west-1")).rejects.toMatchObject({
      code: "MaximumNumberOfTrailsExceededException",
    });
    await create("single", {}, "eu-west-1");
  });
});

describe("finding a trail", () => {
  it("shows a trail of all Regions everywhere, by name only at home", async () => {
    await create("audit", { IsMultiRegionTrail: true });
    const seen = { Name: "audit", HomeRegion: "us-east-1", IsMultiRegionTrail: true, HasCustomEventSelectors: false };
    const { describeTrails, getTrail } = house.trails;
    expect(await describeTrails(call("eu-west-1"), {})).toMatchObject({ trailList: [seen] });
    expect(await describeTrails(call("eu-west-1"), { includeShadowTrails: false })).toEqual({ trailList: [] });
    expect(await describeTrails(call("eu-west-1"), { trailNameList: ["audit"] })).toEqual({ trailList: [] });
    expect(await describeTrails(call("eu-west-1"), { trailNameList: [arn("audit")] })).toMatchObject({
      trailList: [seen],
    });
    expect(await getTrail(call("eu-west-1"), { Name: arn("audit") })).toMatchObject({ Trail: seen });
    await expect(getTrail(call("eu-west-1"), { Name: "audit" })).rejects.toMatchObject({
      code: "TrailNotFoundException",
      message: `Unknown trail: ${arn("audit", "eu-west-1")} for the user: 123456789012`,
    });
    await expect(getTrail(call(), { Name: "arn:aws:cloudtrail:trail/audit" })).rejects.toMatchObject({
      code: "CloudTrailARNInvalidException",
    });
  });

  it("keeps to the account that asks", async () => {
    await create("audit");
    const stranger = call("us-east-1", "999999999999");
    expect(await house.trails.listTrails(stranger)).toEqual({ Trails: [] });
    await expect(house.trails.getTrail(stranger, { Name: arn("audit") })).rejects.toMatchObject({
      code: "TrailNotFoundException",
    });
  });

  it("leaves unknown names out of DescribeTrails", async () => {
    expect(await house.trails.describeTrails(call(), { trailNameList: ["nothing"] })).toEqual({ trailList: [] });
  });
});

describe("changing a trail", () => {
  it("is possible only in its home Region", async () => {
    await create("audit", { IsMultiRegionTrail: true });
    const { trails } = house;
    const away = call("eu-west-1");
    for (const change of [
      trails.updateTrail(away, { Name: arn("audit") }),
      trails.deleteTrail(away, { Name: arn("audit") }),
      trails.startLogging(away, { Name: arn("audit") }),
      trails.stopLogging(away, { Name: arn("audit") }),
      trails.putEventSelectors(away, { TrailName: arn("audit"), EventSelectors: [{}] }),
    ])
      await expect(change).rejects.toMatchObject({ code: "InvalidHomeRegionException" });
  });

  it("changes what is named and keeps the rest", async () => {
    await create("audit", { EnableLogFileValidation: true });
    house.makeBucket("others", "audit", "cloudtrail");
    await house.trails.updateTrail(call(), { Name: "audit", S3BucketName: "others", S3KeyPrefix: "cloudtrail" });
    house.makeBucket("others", "audit");
    expect(await house.trails.updateTrail(call(), { Name: "audit", S3KeyPrefix: "" })).toEqual({
      Name: "audit",
      S3BucketName: "others",
      IncludeGlobalServiceEvents: true,
      IsMultiRegionTrail: false,
      TrailARN: arn("audit"),
      LogFileValidationEnabled: true,
      IsOrganizationTrail: false,
    });
  });

  it("refuses all Regions without the events of global services, and leaves those as they are", async () => {
    await create("audit", { IncludeGlobalServiceEvents: false });
    const update = (settings: object) => house.trails.updateTrail(call(), { Name: "audit", ...settings });
    const refused = {
      code: "InvalidParameterCombinationException",
      message: "Multi-Region trail must include global service events.",
    };
    await expect(update({ IsMultiRegionTrail: true })).rejects.toMatchObject(refused);
    await update({ IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true });
    await expect(update({ IncludeGlobalServiceEvents: false })).rejects.toMatchObject(refused);
    expect(await update({ IsMultiRegionTrail: false })).toMatchObject({ IncludeGlobalServiceEvents: true });
  });

  it("is gone when it is deleted, and its name is free again", async () => {
    await create("audit");
    await house.trails.deleteTrail(call(), { Name: "audit" });
    await expect(house.trails.deleteTrail(call(), { Name: "audit" })).rejects.toMatchObject({
      code: "TrailNotFoundException",
    });
    await create("audit");
  });

  it("tells the times of starting and stopping", async () => {
    await create("audit");
    await house.trails.startLogging(call(), { Name: "audit" });
    house.clock.time += 60_000;
    await house.trails.startLogging(call(), { Name: "audit" });
    await house.trails.stopLogging(call(), { Name: "audit" });
    expect(await house.trails.getTrailStatus(call(), { Name: arn("audit") })).toMatchObject({
      IsLogging: false,
      StartLoggingTime: new Date("2026-10-15T12:02:30Z"),
      StopLoggingTime: new Date("2026-10-15T12:03:30Z"),
      TimeLoggingStarted: "2026-10-15T12:02:30Z",
      TimeLoggingStopped: "2026-10-15T12:03:30Z",
    });
  });
});

describe("tags", () => {
  it("are added, replaced, listed and removed", async () => {
    await create("audit", { TagsList: [{ Key: "team", Value: "blue" }] });
    const { addTags, listTags, removeTags } = house.trails;
    const ResourceId = arn("audit");
    await addTags(call(), {
      ResourceId,
      TagsList: [
        { Key: "team", Value: "red" },
        { Key: "cost", Value: "1" },
      ],
    });
    await removeTags(call(), { ResourceId, TagsList: [{ Key: "cost" }] });
    expect(await listTags(call(), { ResourceIdList: [ResourceId] })).toEqual({
      ResourceTagList: [{ ResourceId, TagsList: [{ Key: "team", Value: "red" }] }],
    });
  });

  it("are at most 50, on a trail of this Region that exists", async () => {
    await create("audit");
    const { addTags, listTags } = house.trails;
    const TagsList = Array.from({ length: 51 }, (_, index) => ({ Key: `key-${index}`, Value: "" }));
    await expect(addTags(call(), { ResourceId: arn("audit"), TagsList })).rejects.toMatchObject({
      code: "TagsLimitExceededException",
    });
    await expect(listTags(call("eu-west-1"), { ResourceIdList: [arn("audit")] })).rejects.toMatchObject({
      code: "CloudTrailARNInvalidException",
      message: "Region in ARN is wrong, you can only access resources in region eu-west-1.",
    });
    await expect(listTags(call(), { ResourceIdList: [arn("nothing")] })).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
    await expect(listTags(call(), { ResourceIdList: ["audit"] })).rejects.toMatchObject({
      code: "CloudTrailARNInvalidException",
    });
  });
});

describe("event selectors", () => {
  it("are all management events until they are put, and then custom", async () => {
    await create("audit");
    const { describeTrails, getEventSelectors, putEventSelectors } = house.trails;
    const all = {
      ReadWriteType: "All",
      IncludeManagementEvents: true,
      DataResources: [],
      ExcludeManagementEventSources: [],
    };
    const answer = await getEventSelectors(call(), { TrailName: "audit" });
    expect(answer).toEqual({ TrailARN: arn("audit"), EventSelectors: [all] });

    await putEventSelectors(call(), { TrailName: "audit", EventSelectors: [{ ReadWriteType: "WriteOnly" }] });
    expect(await getEventSelectors(call(), { TrailName: "audit" })).toMatchObject({
      EventSelectors: [{ ...all, ReadWriteType: "WriteOnly" }],
    });
    expect(await describeTrails(call(), {})).toMatchObject({ trailList: [{ HasCustomEventSelectors: true }] });

    // Terraform's way back to the default.
    await putEventSelectors(call(), {
      TrailName: "audit",
      EventSelectors: [{ ReadWriteType: "All", IncludeManagementEvents: true, DataResources: [] }],
    });
    expect(await describeTrails(call(), {})).toMatchObject({ trailList: [{ HasCustomEventSelectors: false }] });
  });

  it("are basic or advanced: putting one kind takes the other away", async () => {
    await create("audit");
    const { getEventSelectors, putEventSelectors } = house.trails;
    const AdvancedEventSelectors = [
      { Name: "writes", FieldSelectors: [{ Field: "eventCategory", Equals: ["Management"] }] },
    ];
    await putEventSelectors(call(), { TrailName: "audit", AdvancedEventSelectors });
    expect(await getEventSelectors(call(), { TrailName: "audit" })).toEqual({
      TrailARN: arn("audit"),
      AdvancedEventSelectors,
    });
    await putEventSelectors(call(), { TrailName: "audit", EventSelectors: [{}] });
    expect(await getEventSelectors(call(), { TrailName: "audit" })).not.toHaveProperty("AdvancedEventSelectors");
    await expect(
      putEventSelectors(call(), { TrailName: "audit", EventSelectors: [{}], AdvancedEventSelectors }),
    ).rejects.toMatchObject({ code: "InvalidEventSelectorsException" });
  });

  it("lose the advanced ones alone when a list of none is put, as Terraform's provider does after basic ones", async () => {
    await create("audit");
    const { getEventSelectors, putEventSelectors } = house.trails;
    const selectors = () => getEventSelectors(call(), { TrailName: "audit" });
    const advanced = [{ FieldSelectors: [{ Field: "eventCategory", Equals: ["Management"] }] }];
    await putEventSelectors(call(), { TrailName: "audit", AdvancedEventSelectors: advanced });
    await putEventSelectors(call(), { TrailName: "audit", AdvancedEventSelectors: [] });
    expect((await selectors()).EventSelectors).toMatchObject([{ ReadWriteType: "All" }]);
    await putEventSelectors(call(), {
      TrailName: "audit",
      EventSelectors: [{ ReadWriteType: "WriteOnly" }],
      AdvancedEventSelectors: [],
    });
    await putEventSelectors(call(), { TrailName: "audit", AdvancedEventSelectors: [] });
    expect(await selectors()).toMatchObject({ EventSelectors: [{ ReadWriteType: "WriteOnly" }] });
    for (const nothing of [{}, { EventSelectors: [] }, { EventSelectors: [], AdvancedEventSelectors: [] }])
      await expect(putEventSelectors(call(), { TrailName: "audit", ...nothing })).rejects.toMatchObject({
        code: "InvalidEventSelectorsException",
      });
  });
});

it("keeps trails across a restart", async () => {
  await create("audit", { TagsList: [{ Key: "team", Value: "blue" }] });
  await house.trails.startLogging(call(), { Name: "audit" });
  house = await house.reopen();
  expect(await house.trails.getTrailStatus(call(), { Name: "audit" })).toMatchObject({ IsLogging: true });
  expect(await house.trails.getTrail(call(), { Name: "audit" })).toMatchObject({ Trail: { S3BucketName: "logs" } });
});
