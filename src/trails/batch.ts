import type { CloudTrailRecord } from "../record/record.ts";
import type { Journal, Position } from "../storage/journal/journal.ts";
import type { Plan } from "./delivery-state.ts";
import { addRecord, type LogFile, logFileBytes, logFileKey } from "./log-file.ts";
import { logs } from "./selection.ts";
import { lastStop } from "./trail.ts";

/** A log file that is made: what is put, and what a digest tells of it. */
export interface MadeFile {
  readonly key: string;
  readonly body: Buffer;
  readonly account: string;
  readonly region: string;
  /** Hex SHA-256 of the bytes before compression. */
  readonly hash: string;
  readonly oldest: string;
  readonly newest: string;
}

/** What a plan comes to: its log files, named and made. */
export interface Batch {
  /** Where it ends: the plan's end, or the last entry before there would be too much. */
  readonly to: Position;
  readonly files: readonly MadeFile[];
  /** Whether it has the record of the call that stopped the trail's logging. */
  readonly stopFound: boolean;
}

// A record has at most 256 KB, so a page has at most 50 MB.
const pageSize = 200;

/**
 * Reads a plan's entries and makes its log files, of at most `maxBytes` before compression (one record at least).
 * The same plan gives the same files, name and bytes, as long as the journal has its entries.
 */
export async function makeBatch(journal: Journal, plan: Plan, maxBytes: number): Promise<Batch> {
  const files = new Map<string, LogFile>();
  const stop = lastStop(plan.trail);
  let bytes = 0;
  let stopFound = false;
  let to = plan.from;
  reading: while (to < plan.to) {
    const page = await journal.read(to, Math.min(pageSize, plan.to - to));
    if (page[0]?.position !== to + 1)
      throw new Error(`the journal has no entry ${to + 1}, which trail ${plan.trail.id} needs`);
    for (const { position, record } of page) {
      const fields = JSON.parse(record.toString()) as CloudTrailRecord;
      if (logs(plan.trail, position, fields)) {
        if (bytes > 0 && bytes + record.length > maxBytes) break reading;
        bytes += addRecord(files, fields, record);
      }
      stopFound ||= stop !== undefined && fields.requestID === stop.requestId;
      to = position;
    }
  }
  const made: MadeFile[] = [];
  for (const [, file] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { account, region, oldest, newest } = file;
    made.push({
      key: logFileKey(plan.trail, file, plan.seed),
      account,
      region,
      oldest,
      newest,
      ...(await logFileBytes(file)),
    });
  }
  return { to, files: made, stopFound };
}
