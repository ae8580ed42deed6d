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
