import type { HeatCell } from "../../../src/history/overview.ts";
import type { AbsoluteRange } from "../events/time-range.ts";
import type { Zone } from "../time.ts";

export type { HeatCell } from "../../../src/history/overview.ts";

/** A day's 24 hours. */
export interface HeatDay {
  readonly day: string;
  readonly hours: readonly HeatCell[];
}

/** Each day from the first to the last on which something happened, the newest first, the quiet ones too. */
export function heatDays(cells: readonly HeatCell[]): HeatDay[] {
  const byHour = new Map(cells.map((cell) => [`${cell.day} ${cell.hour}`, cell]));
  const days = cells.map(({ day }) => Date.parse(day));
  const [first, last] = [Math.min(...days), Math.max(...days)];
  const found: HeatDay[] = [];
  for (let time = last; time >= first; time -= 86_400_000) {
    const day = new Date(time).toISOString().slice(0, 10);
    const hours = Array.from(
      { length: 24 },
      (_, hour) => byHour.get(`${day} ${hour}`) ?? { day, hour, events: 0, errors: 0 },
    );
    found.push({ day, hours });
  }
  return found;
}

/** How strong a colour tells it, from 1 to 5; 0 for nothing. A tenth of the most is to be seen beside it. */
export function heatLevel(events: number, most: number): number {
  return events === 0 ? 0 : Math.max(1, Math.ceil(5 * Math.sqrt(events / most)));
}

/** From an hour's first to its last second. */
export function hourRange({ day, hour }: HeatCell, zone: Zone): AbsoluteRange {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const at = (second: number): string => {
    const time =
      zone === "utc"
        ? new Date(Date.UTC(year, month - 1, date, hour, 0, second))
        : new Date(year, month - 1, date, hour, 0, second);
    return time.toISOString().replace(/\.\d+Z$/, "Z");
  };
  return { start: at(0), end: at(3_599) };
}
