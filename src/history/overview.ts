import type { Tables } from "../storage/tables/index.ts";
import { type AttributeKey, eachValueOf } from "./attributes.ts";
import { conditionsOf, type Filter } from "./filter.ts";

/** A value of an attribute, how many events have it, and how many of those failed. */
export interface TopValue {
  readonly value: string;
  readonly events: number;
  readonly errors: number;
}

/** A value that was never seen before, and the event that was the first to have it. In seconds since 1970. */
export interface FirstSeen {
  readonly value: string;
  readonly time: number;
  readonly eventId: string;
}

/** An hour of a day in the zone that was asked for. */
export interface HeatCell {
  readonly day: string;
  readonly hour: number;
  readonly events: number;
  readonly errors: number;
}

const topAttributes = [
  "EventName",
  "EventSource",
  "Username",
  "SourceIPAddress",
  "ErrorCode",
  "Region",
  "Role",
  "ResourceType",
] as const satisfies readonly AttributeKey[];
const firstAttributes = [
  "Username",
  "SourceIPAddress",
  "EventName",
  "AccessKeyId",
] as const satisfies readonly AttributeKey[];

/** Events of a time at a glance; every event reads or writes, and any of them may have failed. Seconds since 1970. */
export interface Overview {
  readonly from: number;
  readonly to: number;
  readonly total: number;
  readonly errors: number;
  readonly writes: number;
  readonly reads: number;
  readonly top: Readonly<Record<(typeof topAttributes)[number], readonly TopValue[]>>;
  readonly heat: readonly HeatCell[];
  readonly first: Readonly<Record<(typeof firstAttributes)[number], readonly FirstSeen[]>>;
}

interface OverviewRange extends Filter {
  /** Without it the overview begins with the oldest event. */
  readonly start?: Date | undefined;
  /** Seconds since 1970, both included. */
  readonly from: number;
  readonly to: number;
  /** How far back Event history goes: what was first seen is told by it. */
  readonly earliest: number;
  /** How many values of each attribute. */
  readonly top: number;
  /** Name of a time zone, or minutes east of UTC. */
  readonly zone: string | number;
}

/** The picture of the events that are meant; `now` in seconds since 1970. */
export async function overviewOf(tables: Tables, query: OverviewRange, now: number): Promise<Overview> {
  const { conditions, parameters } = conditionsOf(query);
  const where = `FROM events WHERE ${[...conditions, "time BETWEEN {from:UInt32} AND {to:UInt32}"].join(" AND ")}`;
  const values = { ...parameters, from: query.from, to: query.to, top: query.top };

  const hours = async () =>
    tables.query<HeatCell & { reads: number; oldest: number }>(
      `SELECT toString(toDate(local)) AS day, toHour(local) AS hour, toUInt32(count()) AS events,
         toUInt32(countIf(error_code != '')) AS errors, toUInt32(countIf(read_only = 'true')) AS reads,
         toUnixTimestamp(min(time)) AS oldest
       FROM (SELECT time, toTimeZone(time + {shift:Int32}, {zone:String}) AS local, error_code, read_only ${where})
       GROUP BY day, hour ORDER BY day, hour`,
      {
        ...values,
        shift: typeof query.zone === "number" ? query.zone * 60 : 0,
        zone: typeof query.zone === "number" ? "UTC" : query.zone,
      },
    );

  const topOf = async (key: AttributeKey) =>
    tables.query<TopValue>(
      `SELECT value, toUInt32(count()) AS events, toUInt32(countIf(error_code != '')) AS errors
       FROM (SELECT ${eachValueOf(key)} AS value, error_code ${where})
       WHERE value != '' GROUP BY value ORDER BY events DESC, value LIMIT {top:UInt32}`,
      values,
    );

  const firstOf = async (key: AttributeKey) => {
    const firsts = await tables.query<{ value: string; seen: number }>(
      `SELECT ${eachValueOf(key)} AS value, toUnixTimestamp(min(time)) AS seen
       FROM events
       WHERE ${[...conditions, "time BETWEEN {earliest:UInt32} AND {to:UInt32}"].join(" AND ")} AND value != ''
       GROUP BY value HAVING seen >= {from:UInt32} ORDER BY seen DESC, value LIMIT {top:UInt32}`,
      { ...values, earliest: query.earliest },
    );
    if (firsts.length === 0) return [];
    // Not with the above: to carry an id along with each of all values takes five times as long.
    const ids = await tables.query<{ value: string; seen: number; id: string }>(
      `SELECT ${eachValueOf(key)} AS value, toUnixTimestamp(time) AS seen, argMin(event_id, position) AS id
       FROM events
       WHERE ${[...conditions, "time IN {times:Array(UInt32)}"].join(" AND ")} AND value IN {values:Array(String)}
       GROUP BY value, seen`,
      { ...parameters, times: firsts.map(({ seen }) => seen), values: firsts.map(({ value }) => value) },
    );
    const idOf = new Map(ids.map(({ value, seen, id }) => [`${seen} ${value}`, id]));
    return firsts.map(({ value, seen }) => ({ value, time: seen, eventId: idOf.get(`${seen} ${value}`) ?? "" }));
  };

  const [heat, top, first] = await Promise.all([
    hours(),
    eachOf(topAttributes, topOf),
    eachOf(firstAttributes, firstOf),
  ]);
  const sum = (count: (cell: (typeof heat)[number]) => number) => heat.reduce((all, cell) => all + count(cell), 0);
  const total = sum(({ events }) => events);
  const reads = sum(({ reads: count }) => count);
  const to = Math.max(query.from, Math.min(query.to, now));
  return {
    from: query.start ? query.from : Math.min(to, ...heat.map(({ oldest }) => oldest)),
    to,
    total,
    errors: sum(({ errors }) => errors),
    writes: total - reads,
    reads,
    top,
    heat: heat.map(({ day, hour, events, errors }) => ({ day, hour, events, errors })),
    first,
  };
}

async function eachOf<Key extends string, Value>(keys: readonly Key[], find: (key: Key) => Promise<Value>) {
  const entries = await Promise.all(keys.map(async (key) => [key, await find(key)] as const));
  return Object.fromEntries(entries) as Record<Key, Value>;
}
