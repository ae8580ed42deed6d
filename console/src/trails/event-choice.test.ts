import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  advancedOf,
  allManagement,
  type ChosenEvents,
  chosenIn,
  type EventChoice,
  fieldsOf,
  newChoice,
  selectorOf,
  selectorProblem,
  selectorsOf,
  templates,
} from "./event-choice.ts";

const choices = (category: "Data" | "NetworkActivity"): fc.Arbitrary<EventChoice> => {
  const condition = fc.constantFrom(...fieldsOf(category)).chain(({ field, operators, values }) =>
    fc.record({
      field: fc.constant(field),
      operator: fc.constantFrom(...operators),
      value: values ? fc.constantFrom(...values) : fc.stringMatching(/^[a-z:/]{1,9}$/),
    }),
  );
  return fc.record({
    category: fc.constant(category),
    of: fc.constantFrom("AWS::S3::Object", "AWS::EC2::Snapshot"),
    name: fc.constantFrom("", "mine"),
    template: fc.constantFrom(...Object.keys(templates[category])),
    conditions: fc.uniqueArray(condition, { selector: ({ field }) => field, maxLength: 3 }),
  });
};

const chosen: fc.Arbitrary<ChosenEvents> = fc.record({
  management: fc.option(
    fc
      .record({ read: fc.boolean(), write: fc.boolean(), excludeKms: fc.boolean(), excludeRds: fc.boolean() })
      .filter(({ read, write }) => read || write),
    { nil: undefined },
  ),
  data: fc.array(choices("Data"), { maxLength: 3 }),
  network: fc.array(choices("NetworkActivity"), { maxLength: 2 }),
});

describe("what is chosen", () => {
  it("makes selectors that CloudTrail takes, and is found in them again", () => {
    fc.assert(
      fc.property(chosen, (events) => {
        const selectors = selectorsOf(events);
        expect(selectorProblem(...selectors)).toBeUndefined();
        const again = chosenIn(selectors);
        expect(again && selectorsOf(again)).toEqual(selectors);
      }),
    );
  });

  it("has alternatives where a field is compared with several values", () => {
    const both = ["arn:aws:s3:::one/", "arn:aws:s3:::two/"];
    const conditions = both.map((value) => ({ field: "resources.ARN", operator: "StartsWith" as const, value }));
    const { FieldSelectors } = selectorOf({ ...newChoice("Data"), template: "Custom", conditions });
    expect(FieldSelectors?.at(-1)).toEqual({ Field: "resources.ARN", StartsWith: both });
  });

  it("is told what CloudTrail would say against it", () => {
    const conditions = [{ field: "readOnly", operator: "Equals" as const, value: "perhaps" }];
    expect(selectorProblem(selectorOf({ ...newChoice("Data"), template: "Custom", conditions }))).toBe(
      "Value perhaps for the field readOnly is invalid.",
    );
  });
});

describe("basic event selectors", () => {
  it("of a new trail are all management events", () => {
    const selectors = advancedOf([{ ReadWriteType: "All", IncludeManagementEvents: true }]);
    expect(chosenIn(selectors)).toEqual({ management: allManagement, data: [], network: [] });
  });

  it("select the same as advanced ones", () => {
    const selectors = advancedOf([
      {
        ReadWriteType: "WriteOnly",
        IncludeManagementEvents: true,
        ExcludeManagementEventSources: ["kms.amazonaws.com"],
        DataResources: [
          { Type: "AWS::S3::Object", Values: ["arn:aws:s3:::logs/2026/"] },
          { Type: "AWS::Lambda::Function", Values: ["arn:aws:lambda"] },
        ],
      },
    ]);
    expect(chosenIn(selectors)).toMatchObject({
      management: { read: false, write: true, excludeKms: true, excludeRds: false },
      data: [
        { of: "AWS::S3::Object", template: "Custom" },
        { of: "AWS::Lambda::Function", template: "WriteOnly" },
      ],
    });
    expect(selectorProblem(...selectors)).toBeUndefined();
  });

  it("that separate reads from writes have no form", () => {
    const both = ["ReadOnly", "WriteOnly"] as const;
    expect(chosenIn(advancedOf(both.map((ReadWriteType) => ({ ReadWriteType, IncludeManagementEvents: true }))))).toBe(
      undefined,
    );
  });
});
