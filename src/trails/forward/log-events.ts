import type { CloudTrailRecord } from "../../record/record.ts";
import { inBatches } from "../batches.ts";

/** An event of CloudWatch Logs: one record, as its JSON stands in the journal. */
export interface LogEvent {
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly message: string;
}

/** What goes into a log stream with one PutLogEvents. */
export interface LogEventBatch {
  readonly stream: string;
  readonly events: readonly LogEvent[];
}

const dayMs = 86_400_000;
// CloudTrail sends no event of more than 256 KB to CloudWatch Logs.
const maxRecordBytes = 256 * 1024;
// What CloudWatch Logs takes. https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
const limits = { items: 10_000, bytes: 1_048_576 };
const eventOverhead = 26;
const oldestMs = 14 * dayMs;

/** The stream of CloudTrail's own naming: `[<organization>_]<account>_CloudTrail_<Region>`. */
function logStream({ recipientAccountId, awsRegion }: CloudTrailRecord, organizationId: string | undefined): string {
  return `${organizationId === undefined ? "" : `${organizationId}_`}${recipientAccountId}_CloudTrail_${awsRegion}`;
}

/**
 * Records as batches that CloudWatch Logs takes: each of one stream, within a day, oldest first. Left out are records
 * that it wouldn't take: too large, or older than 14 days at `now`.
 */
export function* logEventBatches(
  records: readonly { readonly fields: CloudTrailRecord; readonly text: Buffer }[],
  now: number,
  organizationId?: string,
): Generator<LogEventBatch> {
  const streams = new Map<string, LogEvent[]>();
  for (const { fields, text } of records) {
    const timestamp = Date.parse(fields.eventTime);
    if (text.length > maxRecordBytes || timestamp < now - oldestMs) continue;
    const stream = logStream(fields, organizationId);
    const events = streams.get(stream) ?? [];
    streams.set(stream, events);
    events.push({ timestamp, message: text.toString() });
  }
  for (const [stream, events] of streams) {
    events.sort((a, b) => a.timestamp - b.timestamp);
    const bytesOf = ({ message }: LogEvent) => Buffer.byteLength(message) + eventOverhead;
    const withinDay = (first: LogEvent, event: LogEvent) => event.timestamp - first.timestamp < dayMs;
    for (const batch of inBatches(events, limits, bytesOf, withinDay)) yield { stream, events: batch };
  }
}
