import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attributes, type Term } from "./attributes.ts";
import { hrefOfAll, queryOf, type View, viewOf } from "./view.ts";

const readOnlyFalse = { key: "ReadOnly", value: "false", negated: false };

describe("the address carries the whole view", () => {
  const term = fc.record<Term>({
    key: fc.constantFrom(...attributes, "contains" as const),
    value: fc.string({ minLength: 1 }),
    negated: fc.boolean(),
  });
  const moment = fc
    .date({ min: new Date(0), max: new Date("2100-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString().replace(/\.\d+Z$/, "Z"));
  const range = fc.oneof(
    fc.constant(undefined),
    fc.record({ start: moment, end: moment }),
    fc.record({
      amount: fc.integer({ min: 1, max: 99_999 }),
      unit: fc.constantFrom("minute" as const, "hour" as const, "day" as const, "week" as const),
    }),
  );
  const view = fc.record<View>({
    terms: fc.array(term),
    range,
    sort: fc.record({ by: fc.constantFrom("EventTime" as const, ...attributes), ascending: fc.boolean() }),
    live: fc.boolean(),
    after: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    event: fc.option(fc.uuid(), { nil: undefined }),
  });

  it("and gives it back, whatever it is", () => {
    fc.assert(
      fc.property(view, (given) => {
        expect(viewOf(queryOf(given))).toEqual(given);
      }),
    );
  });

  it("reads as one would say it", () => {
    expect(
      queryOf({
        terms: [
          { key: "EventName", value: "RunInstances", negated: true },
          { key: "contains", value: "vol-1", negated: false },
        ],
        range: { amount: 30, unit: "minute" },
        sort: { by: "Username", ascending: true },
        live: false,
        after: undefined,
        event: undefined,
      }),
    ).toBe("EventName%21=RunInstances&contains=vol-1&last=30m&sort=Username&order=asc");
    expect(hrefOfAll("ResourceName", "i-1")).toBe("/console/events?ResourceName=i-1");
  });

  it("begins as AWS's page does, with what changes something, until one takes that away", () => {
    expect(viewOf("").terms).toEqual([readOnlyFalse]);
    expect(viewOf("last=1h").terms).toEqual([readOnlyFalse]);
    expect(viewOf("all=").terms).toEqual([]);
  });

  it.each([
    "last=0m",
    "last=1y",
    "start=soon&end=later",
    "start=2026-01-01T00:00:00Z",
    "after=",
    "sort=Colour",
    "Colour=red",
    "EventName=",
  ])("leaves out what it can't understand: %s", (query) => {
    expect(viewOf(query)).toEqual({
      terms: [readOnlyFalse],
      range: undefined,
      sort: { by: "EventTime", ascending: false },
      live: false,
      after: undefined,
      event: undefined,
    });
  });
});
