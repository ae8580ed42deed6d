import { z } from "zod";
import { type AttributeKey, attributeKeys } from "./attributes.ts";
import { csv } from "./csv.ts";
import { HistoryRequestError } from "./errors.ts";
import type { HistoryEvent } from "./event.ts";
import type { Filter, Term } from "./filter.ts";
import type { History, SearchQuery } from "./history.ts";
import { type Order, type Place, placeOf, placeOfText, textOfPlace } from "./order.ts";

// As many as the AWS console puts into one download.
const mostEvents = 200_000;
/** Each is looked for in every record that comes into question. */
const mostTerms = 200;
// These are turned round before the first is sent.
const mostBefore = 1_000;

const termKeys: readonly Term["key"][] = [...attributeKeys, "contains"];
/** `EventName=X`, and `EventName!=X` for any other; as often as one likes. `ErrorCode=*`: any; `ErrorCode!=*`: none. */
const termNames: ReadonlyMap<string, Pick<Term, "key" | "negated">> = new Map(
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
const zone = z.string().transform((text, context) => {
  if (/^[+-]?\d{1,3}$/.test(text)) return Number(text);
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    context.addIssue({ code: "custom", message: "is no time zone, such as Asia/Tokyo, and no minutes east of UTC" });
    return z.NEVER;
  }
});

const selection = { start: moment.optional(), end: moment.optional(), seen: position.optional() };
const ordered = {
  sort: z.enum([...attributeKeys, "EventTime"], "is nothing that events are sorted by").prefault("EventTime"),
  order: z.enum(["asc", "desc"], "is neither asc nor desc").optional(),
};
const searchParameters = z.strictObject({
  ...selection,
  ...ordered,
  after: z.string().optional(),
  before: z.string().optional(),
  limit: count(mostEvents).prefault("50"),
});
const downloadParameters = z.strictObject({
  ...selection,
  ...ordered,
  limit: count(mostEvents).prefault(String(mostEvents)),
});
const activityParameters = z.strictObject({ ...selection, bars: count(1000).prefault("100") });
const valuesParameters = z.strictObject({
  ...selection,
  attribute: z.enum(attributeKeys, "is no attribute of events"),
  typed: z.string().prefault(""),
  limit: count(1000).prefault("50"),
});
const overviewParameters = z.strictObject({
  ...selection,
  top: count(100).prefault("10"),
  zone: zone.prefault("UTC"),
});
const storyParameters = z.strictObject({ ...selection, top: count(1000).prefault("50") });
const tailParameters = z.strictObject({ after: position.optional() });

/**
 * `GET /_opentrail/events`: found events as lines of JSON, newest first or sorted, each with its `place`, behind which
 * `after` goes on, and up to which `before` goes back. Throws a HistoryRequestError.
 */
export async function* handleSearch(history: History, parameters: URLSearchParams): AsyncGenerator<string> {
  const query = parsed(searchParameters, parameters);
  const order = orderOf(query);
  const after = placeIn(query, "after", order);
  const before = placeIn(query, "before", order);
  if (after && before) throw new HistoryRequestError("after and before are not for one page");
  if (before && query.limit > mostBefore) throw new HistoryRequestError(`limit is more than ${mostBefore} with before`);
  for await (const event of history.search({ ...query, order, after, before }))
    yield lineOf(event, { place: textOfPlace(placeOf(event, order)) });
}

/** `GET /_opentrail/event_history.csv`: the AWS console's download. Throws a HistoryRequestError. */
export async function* handleCsv(history: History, parameters: URLSearchParams): AsyncGenerator<string> {
  yield* csv(history.search(downloadOf(parameters)));
}

/** `GET /_opentrail/event_history.json`: `{"Records":[…]}`, byte for byte as recorded. Throws a HistoryRequestError. */
export async function* handleJson(history: History, parameters: URLSearchParams): AsyncGenerator<string> {
  const events = history.search(downloadOf(parameters));
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

/** `GET /_opentrail/overview`: the events at a glance, as JSON. Throws a HistoryRequestError. */
export async function* handleOverview(history: History, parameters: URLSearchParams): AsyncGenerator<string> {
  yield JSON.stringify(await history.overview(parsed(overviewParameters, parameters)));
}

const personKeys: ReadonlySet<string> = new Set([
  "Username",
  "AccessKeyId",
  "Role",
  "PrincipalArn",
] satisfies AttributeKey[]);

/**
 * `GET /_opentrail/story`: a resource's, where a ResourceName is given, else a user's, a role's, a principal's or an
 * access key's, as JSON. Throws a HistoryRequestError.
 */
export async function* handleStory(history: History, parameters: URLSearchParams): AsyncGenerator<string> {
  const query = parsed(storyParameters, parameters);
  const whose = query.terms.filter(({ negated, value }) => !negated && value !== null);
  const resources = whose.flatMap(({ key, value }) => (key === "ResourceName" && value !== null ? [value] : []));
  if (resources.length > 1) throw new HistoryRequestError("ResourceName is given twice");
  if (resources[0] !== undefined) yield JSON.stringify(await history.resourceStory(resources[0], query));
  else if (whose.some(({ key }) => personKeys.has(key))) yield JSON.stringify(await history.personStory(query));
  else throw new HistoryRequestError(`Whose story? Give ResourceName, ${[...personKeys].join(", ")}`);
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
    if (!term && others.has(name)) throw new HistoryRequestError(`${inOneLine(name)} is given twice`);
    if (term) terms.push({ ...term, value: value === "*" && term.key !== "contains" ? null : value } as Term);
    else others.set(name, value);
    if (terms.length > mostTerms) throw new HistoryRequestError(`No more than ${mostTerms} conditions can be given`);
  }
  const result = shape.safeParse(Object.fromEntries(others));
  if (result.success) return { ...(result.data as object), terms } as z.output<Shape> & Filter;
  const [issue] = result.error.issues;
  if (issue?.code === "unrecognized_keys")
    throw new HistoryRequestError(`There is no parameter ${inOneLine(issue.keys[0] ?? "")}`);
  throw new HistoryRequestError(`${issue?.path.join(".")} ${issue?.message}`);
}

const inOneLine = (name: string) => (/^\w+$/.test(name) ? name : JSON.stringify(name));

function downloadOf(parameters: URLSearchParams): SearchQuery {
  const query = parsed(downloadParameters, parameters);
  return { ...query, order: orderOf(query) };
}

function placeIn(
  query: { readonly after?: string | undefined; readonly before?: string | undefined },
  name: "after" | "before",
  order: Order,
): Place | undefined {
  const text = query[name];
  if (text === undefined) return undefined;
  const place = placeOfText(text, order);
  if (!place) throw new HistoryRequestError(`${name} is no place of an event in this order`);
  return place;
}

/** What people expect who name no direction: the newest first, but names from A to Z. */
function orderOf({ sort, order }: { sort: Order["by"]; order?: "asc" | "desc" | undefined }): Order {
  return { by: sort, ascending: order ? order === "asc" : sort !== "EventTime" };
}

function lineOf({ position, username, resources, raw }: HistoryEvent, more: { readonly place?: string } = {}): string {
  const fields = JSON.stringify({ position, username, resources, ...more });
  return `${fields.slice(0, -1)},"record":${raw}}\n`;
}
