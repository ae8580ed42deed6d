import { createServer, type RequestListener, type Server, type ServerOptions, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { goOnWhenRead, headLimits } from "../gateway/index.ts";
import { type Config, ConfigError } from "./config.ts";
import { cutSlowReaders, type Patience } from "./slow-readers.ts";

/** What connections may take up. */
export interface ConnectionLimits {
  /** Connections at a time; one more is closed at once. */
  readonly connections: number;
  /** Requests on one connection; its last answer says that it ends. */
  readonly requestsPerConnection: number;
  /** Requests that wait for an answer on one connection (pipelining); with one more it is closed. */
  readonly pipelined: number;
  /** Until the head of a request has come, and until an idle connection is closed. */
  readonly headMs: number;
  readonly idleMs: number;
  readonly reading: Patience;
}

export const usualLimits: ConnectionLimits = {
  connections: 4_096,
  requestsPerConnection: 100_000,
  pipelined: 256,
  headMs: 30_000,
  idleMs: 75_000,
  reading: { ms: 60_000, bytes: 256 * 1024 * 1024 },
};

/** Why a connection was cut off. */
export type Cut = "connections" | "pipelined" | "head" | "reading";

export interface Listener {
  /** `http://127.0.0.1:4770` */
  readonly url: string;
  /** Takes no more calls; resolves when those under way have their answers. */
  close(): Promise<void>;
}

interface Tls {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Serves on the configured address. Throws a ConfigError of one line when it can't be had. */
export async function openListener(
  config: Pick<Config, "host" | "port">,
  tls: Tls | undefined,
  gateway: RequestListener,
  onCut: (why: Cut) => void,
  limits = usualLimits,
): Promise<Listener> {
  const options: ServerOptions = {
    maxHeaderSize: headLimits.bytes,
    headersTimeout: limits.headMs,
    // The gateway sees to it that a body comes: a large one may take its time, a client that pauses may not.
    requestTimeout: 0,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: Math.min(limits.headMs, 5_000),
  };
  const server = tls ? createTlsServer({ ...options, ...tls, handshakeTimeout: limits.headMs }) : createServer(options);
  server.maxConnections = limits.connections;
  server.maxRequestsPerSocket = limits.requestsPerConnection;
  // The parser's own limit leaves headers out without a word; the gateway refuses them.
  server.maxHeadersCount = 0;
  server.on("drop", () => onCut("connections"));
  cutSlowReaders(server, limits.reading, () => onCut("reading"));
  const answering = new WeakMap<Socket, Set<ServerResponse>>();
  server.on("request", (request, response) => {
    const { socket } = request;
    // What had come with the one that was too much.
    if (socket.destroyed) return;
    const waiting = answering.get(socket) ?? new Set();
    answering.set(socket, waiting.add(response));
    response.on("close", () => waiting.delete(response));
    if (waiting.size > limits.pipelined) {
      onCut("pipelined");
      socket.destroy();
    } else gateway(request, response);
  });
  server.on("checkContinue", (request, response) => {
    goOnWhenRead(request, response);
    server.emit("request", request, response);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === timedOut) onCut("head");
    const begun = [...(answering.get(socket) ?? [])].some((response) => response.headersSent);
    if (socket.writable && !begun) socket.write(refusal(error.code));
    socket.destroy();
  });
  await listen(server, config);
  const { port } = server.address() as AddressInfo;
  const host = config.host.includes(":") ? `[${config.host}]` : config.host;
  return {
    url: `${tls ? "https" : "http"}://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        // A connection whose call was under way stays open after it, for the client's next call.
        const closeIdle = setInterval(() => server.closeIdleConnections(), 100);
        server.close(() => {
          clearInterval(closeIdle);
          resolve();
        });
      }),
  };
}

const timedOut = "ERR_HTTP_REQUEST_TIMEOUT";

/** What HTTP's parser doesn't take, by its own codes. */
const refusals: Readonly<Record<string, readonly [status: string, why: string]>> = {
  HPE_HEADER_OVERFLOW: [
    "431 Request Header Fields Too Large",
    `The request's head is larger than ${headLimits.bytes} bytes`,
  ],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: ["413 Payload Too Large", "The extensions of the body's chunks are too long"],
  [timedOut]: ["408 Request Timeout", "The head of the request didn't come in time"],
};

function refusal(code = ""): string {
  const [status, why] = refusals[code] ?? ["400 Bad Request", "This is no HTTP request that can be read"];
  const body = `${why}\n`;
  return `HTTP/1.1 ${status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;
}

function listen(server: Server, { host, port }: Pick<Config, "host" | "port">): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = `Port ${port} on ${host} is in use; stop the program that has it, or give another with --port`;
      const other = `OpenTrail can't listen on ${host}:${port} (${error.code}); give another --host or --port`;
      reject(new ConfigError(error.code === "EADDRINUSE" ? taken : other));
    });
    server.listen(port, host, resolve);
  });
}
