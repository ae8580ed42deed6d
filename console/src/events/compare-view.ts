/** As many events as stand side by side. */
export const mostCompared = 5;

/** The address that shows events side by side. */
export function compareHref(ids: readonly string[]): string {
  return `/console/compare?${new URLSearchParams(ids.map((id) => ["event", id]))}`;
}

/** What to compare, as an address's query says it: each event once. */
export function comparedIn(query: string): string[] {
  return [...new Set(new URLSearchParams(query).getAll("event"))].filter((id) => id !== "").slice(0, mostCompared);
}
