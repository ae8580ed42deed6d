/** What events can be found by, as OpenTrail's API names it; in the order in which people look for them. */
export const attributes = [
  // Those of the AWS console …
  "EventName",
  "EventSource",
  "Username",
  "ResourceName",
  "ResourceType",
  "ReadOnly",
  "AccessKeyId",
  "EventId",
  // … and those that only OpenTrail has.
  "Role",
  "SourceIPAddress",
  "ErrorCode",
  "PrincipalArn",
  "Region",
  "AccountId",
  "UserAgent",
] as const;

export type AttributeKey = (typeof attributes)[number];

/** An attribute has this value, or the record contains this text; negated: not so. */
export interface Term {
  readonly key: AttributeKey | "contains";
  readonly value: string;
  readonly negated: boolean;
}

/** The value of a term that any value of the attribute fits; negated: the event has none. */
export const anyValue = "*";

const termKeys: ReadonlySet<string> = new Set([...attributes, "contains"]);

/** The term that a parameter of an address or of the API says, such as `EventName=X` or `EventName!=X`. */
export function termOf(name: string, value: string): Term | undefined {
  const negated = name.endsWith("!");
  const key = negated ? name.slice(0, -1) : name;
  return termKeys.has(key) && value !== "" ? { key: key as Term["key"], value, negated } : undefined;
}

/** The parameter that says a term. */
export function parameterOf({ key, value, negated }: Term): [name: string, value: string] {
  return [negated ? `${key}!` : key, value];
}
