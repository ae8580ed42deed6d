import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";
import { z } from "zod";
import { type Entry, type Journal, type RunningReader, runReader } from "../storage/journal/index.ts";
import type { State } from "../storage/state/index.ts";
import type { Tables } from "../storage/tables/index.ts";
import { eventOf } from "./event.ts";
import { type EventRow, rowOf } from "./row.ts";

export interface HistoryReaderOptions {
  readonly tables: Tables;
  readonly state: State;
  readonly journal: Journal;
  /** Told of a batch that couldn't be inserted, which is tried again with backoff. */
  readonly onFailure: (error: unknown, nextAttemptInMs: number) => void;
}

const cursorKey = "history/cursor";

// `underWay`: the last position of the batch that is being inserted. A crash may come after some of its partitions are
// in the table: only the same batch under the same token repeats it without doubling them.
const savedCursor = z.object({ position: z.number(), underWay: z.number().optional() });

const batchSize = 2_000;
const batchBytes = 16 * 1024 * 1024;
// Few big inserts instead of many small ones: each makes a part that has to be merged, and its files wait for the disk,
// which the journal needs. While nobody looks at Event history, they are fewer still.
const betweenInsertsMs = 400;
const unwatchedMs = 2_500;
const patienceMs = 1_000;
// How many records are parsed before calls get their turn again: about 2 ms.
const rowsPerTurn = 50;

/** Makes the next reader begin at the journal's first entry. */
export async function forgetCursor(state: State): Promise<void> {
  await state.commit([{ key: cursorKey, value: undefined }]);
}

export interface HistoryReader extends RunningReader {
  /**
   * Says that somebody looks: what the journal has comes into the table within `betweenInsertsMs`. Resolves when it is
   * there, where it was left to lie while nobody looked; at once, or after a second, in any other case.
   */
  lookedAt(): Promise<void>;
}

/** Feeds the `events` table from the journal, where it was left off: nothing lost, nothing twice. */
export async function startHistoryReader(options: HistoryReaderOptions): Promise<HistoryReader> {
  const { tables, state, journal, onFailure } = options;
  const stopping = new AbortController();
  /** There while nobody looks and it rests all the same; an abort ends the rest. */
  let unwatched: AbortController | undefined;
  let watched = false;
  let insertedAt = Number.NEGATIVE_INFINITY;
  const saved = await state.get(cursorKey);
  let { position, underWay } = saved ? savedCursor.parse(saved.value) : { position: 0, underWay: undefined };

  async function insert(batch: readonly Entry[]): Promise<void> {
    const first = batch[0];
    const last = batch.at(-1);
    if (!first || !last) return;
    if (underWay !== last.position) {
      await state.commit([{ key: cursorKey, value: { position, underWay: last.position } }]);
      underWay = last.position;
    }
    const rows = await managementRows(batch);
    if (rows.length > 0) await tables.insert("events", rows, `${first.position}-${last.position}`);
    await state.commit([{ key: cursorKey, value: { position: last.position } }]);
    position = last.position;
    underWay = undefined;
  }

  async function rest(): Promise<void> {
    await restUntil(insertedAt + betweenInsertsMs, stopping.signal);
    if (!watched && !stopping.signal.aborted) {
      unwatched = new AbortController();
      await restUntil(insertedAt + unwatchedMs, unwatched.signal);
      unwatched = undefined;
    }
    watched = false;
  }

  async function restUntil(time: number, signal: AbortSignal): Promise<void> {
    const pause = time - performance.now();
    // An abort only ends the pause.
    if (pause > 0) await delay(pause, undefined, { signal }).catch(() => {});
  }

  const reader = runReader({
    journal: {
      ...journal,
      async waitBeyond(entry, signal) {
        await rest();
        await journal.waitBeyond(entry, signal);
      },
    },
    batchSize,
    cursor: position,
    onFailure,
    async apply(entries) {
      // Of a backlog as much as goes.
      insertedAt = entries.length < batchSize ? performance.now() : Number.NEGATIVE_INFINITY;
      if (underWay !== undefined) await insert(await entriesUpTo(journal, position, underWay));
      const left = entries.filter((entry) => entry.position > position);
      for (const batch of batchesOf(left)) await insert(batch);
    },
  });

  async function lookedAt(): Promise<void> {
    watched = true;
    if (!unwatched) return;
    unwatched.abort();
    // Whoever stops it meanwhile asks nothing any more.
    const caughtUp = reader.caughtUp(journal.end()).catch(() => {});
    await Promise.race([caughtUp, delay(patienceMs, undefined, { ref: false })]);
  }

  return {
    ...reader,
    lookedAt,
    caughtUp(position) {
      void lookedAt();
      return reader.caughtUp(position);
    },
    async stop() {
      stopping.abort();
      unwatched?.abort();
      await reader.stop();
    },
  };
}

async function entriesUpTo(journal: Journal, after: number, last: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let from = after; from < last; from = entries.at(-1)?.position ?? last) {
    const more = await journal.read(from, last - from);
    if (more.length === 0) throw new Error(`The journal ends before entry ${last}, which Event history was reading`);
    entries.push(...more);
  }
  return entries;
}

function* batchesOf(entries: readonly Entry[]): Generator<readonly Entry[]> {
  let from = 0;
  let bytes = 0;
  for (const [index, entry] of entries.entries()) {
    bytes += entry.record.length;
    if (bytes < batchBytes) continue;
    yield entries.slice(from, index + 1);
    from = index + 1;
    bytes = 0;
  }
  yield entries.slice(from);
}

/** The rows of a batch. Event history never holds data events. */
async function managementRows(batch: readonly Entry[]): Promise<EventRow[]> {
  const rows: EventRow[] = [];
  for (const [index, entry] of batch.entries()) {
    if (index % rowsPerTurn === rowsPerTurn - 1) await nextTurn();
    const event = eventOf(entry.position, entry.record.toString("utf8"));
    if (event.record.eventCategory === "Management") rows.push(rowOf(event));
  }
  return rows;
}
