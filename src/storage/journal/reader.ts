import type { Entry, Journal, Position } from "./journal.ts";

/** What a reader of the journal does with entries; it must be idempotent by position, as a crash repeats the last batch. */
export interface ReaderOptions {
  readonly journal: Journal;
  readonly batchSize: number;
  /** Where to go on: the cursor that was saved last. */
  readonly cursor: Position;
  /** Makes the effect of a batch and saves the cursor (the last entry's position) with it. */
  readonly apply: (batch: readonly Entry[]) => Promise<void>;
  /** Told of a failed batch, which is tried again with backoff. */
  readonly onFailure: (error: unknown, nextAttemptInMs: number) => void;
}

export interface RunningReader {
  /** The last entry whose effect is made. */
  position(): Position;
  /** Resolves when all entries up to `position` have had their effect. */
  caughtUp(position: Position): Promise<void>;
  /** Stops after the batch under way. */
  stop(): Promise<void>;
}

const longestPauseMs = 30_000;
const firstPauseMs = 100;

/**
 * Feeds a reader of the journal: batch after batch, a failed one again until it works. Runs until `stop`. Throws in one
 * line when the journal ends before the cursor: what it got next would be taken for what was read already.
 */
export function runReader(options: ReaderOptions): RunningReader {
  const { journal, batchSize, apply, onFailure } = options;
  journal.checkReach(options.cursor);
  const stopping = new AbortController();
  const waiters = new Set<{ position: Position; resolve: () => void; reject: (error: Error) => void }>();
  let cursor = options.cursor;
  let failures = 0;

  async function step(): Promise<void> {
    await journal.waitBeyond(cursor, stopping.signal);
    if (stopping.signal.aborted) return;
    const batch = await journal.read(cursor, batchSize);
    const last = batch.at(-1);
    if (last === undefined) return;
    await apply(batch);
    cursor = last.position;
    for (const waiter of waiters) {
      if (cursor < waiter.position) continue;
      waiters.delete(waiter);
      waiter.resolve();
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await step();
        failures = 0;
      } catch (error) {
        // Full jitter within the upper half, so that readers of one broken thing don't come back all at once.
        const pause = Math.min(firstPauseMs * 2 ** failures, longestPauseMs) * (0.5 + Math.random() / 2);
        failures += 1;
        onFailure(error, Math.round(pause));
        await pauseFor(pause, stopping.signal);
      }
    }
    for (const waiter of waiters)
      waiter.reject(new Error(`The reader was stopped before it reached ${waiter.position}`));
    waiters.clear();
  }

  const finished = run();
  return {
    position: () => cursor,
    caughtUp(position) {
      if (cursor >= position) return Promise.resolve();
      if (stopping.signal.aborted) return Promise.reject(new Error("The reader is stopped"));
      return new Promise((resolve, reject) => waiters.add({ position, resolve, reject }));
    },
    async stop() {
      stopping.abort();
      await finished;
    },
  };
}

function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, milliseconds);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
}
