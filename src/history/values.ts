import type { Tables } from "../storage/tables/index.ts";
import { type AttributeKey, eachValueOf } from "./attributes.ts";
import { conditionsOf, type Filter } from "./filter.ts";

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

/** An attribute's values that contain what was typed, in any case, the most frequent first. */
export async function valuesOf(tables: Tables, query: ValuesRange): Promise<CountedValue[]> {
  const { conditions, parameters } = conditionsOf(query);
  conditions.push("time BETWEEN {from:UInt32} AND {to:UInt32}");
  return tables.query<CountedValue>(
    `SELECT value, toUInt32(count()) AS events
     FROM (
       SELECT ${eachValueOf(query.attribute)} AS value
       FROM events WHERE ${conditions.join(" AND ")}
     )
     WHERE value != '' AND positionCaseInsensitiveUTF8(value, {typed:String}) > 0
     GROUP BY value
     ORDER BY events DESC, value
     LIMIT {limit:UInt32}`,
    { ...parameters, typed: query.typed, from: query.from, to: query.to, limit: query.limit },
  );
}
