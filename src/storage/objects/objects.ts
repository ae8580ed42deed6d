import type { Readable } from "node:stream";

/** What is kept with an object's bytes. */
export interface ObjectMeta {
  /** Content-Type, Content-Encoding, x-amz-meta-… and the like, lower case, as S3 gives them back. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ObjectHead extends ObjectMeta {
  readonly key: string;
  readonly size: number;
  /** Hex MD5 of the bytes, without quotes. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

interface ListOptions {
  readonly prefix?: string;
  /** Only keys that follow this one, in the order of their UTF-8 bytes. */
  readonly after?: string;
  readonly limit: number;
}

/**
 * Bytes by bucket and key. A bucket here is only a name space: its owner, policy and settings lie in the state.
 * Adapters: a folder (embedded), S3 (distributed); both pass `objects.contract.ts`.
 */
export interface Objects {
  /**
   * Puts the object as a whole or not at all; durable when it resolves. Never holds more than a piece of it in memory.
   * A function for `meta` is asked when the body has ended: trailers come after the bytes.
   */
  put(
    bucket: string,
    key: string,
    body: Readable | Uint8Array,
    meta: ObjectMeta | (() => ObjectMeta),
  ): Promise<ObjectHead>;
  head(bucket: string, key: string): Promise<ObjectHead | undefined>;
  /** `range`: first and last byte, both included, cut at the object's end. The body must be read or destroyed. */
  get(
    bucket: string,
    key: string,
    range?: { start: number; end: number },
  ): Promise<{ head: ObjectHead; body: Readable } | undefined>;
  /** Changes what is kept with an object's bytes, which stay as they are; undefined when there is no such object. */
  describe(
    bucket: string,
    key: string,
    change: (head: ObjectHead) => ObjectMeta["headers"],
  ): Promise<ObjectHead | undefined>;
  /** Resolves whether there was such an object. */
  delete(bucket: string, key: string): Promise<boolean>;
  /** In the order of the keys' UTF-8 bytes. */
  list(bucket: string, options: ListOptions): Promise<ObjectHead[]>;
  close(): Promise<void>;
}
