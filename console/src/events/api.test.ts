import { expect, it } from "vitest";
import { selectionQuery } from "./api.ts";
import { filterQueryOf, termsOf } from "./filter.ts";

const now = Date.parse("2026-01-31T12:00:00Z");

it("asks for what the filter's input shows, in the time that was chosen", () => {
  const terms = termsOf({
    operation: "and",
    tokens: [
      { propertyKey: "EventSource", operator: "=", value: "ec2.amazonaws.com" },
      { propertyKey: "Username", operator: "!=", value: "ada" },
      { operator: ":", value: " vol-0a b " },
      { operator: "!:", value: "nightly" },
      { propertyKey: "EventName", operator: "=", value: "" },
    ],
  });
  const selection = { terms, range: { amount: 12, unit: "hour" } as const, seen: 7 };
  expect([...new URLSearchParams(selectionQuery(selection, { limit: 51, after: undefined }, now))]).toEqual([
    ["EventSource", "ec2.amazonaws.com"],
    ["Username!", "ada"],
    ["contains", "vol-0a b"],
    ["contains!", "nightly"],
    ["start", "2026-01-31T00:00:00.000Z"],
    ["seen", "7"],
    ["limit", "51"],
  ]);
  expect(termsOf(filterQueryOf(terms))).toEqual(terms);
});

it("asks for a range from a moment to another as it is, and for no range at all", () => {
  const range = { start: "2026-01-01T00:00:00Z", end: "2026-01-02T00:00:00Z" };
  expect(selectionQuery({ terms: [], range }, {}, now)).toBe(
    "start=2026-01-01T00%3A00%3A00Z&end=2026-01-02T00%3A00%3A00Z",
  );
  expect(selectionQuery({ terms: [], range: undefined }, { limit: 1 }, now)).toBe("limit=1");
});
