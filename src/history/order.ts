import { z } from "zod";
import { type AttributeKey, attributeColumns, listAttributes } from "./attributes.ts";
import { type HistoryEvent, timeOf } from "./event.ts";
import { rowOf } from "./row.ts";

/** What events are sorted by. Those that have one value of an attribute stand newest first, those without any last. */
export interface Order {
  readonly by: AttributeKey | "EventTime";
  readonly ascending: boolean;
}

export const newestFirst: Order = { by: "EventTime", ascending: false };

/** A place in an order: that of an event. `time` in seconds since 1970; `value` is the attribute's that it is sorted by. */
export interface Place {
  readonly time: number;
  readonly position: number;
  readonly value?: string;
}

/** Where an event stands in the order. */
export function placeOf(event: HistoryEvent, { by }: Order): Place {
  const place = { time: timeOf(event), position: event.position };
  if (by === "EventTime") return place;
  const value = rowOf(event)[attributeColumns[by]];
  return { ...place, value: String(Array.isArray(value) ? (value[0] ?? "") : value) };
}

/** The order as SQL over `events`, and the condition for what comes after `place`, with the values that it binds. */
export function orderSql({ by, ascending }: Order, place: Place | undefined) {
  const parameters = place && {
    afterTime: place.time,
    afterPosition: place.position,
    ...(place.value !== undefined && { afterValue: place.value }),
  };
  const [direction, beyond] = ascending ? ["ASC", ">"] : ["DESC", "<"];
  const behind = (comparison: string) => `(time, position) ${comparison} ({afterTime:UInt32}, {afterPosition:UInt64})`;
  if (by === "EventTime")
    return { orderBy: `time ${direction}, position ${direction}`, after: place && behind(beyond), parameters };
  const column = attributeColumns[by];
  const value = listAttributes.has(by) ? `${column}[1]` : column;
  const same = `(${value} = {afterValue:String} AND ${behind("<")})`;
  // "" is less than any value: descending, it comes after all of them by itself.
  const values = `${value} ${beyond} {afterValue:String}${ascending ? ` OR ${value} = ''` : ""}`;
  return {
    orderBy: `${value} = '', ${value} ${direction}, time DESC, position DESC`,
    after: place && (place.value === "" ? same : `(${values} OR ${same})`),
    parameters,
  };
}

/** A place as the text that `after` takes. */
export function textOfPlace({ value, time, position }: Place): string {
  if (value === undefined) return `${time}-${position}`;
  return Buffer.from(JSON.stringify([value, time, position])).toString("base64url");
}

const second = z
  .int()
  .min(0)
  .max(2 ** 32 - 1);
const timePlace = z.templateLiteral([z.int().min(0), "-", z.int().min(0)]);
const valuePlace = z.tuple([z.string(), second, z.int().min(0)]);

/** The place that a text of `textOfPlace` stands for; undefined where it is none in this order. */
export function placeOfText(text: string, { by }: Order): Place | undefined {
  if (by === "EventTime") {
    if (!timePlace.safeParse(text).success) return undefined;
    const [time = 0, position = 0] = text.split("-").map(Number);
    return second.safeParse(time).success && Number.isSafeInteger(position) ? { time, position } : undefined;
  }
  try {
    const [value, time, position] = valuePlace.parse(JSON.parse(Buffer.from(text, "base64url").toString("utf8")));
    return { value, time, position };
  } catch {
    return undefined;
  }
}
