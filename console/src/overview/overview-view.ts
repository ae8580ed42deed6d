import { type AttributeKey, parameterOf, type Term } from "../events/attributes.ts";
import { rangeIn, rangeParameters, type TimeRange } from "../events/time-range.ts";
import { hrefOf, termsIn } from "../events/view.ts";

/** Which events the overview is of; the address carries it. */
export interface Scope {
  readonly terms: readonly Term[];
  readonly range: TimeRange;
}

// What is new is told by what was there before, so that there has to be a before.
const lastWeek: TimeRange = { amount: 7, unit: "day" };

/** Reads the scope from an address's query; without a word of a time it's the last week. */
export function scopeOf(query: string): Scope {
  const parameters = new URLSearchParams(query);
  return {
    terms: termsIn(parameters),
    range: parameters.has("all") ? undefined : (rangeIn(parameters) ?? lastWeek),
  };
}

const liveParameter = "live";

/** Whether an address's query says that what happens shows by itself. */
export const isLiveIn = (query: string): boolean => new URLSearchParams(query).has(liveParameter);

/** The query of the address that shows the scope. */
export function scopeQuery({ terms, range }: Scope, live: boolean): string {
  const parameters = new URLSearchParams(terms.map(parameterOf));
  for (const [name, value] of rangeParameters(range)) parameters.set(name, value);
  if (range === undefined) parameters.set("all", "");
  if (live) parameters.set(liveParameter, "");
  return parameters.toString();
}

/** The address of the events of a scope for which an attribute has this value, too. */
export function eventsHref({ terms, range }: Scope, key: AttributeKey, value: string): string {
  const others = terms.filter((term) => term.key !== key || term.negated);
  return hrefOf({ terms: [...others, { key, value, negated: false }], range });
}
