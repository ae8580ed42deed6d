import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { Located } from "../aws/index.ts";
import type { PassedRequest } from "../aws/upstream.ts";
import { beginningOf, bodyStream, wholeBodyLimit } from "./body.ts";
import { takeExpectation } from "./expectation.ts";

const none = Buffer.alloc(0);

/** A request to be passed on; its body is whole, or the stream of one that is too large or meant to be streamed. */
export async function requestToPass(
  incoming: IncomingMessage,
  { streamsInput }: Pick<Located, "streamsInput">,
): Promise<PassedRequest> {
  const { method = "GET", url = "/", rawHeaders } = incoming;
  // A client that takes this for its proxy sends the whole URL.
  const path = url.replace(/^https?:\/\/[^/?]+/i, "") || "/";
  const target = path.startsWith("?") ? `/${path}` : path;
  return { method, target, rawHeaders, ...(await bodyToPass(incoming, streamsInput)) };
}

async function bodyToPass(
  incoming: IncomingMessage,
  streamsInput: boolean,
): Promise<Pick<PassedRequest, "body" | "trailers" | "onContinue">> {
  const { "content-length": length, "transfer-encoding": coding } = incoming.headers;
  if (length === "0" || (length === undefined && coding === undefined)) return { body: none };
  const isStream = streamsInput || Number(length) > wholeBodyLimit;
  const onContinue = isStream ? takeExpectation(incoming) : undefined;
  const body = isStream ? bodyStream(incoming) : await bodyOrStream(incoming);
  const isChunked = coding !== undefined && (!Buffer.isBuffer(body) || incoming.rawTrailers.length > 0);
  return { body, onContinue, trailers: isChunked ? () => incoming.rawTrailers : undefined };
}

/**
 * A body, which is looked into for the record, up to the limit; of a longer one, all of it is the stream. Rejects with
 * RequestTimeout when it comes too slowly.
 */
async function bodyOrStream(incoming: IncomingMessage): Promise<Buffer | Readable> {
  const { bytes, isWhole } = await beginningOf(incoming);
  return isWhole ? bytes : Readable.from(together(bytes, bodyStream(incoming)), { objectMode: false });
}

async function* together(beginning: Buffer, rest: Readable) {
  yield beginning;
  yield* rest;
}
