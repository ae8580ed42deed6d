import type { Caller } from "./caller.ts";
import type { DerivedEvent } from "./derived-event.ts";
import type { AccountId } from "./names.ts";

/**
 * What a service tells of a call beside its answer, for the records of it. A service answers and does not record: it
 * leaves here what it alone knows, and only the recorder reads it.
 */
export interface Notes {
  /** Who calls by the token that a request without a signature carries. */
  caller?: Caller;
  /** What the record shows among the parameters though it wasn't one: what a token or the caller's session brought along. */
  parameters?: Readonly<Record<string, unknown>>;
  /** Whose resources the call used; each account other than the caller's gets a copy of the record. */
  readonly owners: Set<AccountId>;
  /** What AWS itself did because of the call. */
  readonly derived: DerivedEvent[];
}

export function noNotes(): Notes {
  return { owners: new Set(), derived: [] };
}
