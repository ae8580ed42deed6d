import { readFileSync } from "node:fs";
import { Agent, buildConnector } from "undici";
import type { Upstream } from "../aws/upstream.ts";
import { sendOn } from "./send.ts";

/** Where an upstream is, and how it wants to be asked. */
export interface UpstreamSetting {
  readonly url: string;
  /** PEM file of the authority that its certificate is checked with. */
  readonly ca?: string | undefined;
  /** Milliseconds until an answer has begun, and between two parts of it. */
  readonly timeout?: number | undefined;
  /** Whose name stands in Host: the one that the client wrote, which its signature covers, or the upstream's own. */
  readonly host?: "client" | "upstream" | undefined;
}

const connectTimeoutMs = 5_000;
/** As long as a Lambda function may take to answer. */
const answerTimeoutMs = 15 * 60_000;

export interface ClosableUpstream extends Upstream {
  close(): Promise<void>;
}

/** An upstream with connections of its own, kept alive. Throws what reading the `ca` file throws. */
export function openUpstream({
  url,
  ca,
  timeout = answerTimeoutMs,
  host = "client",
}: UpstreamSetting): ClosableUpstream {
  const { origin, hostname, host: authority, pathname } = new URL(url);
  const prefix = pathname.replace(/\/$/, "");
  const connector = buildConnector({
    timeout: connectTimeoutMs,
    ...(ca !== undefined && { ca: readFileSync(ca) }),
  });
  const dispatcher = new Agent({
    // The certificate must be the upstream's, whatever the client wrote in Host.
    connect: (options, done) => connector({ ...options, servername: hostname }, done),
    headersTimeout: timeout,
    bodyTimeout: timeout,
    pipelining: 1,
  });
  return {
    origin,
    send(request, signal) {
      const rawHeaders = host === "upstream" ? withHost(request.rawHeaders, authority) : request.rawHeaders;
      return sendOn({ ...request, rawHeaders, target: prefix + request.target }, { origin, dispatcher, signal });
    },
    close: () => dispatcher.destroy(),
  };
}

function withHost(rawHeaders: readonly string[], authority: string): string[] {
  return rawHeaders.map((text, index) =>
    index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "host" ? authority : text,
  );
}
