/** An entry's place in the journal: 1 for the first, one more for each that follows. 0 stands before the first. */
export type Position = number;

export interface Entry {
  readonly position: Position;
  /** One CloudTrail record as UTF-8 JSON, byte for byte as it will be shown. */
  readonly record: Buffer;
}

/**
 * The durable, ordered log of all records. A call's client has its answer only after `append` resolved.
 * Adapters: segment files (embedded), NATS JetStream (distributed); both pass `journal.contract.ts`.
 */
export interface Journal {
  /** Appends records in order; resolves with the last one's position when all are durable, rejects when they are not. */
  append(records: readonly Buffer[]): Promise<Position>;
  /** Up to `limit` durable entries that follow `after`, in order; empty when there are none yet. */
  read(after: Position, limit: number): Promise<Entry[]>;
  /** The position of the newest durable entry; 0 for an empty journal. */
  end(): Position;
  /** Throws in one line, with the remedy, when entries up to `position` were read once and the journal ends before. */
  checkReach(position: Position): void;
  /** Resolves when there is a durable entry beyond `position`, or when the signal aborts. */
  waitBeyond(position: Position, signal: AbortSignal): Promise<void>;
  /** Gives up what no reader needs any more: entries up to and including `position` may go. */
  trim(position: Position): Promise<void>;
  close(): Promise<void>;
}
