import { Agent as NodeAgent } from "node:http";
import { Agent as NodeTlsAgent } from "node:https";
import { isIP } from "node:net";
import { Agent, buildConnector } from "undici";
import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";
import type { PassedRequest, Upstream } from "../aws/upstream.ts";
import { createCircuit } from "./circuit.ts";
import { sendOn } from "./send.ts";
import { sendWithNode } from "./send-with-node.ts";
import { createTally, type UpstreamHealth } from "./tally.ts";

/** Where an upstream is, and how it wants to be asked. */
export interface UpstreamSetting {
  readonly url: string;
  /** PEM of the authority that its certificate is checked with. */
  readonly ca?: Buffer | undefined;
  /** Milliseconds until an answer has begun, and between two parts of it. */
  readonly timeout?: number | undefined;
  /** Whose name stands in Host: the one that the client wrote, which its signature covers, or the upstream's own. */
  readonly host?: "client" | "upstream" | undefined;
}

const connectTimeoutMs = 5_000;
/** As long as a Lambda function may take to answer. */
const answerTimeoutMs = 15 * 60_000;

export interface OpenUpstream extends Upstream {
  health(): UpstreamHealth;
  close(): Promise<void>;
}

// There was no connection, so nothing has been asked.
const awayCodes: ReadonlySet<unknown> = new Set([
  "CONNECT_TIMEOUT",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "UND_ERR_CONNECT_TIMEOUT",
]);
const isAway = (error: unknown) =>
  error instanceof AwsError && awayCodes.has((error.cause as NodeJS.ErrnoException | undefined)?.code);

/** An upstream with connections of its own, kept alive. */
export function openUpstream(setting: UpstreamSetting, clock: Clock): OpenUpstream {
  const { url, ca, timeout = answerTimeoutMs, host = "client" } = setting;
  const { origin, hostname, host: authority, pathname } = new URL(url);
  // The certificate must be the upstream's, whatever the client wrote in Host; TLS has no name for an address.
  const servername = isIP(hostname.replace(/^\[|\]$/g, "")) === 0 ? hostname : "";
  const path = pathname.replace(/\/$/, "");
  const connector = buildConnector({
    timeout: connectTimeoutMs,
    ...(ca !== undefined && { ca }),
  });
  const dispatcher = new Agent({
    connect: (options, done) => connector({ ...options, servername }, done),
    headersTimeout: timeout,
    bodyTimeout: timeout,
    pipelining: 1,
  });
  // An idle connection isn't trusted for long: an upstream may close it at any time.
  const kept = { keepAlive: true, timeout: 4_000 };
  const agent = origin.startsWith("https:")
    ? new NodeTlsAgent({ ...kept, ...(ca !== undefined && { ca }) })
    : new NodeAgent(kept);
  const pass = (request: PassedRequest, signal: AbortSignal) =>
    request.trailers || request.onContinue
      ? sendWithNode(request, { origin, agent, servername, signal, timeout, connectTimeout: connectTimeoutMs })
      : sendOn(request, { origin, dispatcher, signal });
  const circuit = createCircuit(clock);
  const tally = createTally(clock);
  let stopped: AwsError | undefined;
  return {
    origin,
    path,
    health: () => ({ origin, status: circuit.isOpen() ? "down" : "up", ...tally.told() }),
    async send(request, signal) {
      const away = circuit.open();
      if (away) {
        tally.failed(away);
        throw away;
      }
      const rawHeaders = host === "upstream" ? withHost(request.rawHeaders, authority) : request.rawHeaders;
      const passed = { ...request, rawHeaders, target: path + request.target };
      try {
        const answer = await pass(passed, signal);
        circuit.worked();
        tally.answered(answer.status);
        return answer;
      } catch (error) {
        if (stopped) throw stopped;
        // A client that goes away is no failure of the upstream.
        if (!signal.aborted) tally.failed(error as Error);
        if (isAway(error)) circuit.failed(error as AwsError);
        throw error;
      }
    },
    async close() {
      stopped = new AwsError("RequestAborted", "OpenTrail was stopped meanwhile", { status: 503 });
      agent.destroy();
      await dispatcher.destroy(stopped);
    },
  };
}

function withHost(rawHeaders: readonly string[], authority: string): string[] {
  return rawHeaders.map((text, index) =>
    index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "host" ? authority : text,
  );
}
