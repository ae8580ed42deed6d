import type { LookupAttributeKey } from "@aws-sdk/client-cloudtrail";
import type { EventRow } from "./row.ts";

/** What events can be found by: the keys of LookupEvents, and those that only `search` and `tail` know. */
export type AttributeKey =
  | LookupAttributeKey
  | "SourceIPAddress"
  | "ErrorCode"
  | "AccountId"
  | "Region"
  | "PrincipalArn"
  | "Role"
  | "UserAgent";

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
  Role: "role",
  UserAgent: "user_agent",
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

/** The attributes of which an event has a list of values. */
export const listAttributes: ReadonlySet<AttributeKey> = new Set<AttributeKey>(["ResourceType", "ResourceName"]);

/** An attribute's values as an SQL expression over `events`, one for each row of the result; "" stands for none. */
export function eachValueOf(key: AttributeKey): string {
  const column = attributeColumns[key];
  return listAttributes.has(key) ? `arrayJoin(arrayDistinct(${column}))` : column;
}

export const attributeKeys = Object.keys(attributeColumns) as [AttributeKey, ...AttributeKey[]];
