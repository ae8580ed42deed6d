import type { Tables } from "../storage/tables/index.ts";
import { conditionsOf, type Filter } from "./attributes.ts";
import { eventOf, type HistoryEvent } from "./event.ts";

/** A place in the order newest first; `time` in seconds since 1970. */
export interface Place {
  readonly time: number;
  readonly position: number;
}

export interface Query extends Filter {
  /** Seconds since 1970, both included. */
  readonly from: number;
  readonly to: number;
  /** Only events that follow this place, newest first. */
  readonly after?: Place | undefined;
  readonly limit: number;
}

const firstLook = 2 * 86_400;

/**
 * The newest events that the query means, newest first. `now` in seconds since 1970.
 * Looks at the newest days first, then as far back as their hits tell that there are enough: over a long time every
 * part of the table would have to give its newest hit before the first is known.
 */
export async function findEvents(tables: Tables, query: Query, now: number): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let to = query.after ? Math.min(query.to, query.after.time) : query.to;
  const newest = Math.min(to, now);
  let back = firstLook;
  for (;;) {
    const from = Math.max(query.from, newest - back);
    events.push(...(await findBetween(tables, { ...query, from, to, limit: query.limit - events.length })));
    if (events.length >= query.limit || from === query.from) return events;
    to = from - 1;
    back = events.length === 0 ? Number.POSITIVE_INFINITY : Math.ceil((1.5 * back * query.limit) / events.length);
  }
}

async function findBetween(tables: Tables, query: Query): Promise<HistoryEvent[]> {
  const { conditions, parameters } = conditionsOf(query);
  conditions.push("time BETWEEN {from:UInt32} AND {to:UInt32}");
  if (query.after) conditions.push("(time, position) < ({afterTime:UInt32}, {afterPosition:UInt64})");
  // What is given back beside the record is computed from it: reading one column of far-apart rows is cheaper than ten.
  const rows = await tables.query<{ position: number; raw: string }>(
    `SELECT position, raw
     FROM events
     WHERE ${conditions.join(" AND ")}
     ORDER BY time DESC, position DESC
     LIMIT ${query.limit}
     SETTINGS use_skip_indexes_on_data_read = 0`,
    {
      ...parameters,
      from: query.from,
      to: query.to,
      ...(query.after && { afterTime: query.after.time, afterPosition: query.after.position }),
    },
  );
  return rows.map(({ position, raw }) => eventOf(position, raw));
}
