import { type Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type PassedAnswer, type PassedRequest, pairs } from "../aws/upstream.ts";
import { fault, headerValue, isLive, joined, lasting, slowFault, wholeAnswerLimit } from "./wire.ts";

interface Sending {
  readonly origin: string;
  readonly agent: Agent;
  /** What the certificate must be for. */
  readonly servername: string;
  readonly signal: AbortSignal;
  /** Milliseconds until there is a connection, and in which nothing happens on it. */
  readonly connectTimeout: number;
  readonly timeout: number;
}

const none: ReadonlySet<string> = new Set();
const noTrailers: ReadonlySet<string> = new Set(["trailer"]);

/**
 * As sendOn, for what undici can't do: a request whose body the upstream is to ask for (Expect: 100-continue), and one
 * that has trailers.
 */
export async function sendWithNode(request: PassedRequest, sending: Sending): Promise<PassedAnswer> {
  const { signal, origin } = sending;
  const reason = (error: unknown) => (signal.aborted ? (signal.reason as Error) : fault(origin, error as Error));
  try {
    const out = begin(request, sending);
    return await answerOf(await responseTo(out, request, sending), out, request.method, reason);
  } catch (error) {
    throw reason(error);
  }
}

function begin(
  { method, target, rawHeaders, trailers }: PassedRequest,
  { origin, agent, servername, timeout }: Sending,
) {
  const { protocol, hostname, port } = new URL(origin);
  const headers = lasting(rawHeaders, trailers ? none : noTrailers, headerValue(rawHeaders, "connection"));
  if (trailers) headers.push("Transfer-Encoding", "chunked");
  const start = protocol === "https:" ? httpsRequest : httpRequest;
  // The brackets of an IPv6 address are the URL's only.
  const host = hostname.replace(/^\[|\]$/g, "");
  return start({ host, port, servername, agent, method, path: target, headers, timeout });
}

function responseTo(out: ClientRequest, request: PassedRequest, sending: Sending): Promise<IncomingMessage> {
  const { signal, origin, connectTimeout } = sending;
  return new Promise((resolve, reject) => {
    const abort = () => out.destroy(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort);
    out.on("close", () => signal.removeEventListener("abort", abort));
    out.on("timeout", () => out.destroy(slowFault(origin)));
    out.on("socket", (socket) => {
      if (!socket.connecting) return;
      const timer = setTimeout(() => out.destroy(new ConnectTimeout()), connectTimeout);
      socket.once("connect", () => clearTimeout(timer)).once("close", () => clearTimeout(timer));
    });
    out.on("error", reject).on("response", resolve);
    if (request.onContinue) out.on("continue", request.onContinue);
    // What goes wrong here is the request's error, too.
    sendBody(out, request).catch((error: Error) => out.destroy(error));
  });
}

class ConnectTimeout extends Error {
  readonly code = "CONNECT_TIMEOUT";
}

async function sendBody(out: ClientRequest, { body, trailers }: PassedRequest): Promise<void> {
  if (body instanceof Readable) await pipeline(body, out, { end: false });
  else out.write(body);
  if (trailers) out.addTrailers(pairs(trailers()));
  out.end();
}

async function answerOf(
  response: IncomingMessage,
  out: ClientRequest,
  method: string,
  reason: (error: unknown) => Error,
): Promise<PassedAnswer> {
  const { statusCode = 0, statusMessage = "", rawHeaders, headers } = response;
  // A connection whose request isn't whole when its answer is can't be used again.
  response.once("end", () => out.writableEnded || out.destroy());
  const isLong =
    isLive.test(headers["content-type"] ?? "") ||
    (method !== "HEAD" && Number(headers["content-length"] ?? 0) > wholeAnswerLimit);
  return {
    status: statusCode,
    statusText: statusMessage,
    rawHeaders: lasting(rawHeaders, none, headers.connection),
    headers: joined(headers),
    body: isLong ? streamOf([], response, reason) : await wholeOrStream(response, reason),
    trailers: () => response.rawTrailers,
  };
}

async function wholeOrStream(response: IncomingMessage, reason: (error: unknown) => Error) {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > wholeAnswerLimit) return streamOf(chunks, response, reason);
  }
  return Buffer.concat(chunks, size);
}

function streamOf(beginning: readonly Buffer[], rest: IncomingMessage, reason: (error: unknown) => Error): Readable {
  const all = async function* () {
    try {
      yield* beginning;
      yield* rest;
    } catch (error) {
      throw reason(error);
    }
  };
  return Readable.from(all(), { objectMode: false });
}
