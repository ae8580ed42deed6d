import { once } from "node:events";
import { get as httpGet, type IncomingMessage } from "node:http";
import { get as httpsGet } from "node:https";
import { createInterface } from "node:readline";
import type { FoundEvent } from "./found-event.ts";
import { signedHeaders } from "./signed.ts";

/** Where OpenTrail runs: the endpoint that AWS's own clients are pointed at. Throws an error of one line for no URL. */
export function endpointOf(flag: string | undefined, env: NodeJS.ProcessEnv): string {
  const endpoint = flag ?? env.AWS_ENDPOINT_URL ?? "http://127.0.0.1:4770";
  if (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)) return endpoint;
  const setting = flag === undefined ? "AWS_ENDPOINT_URL" : "--endpoint";
  throw new Error(`${setting}: "${endpoint}" is no URL; give it as http://127.0.0.1:4770`);
}

/** Parameters of OpenTrail's own paths; a list stands for one that is given several times. */
export type EventParameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/**
 * Asks a running OpenTrail for events; they come one by one, and end without an error when the signal aborts.
 * Throws an error of one line: nobody there, somebody else there, a request that isn't understood.
 */
export async function openEvents(
  endpoint: string,
  path: string,
  parameters: EventParameters,
  signal?: AbortSignal,
): Promise<AsyncIterable<FoundEvent>> {
  const given = Object.entries(parameters).flatMap(([name, values = []]) =>
    [values].flat().map((value) => [name, value]),
  );
  const url = new URL(`${path}?${new URLSearchParams(given)}`, endpoint);
  const answer = await request(url, signal);
  if (answer.statusCode !== 200) throw new Error(await refusal(url, answer));
  return eventsIn(answer, url, signal);
}

async function* eventsIn(answer: IncomingMessage, url: URL, signal?: AbortSignal): AsyncGenerator<FoundEvent> {
  try {
    for await (const line of createInterface({ input: answer })) if (line !== "") yield JSON.parse(line);
    if (!answer.complete) throw new Error(`OpenTrail at ${url.origin} went away`);
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

async function request(url: URL, signal: AbortSignal | undefined): Promise<IncomingMessage> {
  const get = url.protocol === "https:" ? httpsGet : httpGet;
  const headers = await signedHeaders(url, process.env);
  try {
    const [answer] = await once(get(url, { signal, headers }), "response");
    return answer;
  } catch (error) {
    throw noAnswer(url, error);
  }
}

/** Nobody answers there: what to do about it, in one line. */
export function noAnswer(url: URL, cause: unknown): Error {
  const { code } = cause as NodeJS.ErrnoException;
  return new Error(
    `OpenTrail doesn't answer at ${url.origin} (${code}); start it with "opentrail start", or say where it is with --endpoint`,
    { cause },
  );
}

async function refusal(url: URL, answer: IncomingMessage): Promise<string> {
  const body = Buffer.concat(await answer.toArray()).toString("utf8");
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === "string") return message;
  } catch {
    // Not OpenTrail's words, so it isn't OpenTrail.
  }
  return `What answers at ${url.origin} is not OpenTrail (HTTP ${answer.statusCode}); say where it is with --endpoint`;
}
