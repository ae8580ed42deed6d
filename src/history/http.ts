import { z } from "zod";
import { type AttributeKey, attributeColumns, type Filter, type Term } from "./attributes.ts";
import { csv } from "./csv.ts";
import type { HistoryEvent } from "./event.ts";
import type { History } from "./history.ts";

/** A request of the command or the console that can't be understood; the message is one line for its user. */
export class HistoryRequestError extends Error {
  override readonly name = "HistoryRequestError";
}

// As many as the AWS console puts into one download.
const mostEvents = 200_000;

const attributeKeys = Object.keys(attributeColumns) as [AttributeKey, ...AttributeKey[]];
const termKeys: readonly Term["key"][] = [...attributeKeys, "contains"];
/** `EventName=X`, and `EventName!=X` for any other; as often as one likes. */
const termNames: ReadonlyMap<string, Omit<Term, "value">> = new Map(
  termKeys.flatMap((key) => [
    [key, { key }],
    [`${key}!`, { key, negated: true }],
  ]),
);

const moment = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()], "is no ISO 8601 time, such as 2026-01-31T09:00:00Z")
  .transform((iso) => new Date(iso));
const count = (most: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, "is no whole number")
    .transform(Number)
    .refine((value) => value <= most, `is more than ${most}`);
const position = count(Number.MAX_SAFE_INTEGER);
const place = z
  .string()
  .regex(/^\d{1,10}-\d{1,15}$/, "is no place of an event")
  .transform((text) => text.split("-").map(Number))
  .transform(([time = 0, position = 0]) => ({ time, position }))
  .refine(({ time }) => time < 2 ** 32, "is no place of an event");

const selection = { start: moment.optional(), end: moment.optional(), seen: position.optional() };
const searchParameters = z.strictObject({
  ...selection,
  after: place.optional(),
  limit: count(mostEvents).prefault("50"),
});
const downloadParameters = z.strictObject({ ...selection, limit: count(mostEvents).prefault(String(mostEvents)) });
const activityParameters = z.strictObject({ ...selection, bars: count(1000).prefault("100") });
const valuesParameters = z.strictObject({
  ...selection,
  attribute: z.enum(attributeKeys, "is no attribute of events"),
  typed: z.string().prefault(""),
  limit: count(1000).prefault("50"),
});
const tailParameters = z.strictObject({ after: position.optional() });

/** `GET /_opentrail/events`: found events as lines of JSON, newest first. Throws a HistoryRequestError. */
export async function* handleSearch(history: History, parameters: URLSearchParams): AsyncGenerator<string> {
  for await (const event of history.search(parsed(searchParameters, parameters))) yield lineOf(event);
}

/** `GET /_opentrail/event_history.csv`: the AWS console's download. Throws a HistoryRequestError. */
export async function* handleCsv(history: History, parameters: URLSearchParams): AsyncGenerator<string> {
  yield* csv(history.search(parsed(downloadParameters, parameters)));
}

/** `GET /_opentrail/event_history.json`: `{"Records":[…]}`, byte for byte as recorded. Throws a HistoryRequestError. */
export async function* handleJson(history: History, parameters: URLSearchParams): AsyncGenerator<string> {
  const events = history.search(parsed(downloadParameters, parameters));
  yield '{"Records":[';
  let separator = "";
  for await (const { raw } of events) {
    yield separator + raw;
    separator = ",\n";
  }
  yield "]}\n";
}

/** `GET /_opentrail/activity`: how many events when, as JSON. Throws a HistoryRequestError. */
export async function* handleActivity(history: History, parameters: URLSearchParams): AsyncGenerator<string> {
  yield JSON.stringify(await history.activity(parsed(activityParameters, parameters)));
}

/** `GET /_opentrail/values`: an attribute's values, the most frequent first, as JSON. Throws a HistoryRequestError. */
export async function* handleValues(history: History, parameters: URLSearchParams): AsyncGenerator<string> {
  yield JSON.stringify(await history.values(parsed(valuesParameters, parameters)));
}

/** `GET /_opentrail/tail`: events as lines of JSON as they are recorded, after an empty line. Throws a HistoryRequestError. */
export async function* handleTail(
  history: History,
  parameters: URLSearchParams,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const events = history.tail({ ...parsed(tailParameters, parameters), signal });
  // The client has its answer now and not with the first event.
  yield "\n";
  for await (const event of events) yield lineOf(event);
}

function parsed<Shape extends z.ZodType>(shape: Shape, parameters: URLSearchParams): z.output<Shape> & Filter {
  const terms: Term[] = [];
  const others = new Map<string, string>();
  for (const [name, value] of parameters) {
    const term = termNames.get(name);
    if (term && value === "") throw new HistoryRequestError(`${name} is empty`);
    if (!term && others.has(name)) throw new HistoryRequestError(`${name} is given twice`);
    if (term) terms.push({ ...term, value });
    else others.set(name, value);
  }
  const result = shape.safeParse(Object.fromEntries(others));
  if (result.success) return { ...(result.data as object), terms } as z.output<Shape> & Filter;
  const [issue] = result.error.issues;
  if (issue?.code === "unrecognized_keys") throw new HistoryRequestError(`There is no parameter ${issue.keys[0]}`);
  throw new HistoryRequestError(`${issue?.path.join(".")} ${issue?.message}`);
}

function lineOf({ position, username, resources, raw }: HistoryEvent): string {
  const fields = JSON.stringify({ position, username, resources });
  return `${fields.slice(0, -1)},"record":${raw}}\n`;
}
