/** What events can be found by, as OpenTrail's API names it. */
export type AttributeKey =
  | "EventName"
  | "EventSource"
  | "Username"
  | "ResourceName"
  | "ResourceType"
  | "ReadOnly"
  | "AccessKeyId"
  | "EventId"
  | "SourceIPAddress"
  | "ErrorCode"
  | "PrincipalArn"
  | "Region"
  | "AccountId";

interface Attribute {
  readonly key: AttributeKey;
  /** As the AWS console calls it. */
  readonly label: string;
  readonly values: string;
}

/** In the order in which people look for them: first those of the AWS console, then those that only OpenTrail has. */
export const attributes: readonly Attribute[] = [
  { key: "EventName", label: "Event name", values: "Event names" },
  { key: "EventSource", label: "Event source", values: "Event sources" },
  { key: "Username", label: "User name", values: "User names" },
  { key: "ResourceName", label: "Resource name", values: "Resource names" },
  { key: "ResourceType", label: "Resource type", values: "Resource types" },
  { key: "ReadOnly", label: "Read-only", values: "Read-only" },
  { key: "AccessKeyId", label: "AWS access key", values: "AWS access keys" },
  { key: "EventId", label: "Event ID", values: "Event IDs" },
  { key: "SourceIPAddress", label: "Source IP address", values: "Source IP addresses" },
  { key: "ErrorCode", label: "Error code", values: "Error codes" },
  { key: "PrincipalArn", label: "Principal ARN", values: "Principal ARNs" },
  { key: "Region", label: "AWS region", values: "AWS regions" },
  { key: "AccountId", label: "Account ID", values: "Account IDs" },
];

/** An attribute has this value, or the record contains this text; negated: not so. */
export interface Term {
  readonly key: AttributeKey | "contains";
  readonly value: string;
  readonly negated: boolean;
}

const termKeys: ReadonlySet<string> = new Set([...attributes.map(({ key }) => key), "contains"]);

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
