import type { Tables } from "../storage/tables/index.ts";
import { type AttributeKey, eachValueOf } from "./attributes.ts";
import { conditionsOf, type Filter, patternOf } from "./filter.ts";

/** A value of an attribute, and how many events have it. */
export interface CountedValue {
  readonly value: string;
  readonly events: number;
}

interface ValuesRange extends Filter {
  readonly attribute: AttributeKey;
  readonly typed: string;
  /** Seconds since 1970, both included. */
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** Attributes that may have about as many values as there are events; the record's JSON has them as they are. */
const manyValued: ReadonlySet<AttributeKey> = new Set<AttributeKey>([
  "EventId",
  "ResourceName",
  "SourceIPAddress",
  "AccessKeyId",
  "PrincipalArn",
]);
const newest = 2 * 86_400;

/**
 * An attribute's values that contain what was typed, in any case, the most frequent first. Those of names, ids and
 * addresses are the most frequent of the newest days, where they are enough: counting millions takes time and memory.
 * `now` in seconds since 1970.
 */
export async function valuesOf(tables: Tables, query: ValuesRange, now: number): Promise<CountedValue[]> {
  const from = Math.min(query.to, now) - newest;
  if (manyValued.has(query.attribute) && from > query.from) {
    const values = await valuesBetween(tables, { ...query, from });
    if (values.length >= query.limit) return values;
  }
  return valuesBetween(tables, query);
}

async function valuesBetween(tables: Tables, query: ValuesRange): Promise<CountedValue[]> {
  const { attribute, typed, from, to, limit } = query;
  const { conditions, parameters } = conditionsOf(query);
  conditions.push("time BETWEEN {from:UInt32} AND {to:UInt32}");
  // Of few values each is looked at once, of many those of each event, and only where the record can have it; what JSON
  // may write in other ways is looked for everywhere.
  const many = manyValued.has(attribute);
  if (many && /^[\w:.-]+$/.test(typed)) conditions.push("indexHint(lowerUTF8(raw) LIKE {pattern:String})");
  const typedIn = "value != '' AND positionCaseInsensitiveUTF8(value, {typed:String}) > 0";
  return tables.query<CountedValue>(
    `SELECT value, toUInt32(count()) AS events
     FROM (SELECT ${eachValueOf(attribute)} AS value FROM events WHERE ${conditions.join(" AND ")})
     ${many ? `WHERE ${typedIn} GROUP BY value` : `GROUP BY value HAVING ${typedIn}`}
     ORDER BY events DESC, value
     LIMIT {limit:UInt32}
     SETTINGS query_plan_filter_push_down = ${many ? 1 : 0}`,
    { ...parameters, typed, pattern: patternOf(typed), from, to, limit },
  );
}
