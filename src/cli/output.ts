import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { FoundEvent } from "./found-event.ts";

/** Where a command writes: standard output, or what stands in for it. */
export type Output = NodeJS.WritableStream & { readonly isTTY?: boolean };

/** Text that a stranger may have written, so that it can't steer the terminal or turn round what stands beside it. */
export const shown = (text: string): string => text.replace(/[\p{Cc}\p{Bidi_Control}]/gu, "\u{fffd}");

/** JSON that says the same and steers no terminal: what JSON itself leaves as it is (C1, turns of direction) is escaped. */
const harmless = (json: string): string =>
  json.replace(/[\u{7f}-\u{9f}\p{Bidi_Control}]/gu, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** A value as indented JSON, which steers no terminal either. */
export function indentedJson(value: unknown): string {
  return `${harmless(JSON.stringify(value, null, 2))}\n`;
}

/** Records as lines of JSON, which steer no terminal. */
export async function* jsonLines(events: AsyncIterable<FoundEvent>): AsyncGenerator<string> {
  for await (const { record } of events) yield `${harmless(JSON.stringify(record))}\n`;
}

/** Writes all text, no faster than it is taken; who closes the other end of a pipe (`| head`) has had enough. */
export async function write(text: AsyncIterable<string>, output: Output): Promise<void> {
  try {
    await pipeline(Readable.from(text), output, { end: false });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
}
