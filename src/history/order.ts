import { z } from "zod";
import { type AttributeKey, attributeColumns, listAttributes } from "./attributes.ts";
import { type HistoryEvent, timeOf } from "./event.ts";
import { rowOf } from "./row.ts";

/** What events are sorted by. Those that have one value of an attribute stand newest first, those without any last. */
export interface Order {
  readonly by: AttributeKey | "EventTime";
  readonly ascending: boolean;
  /** All of it from its end: of an attribute's that is more than the other direction. */
  readonly backwards?: boolean;
}

export const newestFirst: Order = { by: "EventTime", ascending: false };

/** The same order from its end to its beginning. */
export function reversed({ by, ascending, backwards = false }: Order): Order {
  return by === "EventTime" ? { by, ascending: !ascending } : { by, ascending, backwards: !backwards };
}

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
export function orderSql({ by, ascending, backwards = false }: Order, place: Place | undefined) {
  const parameters = place && {
    afterTime: place.time,
    afterPosition: place.position,
    ...(place.value !== undefined && { afterValue: place.value }),
  };
  const [direction, beyond] = ascending !== backwards ? ["ASC", ">"] : ["DESC", "<"];
  const behind = (comparison: string) => `(time, position) ${comparison} ({afterTime:UInt32}, {afterPosition:UInt64})`;
  if (by === "EventTime")
    return { orderBy: `time ${direction}, position ${direction}`, after: place && behind(beyond), parameters };
  const column = attributeColumns[by];
  const value = listAttributes.has(by) ? `${column}[1]` : column;
  const [last, time] = backwards ? ["DESC", "ASC"] : ["ASC", "DESC"];
  return {
    orderBy: `${value} = '' ${last}, ${value} ${direction}, time ${time}, position ${time}`,
    after:
      place &&
      `(${[...othersAfter(), `${value} = {afterValue:String} AND ${behind(backwards ? ">" : "<")}`].join(" OR ")})`,
    parameters,
  };

  /** Conditions for what comes after the place with another value than its own; none is behind all. */
  function othersAfter(): string[] {
    if (place?.value === "") return backwards ? [`${value} != ''`] : [];
    const further = `${value} ${beyond} {afterValue:String}`;
    return backwards ? [`${further} AND ${value} != ''`] : [further, `${value} = ''`];
  }
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
