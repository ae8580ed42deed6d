import { setTimeout as pause } from "node:timers/promises";
import type { Clock } from "../aws/clock.ts";
import type { Journal, Position } from "../storage/journal/index.ts";

export interface JournalKeeperOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  /** Milliseconds for which entries stay, even when nobody needs them any more. */
  readonly retention: number;
  /** Entries up to it have been worked on by every reader. */
  readonly passed: () => Promise<Position>;
  readonly onFailure: (error: unknown) => void;
}

const everyMs = 10 * 60_000;

/** The last position whose record is older than `time`; 0 when there is none. Records lie in the order they came. */
async function lastBefore(journal: Journal, time: number, upTo: Position): Promise<Position> {
  let [low, high] = [0, upTo];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const [entry] = await journal.read(middle - 1, 1);
    if (!entry) return low;
    const { eventTime } = JSON.parse(entry.record.toString()) as { eventTime: string };
    // Entries that are gone are older than the first that is there, which is what a read of them gives.
    if (Date.parse(eventTime) < time) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Lets the journal give up what every reader has passed and is older than the retention. */
export async function trimJournal({ journal, clock, retention, passed }: JournalKeeperOptions): Promise<void> {
  const position = await lastBefore(journal, clock.now() - retention, await passed());
  if (position > 0) await journal.trim(position);
}

/** Trims the journal now and then, until it is stopped. */
export function keepJournal(options: JournalKeeperOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const running = (async () => {
    for (;;) {
      await trimJournal(options).catch(options.onFailure);
      await pause(everyMs, undefined, { signal: stopping.signal });
    }
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
