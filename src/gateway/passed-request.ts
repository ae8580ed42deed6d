import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { Located } from "../aws/index.ts";
import type { PassedRequest } from "../aws/upstream.ts";
import { bodyStream, watchWhole, wholeBodyLimit } from "./body.ts";
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
  const body = isStream ? bodyStream(incoming) : await beginning(incoming);
  const isChunked = coding !== undefined && (!Buffer.isBuffer(body) || incoming.rawTrailers.length > 0);
  return { body, onContinue, trailers: isChunked ? () => incoming.rawTrailers : undefined };
}

/**
 * Reads a body, which is looked into for the record, up to the limit; of a longer one, all of it is the stream. Rejects
 * with RequestTimeout when it comes too slowly.
 */
function beginning(incoming: IncomingMessage): Promise<Buffer | Readable> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const more = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= wholeBodyLimit) return;
      stop();
      resolve(Readable.from(together(chunks, bodyStream(incoming)), { objectMode: false }));
    };
    const ended = () => {
      stop();
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size));
    };
    const broken = () => {
      stop();
      reject(new Error("the client went away"));
    };
    const endOfWatch = watchWhole(incoming, (why) => {
      stop();
      reject(why);
    });
    const stop = () => {
      endOfWatch();
      incoming.off("data", more).off("end", ended).off("close", broken).pause();
    };
    incoming.on("data", more).on("end", ended).on("close", broken);
  });
}

async function* together(chunks: readonly Buffer[], rest: Readable) {
  yield* chunks;
  yield* rest;
}
