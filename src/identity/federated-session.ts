/** What an identity provider's token may say of the session that is made from it. */
export interface FederatedSession {
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly sourceIdentity?: string;
  /** How the user proved who they are (`amr`). */
  readonly methods?: readonly string[];
}

/** Tags whose values come as lists of one. */
export function tagValues(tags: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [key, String([value].flat()[0] ?? "")]));
}
