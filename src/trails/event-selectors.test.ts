import type { AdvancedEventSelector, AdvancedFieldSelector, EventSelector } from "@aws-sdk/client-cloudtrail";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CloudTrailRecord, RecordResource } from "../record/record.ts";
import { isSelectedByAdvanced } from "./advanced-event-selectors.ts";
import { isSelectedByBasic } from "./basic-event-selectors.ts";
import { checkedEventSelectors } from "./event-selectors.ts";

function record(changes: Partial<CloudTrailRecord>): CloudTrailRecord {
  return {
    eventVersion: "1.11",
    userIdentity: { type: "Root", arn: "arn:aws:iam::123456789012:root" },
    eventTime: "2026-10-15T12:02:30Z",
    eventSource: "ec2.amazonaws.com",
    eventName: "RunInstances",
    awsRegion: "us-east-1",
    sourceIPAddress: "127.0.0.1",
    requestParameters: null,
    responseElements: null,
    eventID: "00000000-0000-4000-8000-000000000000",
    readOnly: false,
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: "123456789012",
    eventCategory: "Management",
    ...changes,
  };
}

const data = (resource: RecordResource, changes: Partial<CloudTrailRecord> = {}) =>
  record({ eventCategory: "Data", managementEvent: false, resources: [resource], ...changes });
const object = (key: string) => data({ type: "AWS::S3::Object", ARN: `arn:aws:s3:::${key}` });
const snapshot = (id: string, changes: Partial<CloudTrailRecord> = {}) =>
  data({ type: "AWS::EC2::Snapshot", ARN: `arn:aws:ec2:us-east-1::snapshot/${id}` }, changes);

describe("basic event selectors", () => {
  const selects = (selector: EventSelector, what: CloudTrailRecord) => {
    const checked = checkedEventSelectors({ TrailName: "audit", EventSelectors: [selector] }, {});
    return isSelectedByBasic(checked.eventSelectors ?? [], what);
  };

  it("tell reading from writing", () => {
    const read = record({ readOnly: true });
    expect(selects({ ReadWriteType: "ReadOnly" }, read)).toBe(true);
    expect(selects({ ReadWriteType: "WriteOnly" }, read)).toBe(false);
    expect(selects({ ReadWriteType: "WriteOnly" }, record({}))).toBe(true);
  });

  it("leave out the sources they exclude", () => {
    const selector = { ExcludeManagementEventSources: ["kms.amazonaws.com"] };
    expect(selects(selector, record({ eventSource: "kms.amazonaws.com" }))).toBe(false);
    expect(selects(selector, record({}))).toBe(true);
  });

  it("take S3 data events by the beginning of the ARN, and management events only if told", () => {
    const values = (...Values: string[]): EventSelector => ({
      IncludeManagementEvents: false,
      DataResources: [{ Type: "AWS::S3::Object", Values }],
    });
    expect(selects(values("arn:aws:s3:::bucket/"), object("bucket/key"))).toBe(true);
    expect(selects(values("arn:aws:s3:::bucket/pre"), object("bucket/prefix/key"))).toBe(true);
    expect(selects(values("arn:aws:s3:::bucket/"), object("bucket-2/key"))).toBe(false);
    expect(selects(values("arn:aws:s3"), object("any/key"))).toBe(true);
    expect(selects(values("arn:aws:s3:::"), object("any/key"))).toBe(true);
    expect(selects(values("arn:aws:s3"), snapshot("snap-1"))).toBe(false);
    expect(selects(values("arn:aws:s3"), record({}))).toBe(false);
  });

  it.each<[EventSelector[], string]>([
    [[{ ReadWriteType: "read-only" as "ReadOnly" }], "Value read-only for ReadWriteType is invalid."],
    [
      [{ DataResources: [{ Type: "AWS::S3::Object", Values: ["arn:aws:s3:::bucket"] }] }],
      "Value arn:aws:s3:::bucket for DataResources.Values is invalid.",
    ],
    [
      [{ DataResources: [{ Type: "AWS::S3::Object", Values: ["arn:aws:s3:::*/*"] }] }],
      "Value arn:aws:s3:::*/* for DataResources.Values is invalid.",
    ],
    [
      [{ DataResources: [{ Type: "AWS::Lambda::Function", Values: ["arn:aws:lambda:*"] }] }],
      "Value arn:aws:lambda:* for DataResources.Values is invalid.",
    ],
    [
      [{ DataResources: [{ Type: "AWS::EC2::Snapshot" }] }],
      "Value AWS::EC2::Snapshot for DataResources.Type is invalid.",
    ],
    [[{ IncludeManagementEvents: false }], "An event selector must include management events or data resources."],
    [
      [{ ExcludeManagementEventSources: ["ec2.amazonaws.com"] }],
      "Value ec2.amazonaws.com for ExcludeManagementEventSources is invalid.",
    ],
    [Array.from({ length: 6 }, () => ({})), "A trail can have at most 5 event selectors, not 6."],
    [
      [
        {
          DataResources: [
            { Type: "AWS::S3::Object", Values: Array.from({ length: 251 }, (_, n) => `arn:aws:s3:::b${n}/`) },
          ],
        },
      ],
      "A trail can have at most 250 data resources, not 251.",
    ],
  ])("refuses %j", (EventSelectors, message) => {
    expect(() => checkedEventSelectors({ TrailName: "audit", EventSelectors }, {})).toThrow(
      expect.objectContaining({ code: "InvalidEventSelectorsException", message }),
    );
  });
});

