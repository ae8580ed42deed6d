import type { Readable } from "node:stream";

/** A request as it is passed on: everything as the client sent it, but for what belongs to one connection only. */
export interface PassedRequest {
  readonly method: string;
  /** Path and query, still percent-encoded. */
  readonly target: string;
  /** Names and values in turns, in the client's order and case. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer | Readable;
  /** Names and values in turns, complete when the body has ended; only of a body that comes in chunks. */
  readonly trailers?: (() => readonly string[]) | undefined;
  /** Given when the client sends its body only when it is told to go on: tells it so. */
  readonly onContinue?: (() => void) | undefined;
}

/** An upstream's answer as it came, without what belongs to one connection only. */
export interface PassedAnswer {
  readonly status: number;
  readonly statusText: string;
  /** Names and values in turns, in the upstream's order and case. */
  readonly rawHeaders: readonly string[];
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** The whole body of a small answer; a stream, which fails when the answer breaks off, of any other. */
  readonly body: Buffer | Readable;
  /** Names and values in turns; complete when the body has ended. */
  readonly trailers: () => readonly string[];
}

/** An endpoint that answers AWS calls. */
export interface Upstream {
  /** For messages: where it is, without what may be secret. */
  readonly origin: string;
  /** What stands in front of every path there, as `/services/compute`; empty for most. */
  readonly path: string;
  /**
   * Passes a request on. Throws an AwsError for an upstream that is away (503) or slow (504); the signal's reason when
   * it is aborted.
   */
  send(request: PassedRequest, signal: AbortSignal): Promise<PassedAnswer>;
}

/** Names and values that stand in turns, as pairs. */
export function pairs(raw: readonly string[]): [string, string][] {
  const all: [string, string][] = [];
  for (let index = 0; index < raw.length; index += 2) all.push([raw[index] as string, raw[index + 1] as string]);
  return all;
}

/** Names and values that stand in turns without those of some names, which are in lower case. */
export function withoutHeaders(rawHeaders: readonly string[], names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = rawHeaders.slice(index, index + 2);
    if (!names.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
