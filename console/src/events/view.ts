import { type AttributeKey, attributes, parameterOf, type Term, termOf } from "./attributes.ts";
import { rangeIn, rangeParameters, type TimeRange } from "./time-range.ts";

/** What events can be sorted by. */
export type SortKey = AttributeKey | "EventTime";

export interface Sort {
  readonly by: SortKey;
  readonly ascending: boolean;
}

/** All that one looks at in Event history; the address carries it, so it can be shared and kept. */
export interface View {
  /** All of them must hold; of those that ask for one attribute, one. */
  readonly terms: readonly Term[];
  readonly range: TimeRange;
  readonly sort: Sort;
  readonly live: boolean;
  /** The place that the page of the table begins behind, as OpenTrail's API told it; undefined for the first events. */
  readonly after: string | undefined;
  /** The id of the event that is opened. */
  readonly event: string | undefined;
}

/** As in the AWS console: who changed something. */
const defaultTerms: readonly Term[] = [{ key: "ReadOnly", value: "false", negated: false }];

export const newestFirst: Sort = { by: "EventTime", ascending: false };

export const defaultView: View = {
  terms: defaultTerms,
  range: undefined,
  sort: newestFirst,
  live: false,
  after: undefined,
  event: undefined,
};

/** The terms that an address's parameters say. */
export const termsIn = (parameters: URLSearchParams): Term[] =>
  [...parameters].flatMap(([name, value]) => termOf(name, value) ?? []);

const isSortKey = (key: string | null): key is SortKey =>
  key === "EventTime" || (attributes as readonly (string | null)[]).includes(key);

/** Reads the view from an address's query. What can't be understood is left out; without a word of a filter it's the default. */
export function viewOf(query: string): View {
  const parameters = new URLSearchParams(query);
  const terms = termsIn(parameters);
  const sort = parameters.get("sort");
  return {
    terms: terms.length > 0 || parameters.has("all") ? terms : defaultTerms,
    range: rangeIn(parameters),
    sort: { by: isSortKey(sort) ? sort : "EventTime", ascending: parameters.get("order") === "asc" },
    live: parameters.has("live"),
    after: parameters.get("after") || undefined,
    event: parameters.get("event") || undefined,
  };
}

/** The query of the address that shows the view. */
export function queryOf({ terms, range, sort, live, after, event }: View): string {
  const parameters = new URLSearchParams(terms.map(parameterOf));
  if (terms.length === 0) parameters.set("all", "");
  for (const [name, value] of rangeParameters(range)) parameters.set(name, value);
  if (sort.by !== "EventTime") parameters.set("sort", sort.by);
  if (sort.ascending) parameters.set("order", "asc");
  if (live) parameters.set("live", "");
  if (after !== undefined) parameters.set("after", after);
  if (event !== undefined) parameters.set("event", event);
  return parameters.toString();
}

/** The address of a view, for links. */
export function hrefOf(view: Partial<View>): string {
  return `/console/events?${queryOf({ ...defaultView, ...view })}`;
}

/** The address of all events for which an attribute has a value. */
export function hrefOfAll(key: Term["key"], value: string): string {
  return hrefOf({ terms: [{ key, value, negated: false }] });
}
