import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { WireResponse } from "../aws/http.ts";

/** How many bytes of body a client gets: none with HEAD and with statuses that have none; undefined for a stream of unknown length. */
export function bytesSent({ status, headers, body }: WireResponse, method: string): number | undefined {
  if (method === "HEAD" || isBodiless(status) || body === undefined) return 0;
  if (!(body instanceof Readable)) return Buffer.byteLength(body);
  return headers["content-length"] === undefined ? undefined : Number(headers["content-length"]);
}

const isBodiless = (status: number) => status === 204 || status === 304;

/** A larger answer is written in pieces: that they are taken shows that the client reads. */
const pieceBytes = 64 * 1024;

function* piecesOf(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

/** Ends an answer with its bytes. */
export async function endWith(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  if (bytes.length <= pieceBytes) response.end(bytes);
  else await pipeline(Readable.from(piecesOf(bytes)), response);
}

/** Writes an answer out. A body that breaks off half-way ends the connection, so the client can't take it for whole. */
export async function reply(response: ServerResponse, answer: WireResponse): Promise<void> {
  const { status, headers, body } = answer;
  if (body instanceof Readable) {
    response.writeHead(status, headers);
    await pipeline(body, response);
    return;
  }
  const bytes = typeof body === "string" ? Buffer.from(body) : (body ?? Buffer.alloc(0));
  if (status === 101) {
    // What follows is no HTTP any more: the frames, and the connection's end.
    const { socket } = response;
    response.writeHead(status, headers);
    response.end(() => socket?.end(bytes));
    return;
  }
  const bodiless = isBodiless(status);
  // A HEAD's answer tells the length of the body that it hasn't.
  const length = bodiless || headers["content-length"] !== undefined ? {} : { "content-length": String(bytes.length) };
  response.writeHead(status, { ...headers, ...length });
  if (response.req.method === "HEAD" || bodiless) response.end();
  else await endWith(response, bytes);
}
