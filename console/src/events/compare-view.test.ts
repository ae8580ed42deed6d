import { expect, it } from "vitest";
import { comparedIn, compareHref } from "./compare-view.ts";

it("an address holds up to five events, each once, in the order in which they were chosen", () => {
  expect(compareHref(["b", "a"])).toBe("/console/compare?event=b&event=a");
  expect(comparedIn("event=b&event=a&event=b&event=&differences=")).toEqual(["b", "a"]);
  expect(comparedIn("event=1&event=2&event=3&event=4&event=5&event=6")).toHaveLength(5);
});
