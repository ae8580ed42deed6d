import type { PutEventSelectorsRequest, PutInsightSelectorsRequest } from "@aws-sdk/client-cloudtrail";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { account, call, type House, openHouse } from "./trails.fixture.ts";

const arn = `arn:aws:cloudtrail:us-east-1:${account}:trail/audit`;
let house: House;

beforeEach(async () => {
  house = await openHouse();
  house.makeBucket("logs", "audit");
  await house.trails.createTrail(call(), { Name: "audit", S3BucketName: "logs" });
});
afterEach(() => house.close());

const put = (input: Partial<PutInsightSelectorsRequest>) =>
  house.trails.putInsightSelectors(call(), { TrailName: "audit", InsightSelectors: [], ...input });
const get = () => house.trails.getInsightSelectors(call(), { TrailName: "audit" });
const select = (selectors: Partial<PutEventSelectorsRequest>) =>
  house.trails.putEventSelectors(call(), { TrailName: "audit", ...selectors });
const hasInsights = async () => (await house.trails.getTrail(call(), { Name: "audit" })).Trail?.HasInsightSelectors;

const callRate = { InsightType: "ApiCallRateInsight" as const };
const errorRate = { InsightType: "ApiErrorRateInsight" as const };

describe("a trail's Insights", () => {
  it("are turned on, told, and turned off with an empty list", async () => {
    await expect(get()).rejects.toMatchObject({ code: "InsightNotEnabledException" });
    const answer = { TrailARN: arn, InsightSelectors: [callRate, errorRate] };
    expect(await put({ InsightSelectors: [callRate, errorRate] })).toEqual(answer);
    expect(await get()).toEqual(answer);
    expect(await hasInsights()).toBe(true);
    expect(await put({ InsightSelectors: [] })).toEqual({ TrailARN: arn, InsightSelectors: [] });
    expect(await hasInsights()).toBe(false);
    await expect(get()).rejects.toMatchObject({ code: "InsightNotEnabledException" });
  });

  it.each([
    ["of an unknown type", [{ InsightType: "Guess" as never }]],
    ["of a type twice", [callRate, callRate]],
    ["on a category that has none", [{ ...callRate, EventCategories: ["NetworkActivity" as never] }]],
    ["on data events that aren't logged", [{ ...callRate, EventCategories: ["Data" as const] }]],
  ])("are refused %s", async (_, InsightSelectors) => {
    await expect(put({ InsightSelectors })).rejects.toMatchObject({ code: "InvalidInsightSelectorsException" });
  });

  it("need the events that they are computed from", async () => {
    await select({ EventSelectors: [{ ReadWriteType: "ReadOnly" }] });
    await expect(put({ InsightSelectors: [callRate] })).rejects.toMatchObject({
      code: "InvalidInsightSelectorsException",
      message: "To log ApiCallRateInsight on Management events, the trail must log write management events.",
    });
    await put({ InsightSelectors: [errorRate] });
    const data = [
      { Field: "eventCategory", Equals: ["Data"] },
      { Field: "resources.type", Equals: ["AWS::S3::Object"] },
    ];
    await select({ AdvancedEventSelectors: [{ FieldSelectors: data }] });
    await put({ InsightSelectors: [{ ...callRate, EventCategories: ["Data"] }] });
    await expect(put({ InsightSelectors: [errorRate] })).rejects.toMatchObject({
      code: "InvalidInsightSelectorsException",
    });
  });

  it("are of a trail or of an event data store, of which there is none", async () => {
    const EventDataStore = "01234567-89ab-cdef-0123-456789abcdef";
    await expect(put({ EventDataStore })).rejects.toMatchObject({ code: "InvalidParameterCombinationException" });
    await expect(house.trails.getInsightSelectors(call(), {})).rejects.toMatchObject({
      code: "InvalidParameterCombinationException",
    });
    await expect(house.trails.getInsightSelectors(call(), { EventDataStore })).rejects.toMatchObject({
      code: "EventDataStoreNotFoundException",
    });
    await expect(
      house.trails.getInsightSelectors(call(), { EventDataStore: "arn:aws:cloudtrail:eds" }),
    ).rejects.toMatchObject({ code: "EventDataStoreARNInvalidException" });
  });
});

describe("a trail's event configuration", () => {
  const configure = (input: object) => house.trails.putEventConfiguration(call(), { TrailName: "audit", ...input });

  it("keeps how data events are aggregated", async () => {
    const told = () => house.trails.getEventConfiguration(call(), { TrailName: arn });
    expect(await told()).toEqual({ TrailARN: arn, AggregationConfigurations: [] });
    const AggregationConfigurations = [
      { EventCategory: "Data" as const, Templates: ["API_ACTIVITY" as const, "USER_ACTIONS" as const] },
    ];
    expect(await configure({ AggregationConfigurations })).toEqual({ TrailARN: arn, AggregationConfigurations });
    expect(await told()).toEqual({ TrailARN: arn, AggregationConfigurations });
    await configure({ AggregationConfigurations: [] });
    expect(await told()).toEqual({ TrailARN: arn, AggregationConfigurations: [] });
  });

  const templates = ["API_ACTIVITY"];
  it.each([
    [{}, "InvalidParameterException"],
    [
      { AggregationConfigurations: [{ EventCategory: "Management", Templates: templates }] },
      "InvalidParameterException",
    ],
    [{ AggregationConfigurations: [{ EventCategory: "Data", Templates: ["GUESS"] }] }, "InvalidParameterException"],
    [{ AggregationConfigurations: [{ EventCategory: "Data", Templates: [] }] }, "InvalidParameterException"],
    [
      { AggregationConfigurations: [{ EventCategory: "Data", Templates: [...templates, ...templates] }] },
      "InvalidParameterException",
    ],
    [{ MaxEventSize: "Large" }, "InvalidParameterCombinationException"],
    [{ ContextKeySelectors: [{ Type: "TagContext", Equals: ["team"] }] }, "InvalidParameterCombinationException"],
    [{ EventDataStore: "some" }, "InvalidParameterCombinationException"],
    [{ TrailName: undefined, EventDataStore: "some-eds" }, "EventDataStoreNotFoundException"],
    [{ TrailName: undefined }, "InvalidParameterCombinationException"],
  ])("can't be %j", async (input, code) => {
    await expect(configure(input)).rejects.toMatchObject({ code, status: 400 });
  });
});
