import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { AwsError } from "../../aws/error.ts";
import { service } from "../../aws/model.ts";
import { systemRandom } from "../../aws/random.ts";
import { openSegmentJournal } from "../../storage/journal/index.ts";
import { bucketPolicyFor, createTrails, listPublicKeysOperation, openDigestKeys } from "../../trails/index.ts";
import { createLogTarget, createS3 } from "../s3/index.ts";
import { account, clientOf, openStores, TestClock } from "../service.fixture.ts";
import { createCloudTrail } from "./index.ts";

async function open() {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-cloudtrail-"));
  const journal = await openSegmentJournal({ folder });
  onTestFinished(async () => {
    await journal.close();
    await rm(folder, { recursive: true, force: true });
  });
  const parts = { ...(await openStores()), clock: new TestClock(), random: systemRandom };
  const trails = createTrails({ ...parts, journal, target: createLogTarget(parts) });
  const asked: unknown[] = [];
  const lookupEvents = async (...question: unknown[]) => {
    asked.push(question);
    return { Events: [] };
  };
  const keys = await openDigestKeys({ folder: join(folder, "keys") });
  const listPublicKeys = listPublicKeysOperation({ keys, clock: parts.clock });
  const cloudtrail = clientOf("cloudtrail", createCloudTrail({ trails, lookupEvents, listPublicKeys }));
  return { cloudtrail, keys, clock: parts.clock, s3: clientOf("s3", createS3(parts)), asked };
}

it("takes Terraform's sequence of calls, on a bucket of S3", async () => {
  const { cloudtrail, s3 } = await open();
  const arn = `arn:aws:cloudtrail:us-east-1:${account}:trail/audit`;
  await s3.call("CreateBucket", { Bucket: "the-logs" });
  const trail = { Name: "audit", S3BucketName: "the-logs", IsMultiRegionTrail: true };
  await expect(cloudtrail.call("CreateTrail", trail)).rejects.toMatchObject({
    code: "InsufficientS3BucketPolicyException",
  });
  await s3.call("PutBucketPolicy", { Bucket: "the-logs", Policy: bucketPolicyFor("the-logs", account, arn) });

  const TagsList = [{ Key: "team", Value: "blue" }];
  expect(await cloudtrail.call("CreateTrail", { ...trail, TagsList })).toMatchObject({ TrailARN: arn });
  await cloudtrail.call("StartLogging", { Name: arn });
  await cloudtrail.call("PutEventSelectors", { TrailName: arn, EventSelectors: [{ ReadWriteType: "WriteOnly" }] });
  expect(await cloudtrail.call("DescribeTrails", { trailNameList: [arn] })).toMatchObject({
    trailList: [{ Name: "audit", HasCustomEventSelectors: true, HasInsightSelectors: false }],
  });
  expect(await cloudtrail.call("GetTrailStatus", { Name: arn })).toMatchObject({ IsLogging: true });
  expect(await cloudtrail.call("GetEventSelectors", { TrailName: arn })).toMatchObject({
    EventSelectors: [{ ReadWriteType: "WriteOnly", IncludeManagementEvents: true }],
  });
  expect(await cloudtrail.call("ListTags", { ResourceIdList: [arn] })).toEqual({
    ResourceTagList: [{ ResourceId: arn, TagsList }],
  });
  await cloudtrail.call("DeleteTrail", { Name: arn });
  expect(await cloudtrail.call("DescribeTrails", { trailNameList: [arn] })).toEqual({ trailList: [] });
});

it("looks events up in the account and Region of the call", async () => {
  const { cloudtrail, asked } = await open();
  const question = { MaxResults: 5 };
  expect(await cloudtrail.call("LookupEvents", question, { region: "eu-west-1" })).toEqual({ Events: [] });
  expect(asked).toEqual([[account, "eu-west-1", question]]);
});

it("answers for what an account hasn't got as AWS does", async () => {
  const { cloudtrail } = await open();
  expect(await cloudtrail.call("ListEventDataStores")).toEqual({ EventDataStores: [] });
  expect(await cloudtrail.call("ListChannels")).toEqual({ Channels: [] });
  expect(await cloudtrail.call("ListImports")).toEqual({ Imports: [] });
  expect(await cloudtrail.call("ListDashboards")).toEqual({ Dashboards: [] });
  expect(await cloudtrail.call("ListInsightsData", { InsightSource: "arn", DataType: "InsightsEvents" })).toEqual({
    Events: [],
  });
  const metric = { EventSource: "ec2.amazonaws.com", EventName: "RunInstances", InsightType: "ApiCallRateInsight" };
  expect(await cloudtrail.call("ListInsightsMetricData", metric)).toEqual({ ...metric, Timestamps: [], Values: [] });
});

