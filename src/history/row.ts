import { type HistoryEvent, timeOf } from "./event.ts";

/** One event as the `events` table holds it: what it is found by, and the record. "" stands for absent. */
export interface EventRow {
  readonly account: string;
  readonly region: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly position: number;
  readonly event_id: string;
  readonly event_name: string;
  readonly event_source: string;
  readonly username: string;
  readonly access_key_id: string;
  readonly read_only: string;
  /** Side by side with `resource_names`; "" where the type isn't known. */
  readonly resource_types: readonly string[];
  readonly resource_names: readonly string[];
  readonly source_ip: string;
  readonly user_agent: string;
  readonly error_code: string;
  readonly category: string;
  readonly principal_arn: string;
  /** The role whose session called. */
  readonly role: string;
  readonly request_id: string;
  readonly raw: string;
}

/** The row of an event; the same event always gives the same row. */
export function rowOf(event: HistoryEvent): EventRow {
  const { record, resources } = event;
  const { arn } = record.userIdentity;
  return {
    account: record.recipientAccountId,
    region: record.awsRegion,
    time: timeOf(event),
    position: event.position,
    event_id: record.eventID,
    event_name: record.eventName,
    event_source: record.eventSource,
    username: event.username ?? "",
    access_key_id: event.accessKeyId ?? "",
    read_only: event.readOnly,
    resource_types: resources.map((resource) => resource.type ?? ""),
    resource_names: resources.map((resource) => resource.name),
    source_ip: record.sourceIPAddress,
    user_agent: record.userAgent ?? "",
    error_code: record.errorCode ?? "",
    category: record.eventCategory,
    principal_arn: typeof arn === "string" ? arn : "",
    role: roleOf(record.userIdentity),
    request_id: record.requestID ?? "",
    raw: event.raw,
  };
}

// Imported records may hold anything there.
interface Session {
  readonly sessionIssuer?: { readonly type?: unknown; readonly userName?: unknown } | null;
}

function roleOf({ sessionContext }: Readonly<Record<string, unknown>>): string {
  const issuer = (sessionContext as Session | null | undefined)?.sessionIssuer;
  return issuer?.type === "Role" && typeof issuer.userName === "string" ? issuer.userName : "";
}
