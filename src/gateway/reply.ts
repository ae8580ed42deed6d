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

const disposition = "content-disposition";

/**
 * The headers in an order in which Node.js takes them: it reads a Content-Disposition that follows a Content-Length as
 * UTF-8, and refuses what comes out of it. https://github.com/nodejs/node/issues/58240
 */
function takeable(headers: WireResponse["headers"]): Record<string, string> {
  const { [disposition]: value } = headers;
  return value === undefined ? headers : { [disposition]: value, ...headers };
}

/** The same for pairs of names and values in one list. */
export function takeableList(headers: readonly string[]): string[] {
  const at = headers.findIndex((name, index) => index % 2 === 0 && name.toLowerCase() === disposition);
  if (at <= 0) return [...headers];
  return [...headers.slice(at, at + 2), ...headers.slice(0, at), ...headers.slice(at + 2)];
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
    response.writeHead(status, takeable(headers));
    await pipeline(body, response);
    return;
  }
  const bytes = typeof body === "string" ? Buffer.from(body) : (body ?? Buffer.alloc(0));
  if (status === 101) {
    // What follows is no HTTP any more: the frames, and the connection's end.
    const { socket } = response;
    response.writeHead(status, takeable(headers));
    response.end(() => socket?.end(bytes));
    return;
  }
  const bodiless = isBodiless(status);
  // A HEAD's answer tells the length of the body that it hasn't.
  const length = bodiless || headers["content-length"] !== undefined ? {} : { "content-length": String(bytes.length) };
  response.writeHead(status, takeable({ ...headers, ...length }));
  if (response.req.method === "HEAD" || bodiless) response.end();
  else await endWith(response, bytes);
}
