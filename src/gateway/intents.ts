import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { CloudTrailRecord } from "../record/index.ts";
import { type Journal, openSegmentJournal, type Position } from "../storage/journal/index.ts";

/** What lasts of a call before it is made. */
interface Intent {
  /** The record that stands for the call when its answer is never seen. */
  readonly record: CloudTrailRecord;
  /** The journal's end by then: the call's records follow. */
  readonly after: Position;
  /** Intents up to this position of their own log have their records in the journal. */
  readonly settled: Position;
}

/** Calls that are about to be made, with `recording: strict`. */
export interface Intents {
  /** Resolves when it lasts that a call is about to be made; rejects when it can't be made so. */
  add(record: CloudTrailRecord): Promise<void>;
  /** The records of the call with this event are durable, or the call wasn't made. */
  settle(eventId: string): void;
  /** Entries of the journal behind this position must stay: they tell which calls have their records. */
  neededAfter(): Position;
  close(): Promise<void>;
}

const batchSize = 1_000;
// What a start reads through at most, but for calls that take long.
const segmentBytes = 4 * 1024 * 1024;
const trimEvery = 5_000;

const parsed = <Content>({ record }: { record: Buffer }) => JSON.parse(record.toString()) as Content;

async function* entriesAfter(journal: Journal, position: Position) {
  for (let after = position; ; ) {
    const batch = await journal.read(after, batchSize);
    const last = batch.at(-1);
    if (!last) return;
    yield* batch;
    after = last.position;
  }
}

/**
 * Writes a record for each call of a process before this one whose answer was never seen, and forgets its intents.
 * Resolves with their number; a crash half-way is repeated by the next start, which doubles nothing.
 */
export async function recoverIntents(folder: string, journal: Journal): Promise<number> {
  if (!existsSync(folder)) return 0;
  const log = await openSegmentJournal({ folder });
  const open = new Map<string, CloudTrailRecord>();
  try {
    const [newest] = await log.read(Math.max(0, log.end() - 1), 1);
    let from = journal.end();
    if (newest)
      for await (const entry of entriesAfter(log, parsed<Intent>(newest).settled)) {
        const { record, after } = parsed<Intent>(entry);
        open.set(record.eventID, record);
        from = Math.min(from, after);
      }
    for await (const entry of entriesAfter(journal, from)) open.delete(parsed<CloudTrailRecord>(entry).eventID);
    if (open.size > 0) await journal.append([...open.values()].map((record) => Buffer.from(JSON.stringify(record))));
  } finally {
    await log.close();
  }
  await rm(folder, { recursive: true });
  return open.size;
}

/** Opens the log of intents, a journal of its own that no reader sees, beside the journal that records go to. */
export async function openIntents(folder: string, journal: Journal): Promise<Intents> {
  const log = await openSegmentJournal({ folder, segmentBytes });
  /** By event, in the order they came: no intent before `from` is open, and no record of theirs is at or before `after`. */
  const open = new Map<string, { readonly from: Position; readonly after: Position }>();
  let neededAfter = journal.end();
  let trimmed = 0;

  return {
    async add(record) {
      const after = journal.end();
      open.set(record.eventID, { from: log.end() + 1, after });
      const [oldest] = open.values() as Iterable<{ from: Position; after: Position }>;
      const intent: Intent = { record, after, settled: (oldest?.from ?? 1) - 1 };
      try {
        await log.append([Buffer.from(JSON.stringify(intent))]);
      } catch (error) {
        open.delete(record.eventID);
        throw error;
      }
      neededAfter = Math.max(neededAfter, oldest?.after ?? after);
      if (intent.settled - trimmed < trimEvery) return;
      trimmed = intent.settled;
      // What couldn't be given up goes with what is given up next.
      await log.trim(trimmed).catch(() => undefined);
    },
    settle: (eventId) => void open.delete(eventId),
    neededAfter: () => neededAfter,
    close: () => log.close(),
  };
}
