import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import type { WireRequest } from "../aws/http.ts";

/** The head of an HTTP request, without its body. */
export type WireHead = Omit<WireRequest, "body">;

function tlsOf(socket: IncomingMessage["socket"]): WireRequest["tls"] {
  if (!("getCipher" in socket)) return undefined;
  const secure = socket as TLSSocket;
  return { version: secure.getProtocol() ?? "", cipherSuite: secure.getCipher().standardName };
}

/** Reads the head of a request: raw path and query, lower-case headers, the peer's address without IPv6's prefix for IPv4. */
export function receive(request: IncomingMessage): WireHead {
  // A client that takes this for its proxy sends the whole URL.
  const [origin, authority] = /^https?:\/\/([^/?]+)/i.exec(request.url ?? "") ?? [""];
  const target = request.url?.slice(origin.length) || "/";
  const mark = target.indexOf("?");
  const headers: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  if (authority !== undefined) headers.host = authority;
  const tls = tlsOf(request.socket);
  return {
    method: request.method ?? "GET",
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? "" : target.slice(mark + 1),
    headers,
    remoteAddress: (request.socket.remoteAddress ?? "").replace(/^::ffff:/, ""),
    ...(tls && { tls }),
  };
}
