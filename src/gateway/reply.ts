import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { WireResponse } from "../aws/http.ts";

/** Writes an answer out. A body that breaks off half-way ends the connection, so the client can't take it for whole. */
export async function reply(response: ServerResponse, answer: WireResponse): Promise<void> {
  const { status, headers, body } = answer;
  if (body instanceof Readable) {
    response.writeHead(status, headers);
    await pipeline(body, response);
    return;
  }
  const bytes = typeof body === "string" ? Buffer.from(body) : (body ?? Buffer.alloc(0));
  const bodiless = status === 204 || status === 304;
  // A HEAD's answer tells the length of the body that it hasn't.
  const length = bodiless || headers["content-length"] !== undefined ? {} : { "content-length": String(bytes.length) };
  response.writeHead(status, { ...headers, ...length });
  response.end(response.req.method === "HEAD" || bodiless ? undefined : bytes);
}