describe("advanced event selectors", () => {
  const management: AdvancedFieldSelector = { Field: "eventCategory", Equals: ["Management"] };
  const dataCategory: AdvancedFieldSelector = { Field: "eventCategory", Equals: ["Data"] };
  const snapshots: AdvancedFieldSelector = { Field: "resources.type", Equals: ["AWS::EC2::Snapshot"] };
  const selects = (FieldSelectors: AdvancedFieldSelector[], what: CloudTrailRecord) => {
    const checked = checkedEventSelectors({ TrailName: "audit", AdvancedEventSelectors: [{ FieldSelectors }] }, {});
    return isSelectedByAdvanced(checked.advancedEventSelectors ?? [], what);
  };

  it("log only the category they name", () => {
    expect(selects([management], record({}))).toBe(true);
    expect(selects([management], snapshot("snap-1"))).toBe(false);
    expect(selects([dataCategory, snapshots], snapshot("snap-1"))).toBe(true);
    expect(selects([dataCategory, snapshots], object("bucket/key"))).toBe(false);
  });

  it("look at one resource for its type and its ARN", () => {
    const one: AdvancedFieldSelector = { Field: "resources.ARN", EndsWith: ["snap-1"] };
    const others: AdvancedFieldSelector = { Field: "resources.ARN", NotEndsWith: ["snap-1"] };
    const both = record({
      eventCategory: "Data",
      resources: [
        { type: "AWS::EC2::Snapshot", ARN: "arn:aws:ec2:us-east-1::snapshot/snap-2" },
        { type: "AWS::S3::Object", ARN: "arn:aws:s3:::bucket/snap-1" },
      ],
    });
    expect(selects([dataCategory, snapshots, one], both)).toBe(false);
    expect(selects([dataCategory, snapshots, others], both)).toBe(true);
    expect(selects([dataCategory, snapshots, one], snapshot("snap-1"))).toBe(true);
  });

  it("select by what is there and deselect by what is there: what is missing matches neither", () => {
    const who = (selector: Omit<AdvancedFieldSelector, "Field">) => [
      dataCategory,
      snapshots,
      { Field: "userIdentity.arn", ...selector },
    ];
    const service = snapshot("snap-1", { userIdentity: { type: "AWSService", invokedBy: "ec2.amazonaws.com" } });
    expect(selects(who({ StartsWith: ["arn:"] }), service)).toBe(false);
    expect(selects(who({ NotStartsWith: ["arn:"] }), service)).toBe(true);
    expect(selects(who({ NotStartsWith: ["arn:"] }), snapshot("snap-1"))).toBe(false);
  });

  it.each<[string, AdvancedFieldSelector[]]>([
    ["no category", [snapshots]],
    ["two categories", [{ Field: "eventCategory", Equals: ["Management", "Data"] }]],
    ["an unknown category", [{ Field: "eventCategory", Equals: ["Insight"] }]],
    ["a category by another operator", [{ Field: "eventCategory", StartsWith: ["Data"] }]],
    ["data events without a type", [dataCategory]],
    ["a field twice", [dataCategory, snapshots, snapshots]],
    ["a field of another category", [management, snapshots]],
    ["an operator the field hasn't", [management, { Field: "eventSource", Equals: ["kms.amazonaws.com"] }]],
    ["a source that can't be excluded", [management, { Field: "eventSource", NotEquals: ["ec2.amazonaws.com"] }]],
    ["no operator", [management, { Field: "readOnly" }]],
    ["no value", [management, { Field: "readOnly", Equals: [] }]],
    ["a value that isn't", [management, { Field: "readOnly", Equals: ["yes"] }]],
    ["more than 500 values", [dataCategory, snapshots, { Field: "eventName", Equals: Array(500).fill("x") }]],
  ])("refuses %s", (_, FieldSelectors) => {
    const AdvancedEventSelectors = [{ FieldSelectors }];
    expect(() => checkedEventSelectors({ TrailName: "audit", AdvancedEventSelectors }, {})).toThrow(
      expect.objectContaining({ code: "InvalidEventSelectorsException" }),
    );
  });

  // AWS's words, written down without a thought for anything else:
  // https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html
  function reference(selectors: readonly AdvancedEventSelector[], what: CloudTrailRecord): boolean {
    for (const selector of selectors) {
      for (const resource of what.resources ?? [undefined]) {
        const texts = new Map<string, string | undefined>([
          ["eventCategory", what.eventCategory],
          ["eventName", what.eventName],
          ["readOnly", what.readOnly ? "true" : "false"],
          ["resources.type", resource?.type],
          ["resources.ARN", resource?.ARN],
        ]);
        let all = true;
        for (const field of selector.FieldSelectors ?? []) {
          const text = texts.get(field.Field ?? "");
          const some = (values: string[] | undefined, test: (value: string) => boolean) =>
            text !== undefined && (values ?? []).some(test);
          const wants = (field.Equals ?? field.StartsWith ?? field.EndsWith) !== undefined;
          const wanted =
            some(field.Equals, (value) => text === value) ||
            some(field.StartsWith, (value) => text?.indexOf(value) === 0) ||
            some(field.EndsWith, (value) => text?.slice(-value.length) === value);
          const unwanted =
            some(field.NotEquals, (value) => text === value) ||
            some(field.NotStartsWith, (value) => text?.indexOf(value) === 0) ||
            some(field.NotEndsWith, (value) => text?.slice(-value.length) === value);
          if ((wants && !wanted) || unwanted) all = false;
        }
        if (all) return true;
      }
    }
    return false;
  }

  it("select what a plain reading of AWS's guide selects", () => {
    const text = fc.constantFrom("a", "ab", "b", "ba", "aba");
    const values = fc.array(text, { minLength: 1, maxLength: 3 });
    const field = (Field: string): fc.Arbitrary<AdvancedFieldSelector> =>
      fc
        .record(
          {
            Equals: values,
            StartsWith: values,
            EndsWith: values,
            NotEquals: values,
            NotStartsWith: values,
            NotEndsWith: values,
          },
          { requiredKeys: [] },
        )
        .map((operators) => ({ Field, ...operators }));
    const selector: fc.Arbitrary<AdvancedEventSelector> = fc
      .tuple(
        fc.subarray([dataCategory, { Field: "readOnly", Equals: ["true"] }]),
        fc.option(field("eventName")),
        fc.option(field("resources.type")),
        fc.option(field("resources.ARN")),
      )
      .map(([fixed, ...fields]) => ({ FieldSelectors: [...fixed, ...fields.filter((found) => found !== null)] }));
    const resource = fc.record({ type: text, ARN: text }, { requiredKeys: [] });
    const what = fc
      .record({
        eventName: text,
        readOnly: fc.boolean(),
        eventCategory: fc.constantFrom("Data" as const, "Management" as const),
        resources: fc.option(fc.array(resource, { minLength: 1, maxLength: 3 }), { nil: undefined }),
      })
      .map(({ resources, ...rest }) => record({ ...rest, ...(resources && { resources }) }));
    fc.assert(
      fc.property(fc.array(selector, { maxLength: 3 }), what, (selectors, event) => {
        expect(isSelectedByAdvanced(selectors, event)).toBe(reference(selectors, event));
      }),
      { numRuns: 2_000 },
    );
  });
});
