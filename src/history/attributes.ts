import type { LookupAttributeKey } from "@aws-sdk/client-cloudtrail";
import type { EventRow } from "./row.ts";

/** What events can be found by: the keys of LookupEvents, and those that only `search` and `tail` know. */
export type AttributeKey =
  | LookupAttributeKey
  | "SourceIPAddress"
  | "ErrorCode"
  | "AccountId"
  | "Region"
  | "PrincipalArn";

/** Where an attribute is found; a value must match whole, in its case, as in LookupEvents. */
export const attributeColumns: Readonly<Record<AttributeKey, keyof EventRow>> = {
  EventId: "event_id",
  EventName: "event_name",
  ReadOnly: "read_only",
  Username: "username",
  ResourceType: "resource_types",
  ResourceName: "resource_names",
  EventSource: "event_source",
  AccessKeyId: "access_key_id",
  SourceIPAddress: "source_ip",
  ErrorCode: "error_code",
  AccountId: "account",
  Region: "region",
  PrincipalArn: "principal_arn",
};

/** The keys that LookupEvents takes. */
export const lookupKeys: ReadonlySet<string> = new Set<LookupAttributeKey>([
  "EventId",
  "EventName",
  "ReadOnly",
  "Username",
  "ResourceType",
  "ResourceName",
  "EventSource",
  "AccessKeyId",
]);

/** The columns that hold a list of values. */
export const listColumns: ReadonlySet<keyof EventRow> = new Set<keyof EventRow>(["resource_types", "resource_names"]);

/** An attribute has this value, or the record's JSON contains this text; negated: it hasn't, it doesn't. */
export interface Term {
  readonly key: AttributeKey | "contains";
  readonly value: string;
  readonly negated?: boolean;
}

/** Which events are meant: those for which every term holds. */
export interface Filter {
  readonly terms: readonly Term[];
}

/** The filter as SQL conditions over `events`, with the values that they bind. */
export function conditionsOf({ terms }: Filter): { conditions: string[]; parameters: Record<string, string> } {
  const conditions = terms.map(({ key, negated }, index) => {
    const condition = conditionOn(key, `{term${index}:String}`);
    return negated ? `NOT ${condition}` : condition;
  });
  const parameters = Object.fromEntries(terms.map(({ value }, index) => [`term${index}`, value]));
  return { conditions, parameters };
}

function conditionOn(key: Term["key"], value: string): string {
  if (key === "contains") return `(position(raw, ${value}) > 0)`;
  const column = attributeColumns[key];
  return listColumns.has(column) ? `has(${column}, ${value})` : `(${column} = ${value})`;
}

/** Whether the filter lets a row through, by the same rules as in SQL. */
export function matches(row: EventRow, { terms }: Filter): boolean {
  return terms.every(({ key, value, negated = false }) => holds(row, key, value) !== negated);
}

function holds(row: EventRow, key: Term["key"], value: string): boolean {
  if (key === "contains") return row.raw.includes(value);
  const column = row[attributeColumns[key]];
  return Array.isArray(column) ? column.includes(value) : column === value;
}
