import type { Activity, Bar } from "./api.ts";

/** Every stretch of the activity's time, the empty ones too. */
export function allBars({ from, to, step, bars }: Activity): Bar[] {
  const byTime = new Map(bars.map((bar) => [bar.time, bar]));
  return Array.from({ length: Math.max(0, Math.round((to - from) / step)) }, (_, index) => {
    const time = from + index * step;
    return byTime.get(time) ?? { time, writes: 0, reads: 0, errors: 0 };
  });
}

export const sumOf = ({ writes, reads, errors }: Bar): number => writes + reads + errors;

/** The whole activity as if it were one stretch. */
export function totalOf({ from, bars }: Activity): Bar {
  const sum = (key: "writes" | "reads" | "errors") => bars.reduce((total, bar) => total + bar[key], 0);
  return { time: from, writes: sum("writes"), reads: sum("reads"), errors: sum("errors") };
}

/** The least round number that isn't below: 1, 2 or 5 with zeros. */
export function roundUp(value: number): number {
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, value)));
  return [1, 2, 5, 10].map((factor) => factor * unit).find((round) => round >= value) ?? value;
}

/** The bars that get a mark on the axis: about `count`, evenly apart. */
export function marksOf<Item>(bars: readonly Item[], count: number): { bar: Item; index: number }[] {
  const every = Math.max(1, Math.ceil(bars.length / count));
  return bars.map((bar, index) => ({ bar, index })).filter(({ index }) => index % every === 0);
}
