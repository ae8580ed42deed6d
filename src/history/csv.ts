import { type Options, stringify } from "csv-stringify/sync";
import type { HistoryEvent } from "./event.ts";

/** What the columns need of an event. */
type Listed = Pick<HistoryEvent, "username" | "resources" | "record">;

/**
 * The columns of the CloudTrail console's own download, in its order.
 * Source: `event_history.csv` files of 2021 and 2024.
 */
const columns: readonly [title: string, cell: (event: Listed) => string | undefined][] = [
  ["User name", ({ username }) => username],
  ["AWS access key", ({ record }) => text(record.userIdentity.accessKeyId)],
  ["Event time", ({ record }) => record.eventTime],
  ["Event source", ({ record }) => record.eventSource],
  ["Event name", ({ record }) => record.eventName],
  ["AWS region", ({ record }) => record.awsRegion],
  ["Source IP address", ({ record }) => record.sourceIPAddress],
  ["User agent", ({ record }) => record.userAgent],
  ["Error code", ({ record }) => record.errorCode],
  ["Resources", ({ resources }) => resourcesOf(resources)],
  ["Request ID", ({ record }) => record.requestID],
  ["Event ID", ({ record }) => record.eventID],
  ["Read-only", ({ record }) => String(record.readOnly)],
  ["Event type", ({ record }) => record.eventType],
  ["Recipient Account Id", ({ record }) => record.recipientAccountId],
  ["Event category", ({ record }) => record.eventCategory],
];

// A cell that a spreadsheet would take for a formula gets an apostrophe in front.
const options: Options = { escape_formulas: true };

/** Events as CSV, with the columns of AWS's own download. */
export async function* csv(events: AsyncIterable<Listed>): AsyncGenerator<string> {
  yield stringify([columns.map(([title]) => title)], options);
  for await (const event of events) yield stringify([columns.map(([, cell]) => cell(event))], options);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function resourcesOf(resources: Listed["resources"]): string {
  return JSON.stringify(resources.map(({ type, name }) => ({ resourceType: type, resourceName: name })));
}
