import type { Tables } from "../storage/tables/index.ts";
import { eventOf, type HistoryEvent } from "./event.ts";
import { conditionsOf, type Filter } from "./filter.ts";
import { type Order, orderSql, type Place } from "./order.ts";

export interface Query extends Filter {
  /** Seconds since 1970, both included. */
  readonly from: number;
  readonly to: number;
  readonly order: Order;
  /** Only events that follow this place in that order. */
  readonly after?: Place | undefined;
  readonly limit: number;
}

const firstLook = 2 * 86_400;

/**
 * The first events that the query means, in its order. `now` in seconds since 1970.
 * By time it looks at the first days first, then as far as their hits tell that there are enough: over a long time every
 * part of the table would have to give its first hit before the first of all is known.
 */
export async function findEvents(tables: Tables, query: Query, now: number): Promise<HistoryEvent[]> {
  const { order, after, limit } = query;
  if (order.by !== "EventTime") return findBetween(tables, query);
  const found: HistoryEvent[] = [];
  let { from, to } = query;
  if (after && order.ascending) from = Math.max(from, after.time);
  else if (after) to = Math.min(to, after.time);
  let span = firstLook;
  while (from <= to) {
    // Behind `now` there is next to nothing.
    const look = order.ascending
      ? { from, to: Math.min(to, from + span) }
      : { from: Math.max(from, Math.min(to, now) - span), to };
    found.push(...(await findBetween(tables, { ...query, ...look, limit: limit - found.length })));
    if (found.length >= limit) break;
    if (order.ascending) from = look.to + 1;
    else to = look.from - 1;
    span = found.length === 0 ? Number.POSITIVE_INFINITY : Math.ceil((1.5 * span * limit) / found.length);
  }
  return found;
}

async function findBetween(tables: Tables, query: Query): Promise<HistoryEvent[]> {
  const { conditions, parameters } = conditionsOf(query);
  const order = orderSql(query.order, query.after);
  conditions.push("time BETWEEN {from:UInt32} AND {to:UInt32}");
  if (order.after) conditions.push(order.after);
  // What is given back beside the record is computed from it: reading one column of far-apart rows is cheaper than ten.
  const rows = await tables.query<{ position: number; raw: string }>(
    `SELECT position, raw
     FROM events
     WHERE ${conditions.join(" AND ")}
     ORDER BY ${order.orderBy}
     LIMIT ${query.limit}
     SETTINGS use_skip_indexes_on_data_read = 0`,
    { ...parameters, ...order.parameters, from: query.from, to: query.to },
  );
  return rows.map(({ position, raw }) => eventOf(position, raw));
}
