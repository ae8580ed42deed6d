import type { Tables } from "../storage/tables/index.ts";
import { conditionsOf, type Filter } from "./filter.ts";

/** A stretch of time and how many events it has; each is counted once. Times in seconds since 1970. */
export interface Bar {
  readonly time: number;
  readonly writes: number;
  readonly reads: number;
  /** Calls that failed, whether they read or write. */
  readonly errors: number;
}

/** From `from` (included) to `to` (not included) in steps; stretches without events have no bar. */
export interface Activity {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly bars: readonly Bar[];
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;
/** Lengths of a stretch that a clock and a calendar have, in seconds. */
const steps: readonly number[] = [
  ...[1, 5, 15, 30],
  ...[1, 5, 15, 30].map((minutes) => minutes * minute),
  ...[1, 3, 6, 12].map((hours) => hours * hour),
  ...[1, 7, 28].map((days) => days * day),
];

interface ActivityRange extends Filter {
  readonly start?: Date | undefined;
  /** Seconds since 1970, both included. */
  readonly from: number;
  readonly to: number;
  readonly bars: number;
}

/** Counts events by stretches of time; without a `start` from the oldest event on. `now` in seconds since 1970. */
export async function activityOf(tables: Tables, query: ActivityRange, now: number): Promise<Activity> {
  const { conditions, parameters } = conditionsOf(query);
  conditions.push("time BETWEEN {from:UInt32} AND {to:UInt32}");
  const where = `FROM events WHERE ${conditions.join(" AND ")}`;
  const range = { from: query.from, to: query.to };

  async function oldest(): Promise<number | undefined> {
    const [row] = await tables.query<{ events: number; oldest: number }>(
      `SELECT count() AS events, toUnixTimestamp(min(time)) AS oldest ${where}`,
      { ...parameters, ...range },
    );
    return row && Number(row.events) > 0 ? row.oldest : undefined;
  }

  const last = Math.max(query.from, Math.min(query.to, now));
  const first = query.start ? query.from : Math.min(last, (await oldest()) ?? last - hour);
  const step = steps.find((length) => Math.floor(last / length) - Math.floor(first / length) < query.bars) ?? 90 * day;
  const from = Math.floor(first / step) * step;
  const bars = await tables.query<Bar>(
    `SELECT
       toUInt32(intDiv(toUInt32(time), {step:UInt32}) * {step:UInt32}) AS time,
       toUInt32(countIf(error_code = '' AND read_only != 'true')) AS writes,
       toUInt32(countIf(error_code = '' AND read_only = 'true')) AS reads,
       toUInt32(countIf(error_code != '')) AS errors
     FROM (SELECT time, error_code, read_only ${where})
     GROUP BY time
     ORDER BY time`,
    { ...parameters, ...range, step },
  );
  return { from, to: (Math.floor(last / step) + 1) * step, step, bars };
}
