import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { type PassedAnswer, pairs, withoutHeaders } from "../aws/upstream.ts";
import { bytesSent, endWith, takeableList } from "./reply.ts";

/** Bytes of an answer that is cheaper copied than written by itself. */
const oneWriteLimit = 16 * 1024;

/**
 * Gives an upstream's answer to the client as it came. `before` is done, and has succeeded, before the last bytes go out;
 * of an answer whose length the client knows that is its last chunk, else the mark of its end.
 */
export async function give(response: ServerResponse, answer: PassedAnswer, before: () => Promise<void>): Promise<void> {
  const { status, statusText, headers, body } = answer;
  const rawHeaders = takeableList(headersOf(response, answer));
  // The upstream's own Date is among the headers.
  response.sendDate = false;
  if (Buffer.isBuffer(body)) {
    await before();
    response.writeHead(status, statusText, rawHeaders);
    addTrailers(response, answer);
    // Text goes out in one piece with the head, bytes in two.
    if (body.length <= oneWriteLimit) response.end(body.toString("latin1"), "latin1");
    else await endWith(response, body);
    return;
  }
  response.writeHead(status, statusText, rawHeaders);
  const holdsBack = headers["content-length"] !== undefined;
  await pipeline(body, (chunks: AsyncIterable<Buffer>) => lastAfter(chunks, holdsBack, before), response, {
    end: false,
  });
  addTrailers(response, answer);
  response.end();
}

const trailer: ReadonlySet<string> = new Set(["trailer"]);

/** Node throws for an announcement of trailers that can't follow, as after HEAD. */
function headersOf({ req }: ServerResponse, { status, headers, rawHeaders }: PassedAnswer): string[] {
  if (headers.trailer === undefined) return rawHeaders as string[];
  const isChunked = headers["content-length"] === undefined && req.httpVersion !== "1.0";
  const follow = isChunked && req.method !== "HEAD" && status !== 204 && status !== 304;
  return follow ? (rawHeaders as string[]) : withoutHeaders(rawHeaders, trailer);
}

async function* lastAfter(chunks: AsyncIterable<Buffer>, holdsBack: boolean, before: () => Promise<void>) {
  let held: Buffer | undefined;
  for await (const chunk of chunks) {
    if (held) yield held;
    if (holdsBack) held = chunk;
    else yield chunk;
  }
  await before();
  if (held) yield held;
}

function addTrailers(response: ServerResponse, { trailers }: PassedAnswer): void {
  const all = trailers();
  if (all.length > 0) response.addTrailers(pairs(all));
}

/** An answer that doesn't name its request does so now: its record is to be found. */
export function withId(answer: PassedAnswer, requestId: string): PassedAnswer {
  return { ...answer, rawHeaders: [...answer.rawHeaders, "x-amzn-requestid", requestId] };
}

/** As bytesSent, of an answer as it came. */
export function bytesOut({ status, headers, body }: PassedAnswer, method: string): number | undefined {
  return bytesSent({ status, headers, body }, method);
}

/** Aborted when the client goes away before it has its whole answer. */
export function abortedWith(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort(new Error("the client went away"));
  });
  return gone.signal;
}
