import { type AttributeKey, attributeColumns, listAttributes } from "./attributes.ts";
import type { EventRow } from "./row.ts";

/**
 * An attribute has this value, or any value at all (null); or the record's JSON contains this text, in any case.
 * Negated: it hasn't, it doesn't.
 */
export type Term = { readonly negated?: boolean } & (
  | { readonly key: AttributeKey; readonly value: string | null }
  | { readonly key: "contains"; readonly value: string }
);

/**
 * Which events are meant: those for which every term holds. Of terms that ask for one attribute one is enough, so that
 * `EventName` A and `EventName` B mean either; negated terms and texts must hold all the same.
 */
export interface Filter {
  readonly terms: readonly Term[];
}

/** Terms of which one must hold. */
type Alternatives = readonly Term[];

function alternativesOf({ terms }: Filter): Alternatives[] {
  const groups = new Map<string, Term[]>();
  for (const [index, term] of terms.entries()) {
    const group = term.negated || term.key === "contains" ? String(index) : term.key;
    groups.set(group, [...(groups.get(group) ?? []), term]);
  }
  return [...groups.values()];
}

/** The filter as SQL conditions over `events`, with the values that they bind. */
export function conditionsOf(filter: Filter): { conditions: string[]; parameters: Record<string, string> } {
  const parameters: Record<string, string> = {};
  const conditions = alternativesOf(filter).map((terms) => {
    const alternatives = terms.map((term) => {
      const name = `term${Object.keys(parameters).length}`;
      if (term.key === "contains") parameters[name] = patternOf(term.value);
      else if (term.value !== null) parameters[name] = term.value;
      const condition = conditionOn(term, `{${name}:String}`);
      return term.negated ? `NOT ${condition}` : condition;
    });
    return alternatives.length === 1 ? (alternatives[0] as string) : `(${alternatives.join(" OR ")})`;
  });
  return { conditions, parameters };
}

function conditionOn(term: Term, value: string): string {
  // To the letter what the index by_sequences is over.
  if (term.key === "contains") return `(lowerUTF8(raw) LIKE ${value})`;
  const column = attributeColumns[term.key];
  if (listAttributes.has(term.key))
    return term.value === null ? `arrayExists(item -> item != '', ${column})` : `has(${column}, ${value})`;
  return term.value === null ? `(${column} != '')` : `(${column} = ${value})`;
}

/** The pattern of LIKE for texts that contain this one, in lower case. */
export function patternOf(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
}

/** Whether the filter lets a row through, by the same rules as in SQL. */
export function matches(row: EventRow, filter: Filter): boolean {
  return alternativesOf(filter).every((terms) => terms.some((term) => holds(row, term) !== (term.negated ?? false)));
}

function holds(row: EventRow, term: Term): boolean {
  if (term.key === "contains") return row.raw.toLowerCase().includes(term.value.toLowerCase());
  const column = row[attributeColumns[term.key]];
  const values = Array.isArray(column) ? column : [column];
  return term.value === null ? values.some((value) => value !== "") : values.includes(term.value);
}
