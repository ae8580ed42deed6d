import { parameterOf, type Term, termOf } from "./attributes.ts";
import { momentOf, relativeOf, relativeText, type TimeRange } from "./time-range.ts";

/** All that one looks at in Event history; the address carries it, so it can be shared and kept. */
export interface View {
  /** All of them must hold. */
  readonly terms: readonly Term[];
  readonly range: TimeRange;
  readonly live: boolean;
  /** The place that the page of the table begins behind; undefined for the newest events. */
  readonly after: string | undefined;
  /** The id of the event that is opened. */
  readonly event: string | undefined;
}

/** As in the AWS console: who changed something. */
const defaultTerms: readonly Term[] = [{ key: "ReadOnly", value: "false", negated: false }];

export const defaultView: View = {
  terms: defaultTerms,
  range: undefined,
  live: false,
  after: undefined,
  event: undefined,
};

/** Reads the view from an address's query. What can't be understood is left out; without a word of a filter it's the default. */
export function viewOf(query: string): View {
  const parameters = new URLSearchParams(query);
  const terms = [...parameters].flatMap(([name, value]) => termOf(name, value) ?? []);
  const start = momentOf(parameters.get("start"));
  const end = momentOf(parameters.get("end"));
  const after = parameters.get("after");
  return {
    terms: terms.length > 0 || parameters.has("all") ? terms : defaultTerms,
    range: start && end ? { start, end } : relativeOf(parameters.get("last") ?? ""),
    live: parameters.has("live"),
    after: after && /^\d{1,10}-\d{1,15}$/.test(after) ? after : undefined,
    event: parameters.get("event") ?? undefined,
  };
}

/** The query of the address that shows the view. */
export function queryOf({ terms, range, live, after, event }: View): string {
  const parameters = new URLSearchParams(terms.map(parameterOf));
  if (terms.length === 0) parameters.set("all", "");
  if (range && "start" in range) {
    parameters.set("start", range.start);
    parameters.set("end", range.end);
  } else if (range) parameters.set("last", relativeText(range));
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
