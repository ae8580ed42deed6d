import fc from "fast-check";
import { expect, it } from "vitest";
import { heatDays, heatLevel, hourRange } from "./heat.ts";

const cell = (day: string, hour: number, events = 1) => ({ day, hour, events, errors: 0 });

it("days stand from the newest to the oldest with all their hours, the quiet ones too", () => {
  const days = heatDays([cell("2026-02-27", 9, 4), cell("2026-03-01", 23, 7)]);
  expect(days.map(({ day }) => day)).toEqual(["2026-03-01", "2026-02-28", "2026-02-27"]);
  expect(days.map(({ hours }) => hours.length)).toEqual([24, 24, 24]);
  expect(days[0]?.hours[23]).toEqual(cell("2026-03-01", 23, 7));
  expect(days[2]?.hours.reduce((sum, { events }) => sum + events, 0)).toBe(4);
  expect(heatDays([])).toEqual([]);
});

it("any event is seen, the most is strongest, more is never weaker", () => {
  expect([0, 1, 10, 100].map((events) => heatLevel(events, 100))).toEqual([0, 1, 2, 5]);
  fc.assert(
    fc.property(fc.nat(1_000), fc.nat(1_000), fc.integer({ min: 1_000, max: 9_999 }), (one, other, most) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)];
      expect(heatLevel(less, most)).toBeLessThanOrEqual(heatLevel(more, most));
    }),
  );
});

it("an hour leads to its events, to the second", () => {
  expect(hourRange(cell("2026-01-31", 23), "utc")).toEqual({
    start: "2026-01-31T23:00:00Z",
    end: "2026-01-31T23:59:59Z",
  });
});
