import type { Readable } from "node:stream";

/** An HTTP request as it came in; header names are lower case, `path` and `query` are raw (still percent-encoded). */
export interface WireRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark; "" when there is none. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  /** The peer's address, without a port. */
  readonly remoteAddress: string;
  /** Only for a TLS connection: the names as AWS writes them (`TLSv1.3`, `TLS_AES_128_GCM_SHA256`). */
  readonly tls?: { readonly version: string; readonly cipherSuite: string };
  /** A proxy that is trusted took it over TLS. */
  readonly secure?: boolean;
  /** The whole body, content encodings undone; a stream only for an action whose input streams (S3 PutObject, UploadPart …). */
  readonly body: Buffer | Readable;
  /** The fields of an upload from a browser's form, whose file is the body; names in lower case. */
  readonly form?: Readonly<Record<string, string>>;
}

/** An HTTP answer; header names are lower case. */
export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array | Readable;
}

/** An answer that another endpoint gave; the body without content encodings, empty where it streams. */
export interface WireAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}
