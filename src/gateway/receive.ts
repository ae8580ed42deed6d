import type { IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import proxyAddress from "proxy-addr";
import type { WireRequest } from "../aws/http.ts";

/** The head of an HTTP request, without its body. */
export type WireHead = Omit<WireRequest, "body">;

function tlsOf(socket: IncomingMessage["socket"]): WireRequest["tls"] {
  if (!("getCipher" in socket)) return undefined;
  const secure = socket as TLSSocket;
  return { version: secure.getProtocol() ?? "", cipherSuite: secure.getCipher().standardName };
}

/** Whether an address is that of a proxy which may say for whom it speaks. */
export type TrustedProxy = (address: string, hop: number) => boolean;

/** Makes it from addresses and ranges, as 10.0.0.0/8; undefined when there are none. */
export function trustedProxy(addresses: readonly string[]): TrustedProxy | undefined {
  return addresses.length === 0 ? undefined : proxyAddress.compile([...addresses]);
}

const withoutPrefix = (address: string) => address.replace(/^::ffff:(?=\d+\.)/, "");

/** Whose request it is: of the peer or, when that is a trusted proxy, of whom it names in X-Forwarded-For. */
function source(request: IncomingMessage, isTrusted: TrustedProxy | undefined) {
  const peer = withoutPrefix(request.socket.remoteAddress ?? "");
  if (!isTrusted?.(peer, 0)) return { remoteAddress: peer };
  const remoteAddress = withoutPrefix(proxyAddress(request, isTrusted) ?? peer);
  return { remoteAddress, ...(request.headers["x-forwarded-proto"] === "https" && { secure: true }) };
}

/** The most that a request's head may hold; the parser refuses one that is larger as a whole. */
export const headLimits = { bytes: 32 * 1024, urlBytes: 16 * 1024, headers: 200 };

/** What is too much of a request's head, as status and one line; undefined when nothing is. */
export function excessOf(request: IncomingMessage): { status: number; message: string } | undefined {
  if ((request.url?.length ?? 0) > headLimits.urlBytes)
    return { status: 414, message: `The URL is longer than ${headLimits.urlBytes} bytes` };
  if (request.rawHeaders.length > 2 * headLimits.headers)
    return { status: 431, message: `The request has more than ${headLimits.headers} headers` };
  return undefined;
}

/** Reads the head of a request: raw path and query, lower-case headers, the address without IPv6's prefix for IPv4. */
export function receive(request: IncomingMessage, isTrusted?: TrustedProxy): WireHead {
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
    ...source(request, isTrusted),
    ...(tls && { tls }),
  };
}