it("answers each of CloudTrail's operations", async () => {
  const { cloudtrail } = await open();
  const operations = [...service("cloudtrail").actions.keys()];
  expect(operations.length).toBeGreaterThanOrEqual(60);
  for (const operation of operations)
    await cloudtrail.call(operation).catch((error: unknown) => expect(error).toBeInstanceOf(AwsError));
});

const eds = "arn:aws:cloudtrail:us-east-1:123456789012:eventdatastore/01234567-89ab-cdef-0123-456789abcdef";
const uuid = "01234567-89ab-cdef-0123-456789abcdef";

it.each([
  ["GetEventDataStore", { EventDataStore: eds }, "EventDataStoreNotFoundException"],
  ["GetEventDataStore", { EventDataStore: uuid }, "EventDataStoreNotFoundException"],
  ["DeleteEventDataStore", { EventDataStore: "arn:aws:s3:::bucket" }, "EventDataStoreARNInvalidException"],
  ["CreateEventDataStore", { Name: "store" }, "UnsupportedOperationException"],
  ["StartQuery", { QueryStatement: `SELECT * FROM ${uuid}` }, "EventDataStoreNotFoundException"],
  ["GetQueryResults", { QueryId: uuid }, "QueryIdNotFoundException"],
  ["GetChannel", { Channel: uuid }, "ChannelNotFoundException"],
  ["DeleteChannel", { Channel: "arn:aws:s3:::bucket" }, "ChannelARNInvalidException"],
  ["CreateChannel", { Destinations: [{ Type: "EVENT_DATA_STORE", Location: eds }] }, "EventDataStoreNotFoundException"],
  ["GetImport", { ImportId: uuid }, "ImportNotFoundException"],
  ["StartImport", { Destinations: [eds] }, "EventDataStoreNotFoundException"],
  ["StartImport", { ImportId: uuid }, "ImportNotFoundException"],
  ["GetDashboard", { DashboardId: "board" }, "ResourceNotFoundException"],
  ["GetResourcePolicy", { ResourceArn: eds }, "ResourceNotFoundException"],
  ["PutResourcePolicy", { ResourceArn: "store", ResourcePolicy: "{}" }, "ResourceARNNotValidException"],
  [
    "DeleteResourcePolicy",
    { ResourceArn: "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit" },
    "ResourceTypeNotSupportedException",
  ],
  [
    "ListInsightsMetricData",
    { EventSource: "ec2.amazonaws.com", EventName: "RunInstances", InsightType: "ApiErrorRateInsight" },
    "InvalidParameterException",
  ],
])("%s of %j is a %s", async (operation, input, code) => {
  const { cloudtrail } = await open();
  await expect(cloudtrail.call(operation, input)).rejects.toMatchObject({ code, status: 400 });
});

it("lists the public keys of digests that were valid in a time range, by Region", async () => {
  const { cloudtrail, keys, clock } = await open();
  const day = 86_400_000;
  const start = clock.now();
  const { fingerprint: first } = await keys.signingKey("us-east-1", start);
  const { fingerprint: second } = await keys.signingKey("us-east-1", start + 29 * day);
  const list = async (input: object, region = "us-east-1") => {
    const { PublicKeyList } = (await cloudtrail.call("ListPublicKeys", input, { region })) as {
      PublicKeyList: { Fingerprint: string }[];
    };
    return PublicKeyList.map(({ Fingerprint }) => Fingerprint);
  };
  const at = (days: number) => new Date(start + days * day);
  expect(await cloudtrail.call("ListPublicKeys", {})).toMatchObject({
    PublicKeyList: [{ Fingerprint: first, ValidityStartTime: at(0), ValidityEndTime: at(30) }],
  });
  expect(await list({ StartTime: at(28), EndTime: at(29) })).toEqual([first, second]);
  expect(await list({ StartTime: at(31), EndTime: at(99) })).toEqual([second]);
  expect(await list({ StartTime: at(60), EndTime: at(99) })).toEqual([]);
  expect(await list({}, "eu-west-1")).toEqual([]);
  await expect(list({ StartTime: at(2), EndTime: at(1) })).rejects.toMatchObject({ code: "InvalidTimeRangeException" });
  await expect(list({ NextToken: "more" })).rejects.toMatchObject({ code: "InvalidTokenException" });
});
