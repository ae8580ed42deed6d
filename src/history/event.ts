import { type LookupFields, lookupFields } from "../record/index.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import type { Position } from "../storage/journal/index.ts";

/** An event of Event history: a record, and what CloudTrail derives from it for look-ups. */
export interface HistoryEvent extends LookupFields {
  readonly position: Position;
  readonly record: CloudTrailRecord;
  /** The record's JSON, byte for byte as it was recorded. */
  readonly raw: string;
}

/** The event that a record in the journal tells of. */
export function eventOf(position: Position, raw: string): HistoryEvent {
  const record = JSON.parse(raw) as CloudTrailRecord;
  return { position, record, raw, ...lookupFields(record) };
}

/** When it happened, in seconds since 1970: records tell no more. */
export function timeOf(event: HistoryEvent): number {
  return Date.parse(event.record.eventTime) / 1000;
}
