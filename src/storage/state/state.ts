/** A value as it is stored: anything that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface StateEntry<Value = Json> {
  readonly key: string;
  readonly value: Value;
  /** Changes with every write of the key; only ever compared for equality. */
  readonly version: number;
}

/** One write of a commit. */
export interface Change {
  readonly key: string;
  /** Undefined deletes the key. */
  readonly value: Json | undefined;
  /** What the key must be at: a version, or 0 for "does not exist". Not given: whatever it is at. */
  readonly expect?: number;
}

/**
 * Small things that last: trails, users, instances, cursors. Keys are paths (`ec2/123456789012/us-east-1/instance/i-…`).
 * Adapters: LMDB (embedded), NATS JetStream KV (distributed); both pass `state.contract.ts`.
 */
export interface State {
  get(key: string): Promise<StateEntry | undefined>;
  /** All entries whose key begins with `prefix`, in the order of their keys. */
  list(prefix: string): Promise<StateEntry[]>;
  /** All changes or none; durable when it resolves. False when an expectation didn't hold, and nothing was written. */
  commit(changes: readonly Change[]): Promise<boolean>;
  close(): Promise<void>;
}
