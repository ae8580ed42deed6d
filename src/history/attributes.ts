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

const listColumns: ReadonlySet<keyof EventRow> = new Set<keyof EventRow>(["resource_types", "resource_names"]);

/** Which events are meant: all of the attributes must match, and the raw record must contain the text. */
export interface Filter {
  readonly attributes: Partial<Readonly<Record<AttributeKey, string>>>;
  readonly contains?: string | undefined;
}

/** The filter as SQL conditions over `events`, with the values that they bind. */
export function conditionsOf(filter: Filter): { conditions: string[]; parameters: Record<string, string> } {
  const conditions: string[] = [];
  const parameters: Record<string, string> = {};
  for (const [key, value] of Object.entries(filter.attributes)) {
    const column = attributeColumns[key as AttributeKey];
    conditions.push(listColumns.has(column) ? `has(${column}, {${key}:String})` : `${column} = {${key}:String}`);
    parameters[key] = value;
  }
  if (filter.contains !== undefined) {
    conditions.push("position(raw, {contains:String}) > 0");
    parameters.contains = filter.contains;
  }
  return { conditions, parameters };
}

/** Whether the filter lets a row through, by the same rules as in SQL. */
export function matches(row: EventRow, filter: Filter): boolean {
  for (const [key, value] of Object.entries(filter.attributes)) {
    const column = row[attributeColumns[key as AttributeKey]];
    if (Array.isArray(column) ? !column.includes(value) : column !== value) return false;
  }
  return filter.contains === undefined || row.raw.includes(filter.contains);
}
