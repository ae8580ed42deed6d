import { expect, it } from "vitest";
import { formatMark, formatTime } from "./time.ts";

const time = new Date("2024-10-08T14:03:21Z");

it("writes times as the AWS console does", () => {
  expect(formatTime(time, "utc")).toBe("October 08, 2024, 14:03:21 (UTC+00:00)");
});

it.each([
  [86_400, "Oct 8"],
  [3_600, "Oct 8, 14:03"],
  [60, "14:03"],
  [5, "14:03:21"],
])("marks that are %i seconds apart tell what differs", (step, mark) => {
  expect(formatMark(time, step, "utc")).toBe(mark);
});
