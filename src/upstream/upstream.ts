import { Agent, buildConnector } from "undici";
import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";
import type { Upstream } from "../aws/upstream.ts";
import { createCircuit } from "./circuit.ts";
import { sendOn } from "./send.ts";

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

export interface ClosableUpstream extends Upstream {
  close(): Promise<void>;
}

// There was no connection, so nothing has been asked.
const awayCodes: ReadonlySet<unknown> = new Set([
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
export function openUpstream(setting: UpstreamSetting, clock: Clock): ClosableUpstream {
  const { url, ca, timeout = answerTimeoutMs, host = "client" } = setting;
  const { origin, hostname, host: authority, pathname } = new URL(url);
  const prefix = pathname.replace(/\/$/, "");
  const connector = buildConnector({
    timeout: connectTimeoutMs,
    ...(ca !== undefined && { ca }),
  });
  const dispatcher = new Agent({
    // The certificate must be the upstream's, whatever the client wrote in Host.
    connect: (options, done) => connector({ ...options, servername: hostname }, done),
    headersTimeout: timeout,
    bodyTimeout: timeout,
    pipelining: 1,
  });
  const circuit = createCircuit(clock);
  return {
    origin,
    async send(request, signal) {
      const away = circuit.open();
      if (away) throw away;
      const rawHeaders = host === "upstream" ? withHost(request.rawHeaders, authority) : request.rawHeaders;
      const passed = { ...request, rawHeaders, target: prefix + request.target };
      try {
        const answer = await sendOn(passed, { origin, dispatcher, signal });
        circuit.worked();
        return answer;
      } catch (error) {
        if (isAway(error)) circuit.failed(error as AwsError);
        throw error;
      }
    },
    close: () => dispatcher.destroy(new AwsError("RequestAborted", "OpenTrail was stopped meanwhile", { status: 503 })),
  };
}

function withHost(rawHeaders: readonly string[], authority: string): string[] {
  return rawHeaders.map((text, index) =>
    index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "host" ? authority : text,
  );
}
