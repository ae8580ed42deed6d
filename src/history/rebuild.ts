import type { CloudTrailRecord } from "../record/record.ts";
import type { Journal } from "../storage/journal/index.ts";
import type { State } from "../storage/state/index.ts";
import type { Tables } from "../storage/tables/index.ts";
import { eventOf } from "./event.ts";
import { forgetCursor, startHistoryReader } from "./reader.ts";
import { rowOf } from "./row.ts";
import { createEventsTable } from "./table.ts";

/** A log file that a trail delivered. */
export interface RecordsOfFile {
  readonly name: string;
  readonly records: readonly CloudTrailRecord[];
}

export interface RebuildParts {
  readonly tables: Tables;
  readonly state: State;
  readonly journal: Journal;
  readonly retentionDays: number;
  /** What the journal has no more; what it has, too, comes into the table once. */
  readonly logFiles: AsyncIterable<RecordsOfFile>;
  readonly onProgress: (done: { entries: number } | { file: string }) => void;
}

export interface Rebuilt {
  readonly fromJournal: number;
  readonly fromLogFiles: number;
}

const progressMs = 200;

/**
 * Makes Event history's table anew from the journal and from log files, each management event once. After a crash half-way
 * it is run again. Rejects with the first error.
 */
export async function rebuildHistory(parts: RebuildParts): Promise<Rebuilt> {
  const { tables, state, retentionDays, logFiles, onProgress } = parts;
  // First, so that a start after a crash reads the journal again.
  await forgetCursor(state);
  await tables.command("DROP TABLE IF EXISTS events SYNC");
  await createEventsTable(tables, retentionDays);
  await readJournal(parts);
  const [counted] = await tables.query<{ events: number }>("SELECT count() AS events FROM events");
  const fromJournal = Number(counted?.events ?? 0);

  // Entries that the journal gave up had the first positions. Only their order counts.
  let position = 0;
  for await (const { name, records } of logFiles) {
    const wanted = await newOnes(tables, records);
    const rows = wanted.map((record) => {
      position += 1;
      return rowOf(eventOf(position, JSON.stringify(record)));
    });
    await tables.insert("events", rows, name);
    onProgress({ file: name });
  }
  return { fromJournal, fromLogFiles: position };
}

async function readJournal({ tables, state, journal, onProgress }: RebuildParts): Promise<void> {
  let stopped: (error: unknown) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    stopped = reject;
  });
  const reader = await startHistoryReader({ tables, state, journal, onFailure: (error) => stopped(error) });
  const progress = setInterval(() => onProgress({ entries: reader.position() }), progressMs);
  try {
    await Promise.race([reader.caughtUp(journal.end()), failed]);
    onProgress({ entries: journal.end() });
  } finally {
    clearInterval(progress);
    await reader.stop();
  }
}

/** The management events of a file that the table hasn't yet: several trails deliver the same event. */
async function newOnes(tables: Tables, records: readonly CloudTrailRecord[]): Promise<CloudTrailRecord[]> {
  const byId = new Map(
    records.filter(({ eventCategory }) => eventCategory === "Management").map((record) => [record.eventID, record]),
  );
  const there = await tables.query<{ id: string }>(
    "SELECT event_id AS id FROM events WHERE event_id IN {ids:Array(String)}",
    { ids: [...byId.keys()] },
  );
  for (const { id } of there) byId.delete(id);
  return [...byId.values()];
}
