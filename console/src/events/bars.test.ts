import { expect, it } from "vitest";
import { allBars, marksOf, roundUp, totalOf } from "./bars.ts";

const bar = (time: number, writes = 0, reads = 0, errors = 0) => ({ time, writes, reads, errors });

it("every stretch has its bar, the empty ones too", () => {
  const activity = { from: 60, to: 300, step: 60, bars: [bar(120, 3, 2, 1), bar(240, 1)] };
  expect(allBars(activity)).toEqual([bar(60), bar(120, 3, 2, 1), bar(180), bar(240, 1)]);
  expect(totalOf(activity)).toEqual(bar(60, 4, 2, 1));
});

it("the scale ends at a round number", () => {
  expect([0, 1, 3, 7, 10, 11, 499, 20_001].map(roundUp)).toEqual([1, 1, 5, 10, 10, 20, 500, 50_000]);
});

it("the axis has a few marks, evenly apart", () => {
  const indexes = (bars: number) => marksOf(Array.from({ length: bars }), 6).map(({ index }) => index);
  expect(indexes(3)).toEqual([0, 1, 2]);
  expect(indexes(90)).toEqual([0, 15, 30, 45, 60, 75]);
  expect(indexes(0)).toEqual([]);
});
