import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import { AwsError } from "../aws/error.ts";
import type { PassedAnswer, PassedRequest } from "../aws/upstream.ts";

/** The most of an answer's body that is collected before it is handed on, in bytes. */
export const wholeAnswerLimit = 1024 * 1024;

// https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
const ofOneConnection = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authorization",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** Raw headers without those of one connection, those that Connection names among them. */
function lasting(rawHeaders: readonly string[], also: ReadonlySet<string>, connection = ""): string[] {
  const named = connection === "" ? [] : connection.toLowerCase().split(/\s*,\s*/);
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (ofOneConnection.has(name) || also.has(name) || named.includes(name)) continue;
    kept.push(rawHeaders[index] as string, rawHeaders[index + 1] as string);
  }
  return kept;
}

function headerValue(rawHeaders: readonly string[], wanted: string): string | undefined {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if ((rawHeaders[index] as string).toLowerCase() === wanted) return rawHeaders[index + 1];
  }
  return undefined;
}

// Whoever sends it has been told to go on by the time the body is there to be passed on.
const expectation: ReadonlySet<string> = new Set(["expect"]);
const none: ReadonlySet<string> = new Set();

const isLive = /^(application\/vnd\.amazon\.eventstream|text\/event-stream)/;

function texts(raw: unknown): string[] {
  return Array.isArray(raw) ? raw.map((one: Buffer | string) => one.toString("latin1")) : [];
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const all: Record<string, string> = Object.create(null);
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) all[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return all;
}

const slow: ReadonlySet<string> = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

/** Why there is no answer, or no more of it, as the AWS error that the client gets. */
function fault(origin: string, error: Error): AwsError {
  if (error instanceof AwsError) return error;
  const { code = error.name } = error as NodeJS.ErrnoException;
  return slow.has(code)
    ? new AwsError("GatewayTimeout", `The upstream ${origin} takes too long to answer`, { status: 504, cause: error })
    : new AwsError("ServiceUnavailable", `The upstream ${origin} gives no answer (${code})`, {
        status: 503,
        cause: error,
      });
}

interface Sending {
  readonly origin: string;
  readonly dispatcher: Dispatcher;
  readonly signal: AbortSignal;
}

/**
 * Sends one request and resolves when the answer is there: whole when it is small, else at its first byte.
 * A body that isn't read as fast as it comes slows the upstream down.
 */
export function sendOn(request: PassedRequest, { origin, dispatcher, signal }: Sending): Promise<PassedAnswer> {
  const { method, target, rawHeaders, body } = request;
  return new Promise((resolve, reject) => {
    let head: Omit<PassedAnswer, "body"> | undefined;
    let stream: Readable | undefined;
    let chunks: Buffer[] = [];
    let size = 0;
    let trailers: readonly string[] = [];
    let stop = () => {};
    const failed = (error: Error) => {
      signal.removeEventListener("abort", stop);
      const reason = signal.aborted ? (signal.reason as Error) : fault(origin, error);
      if (stream) stream.destroy(reason);
      else reject(reason);
    };
    const begin = (controller: Dispatcher.DispatchController) => {
      stream = new Readable({
        read: () => controller.resume(),
        destroy(error, done) {
          signal.removeEventListener("abort", stop);
          controller.abort(error ?? new Error("the answer is not read to its end"));
          done(error);
        },
      });
      for (const chunk of chunks) if (!stream.push(chunk)) controller.pause();
      chunks = [];
      resolve({ ...(head as Omit<PassedAnswer, "body">), body: stream });
    };
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        stop = () => controller.abort(signal.reason as Error);
        if (signal.aborted) stop();
        else signal.addEventListener("abort", stop);
      },
      onResponseStart(controller, status, headers, statusText = "") {
        if (status < 200) return;
        const raw = texts(controller.rawHeaders);
        head = {
          status,
          statusText,
          rawHeaders: lasting(raw, none, headers.connection as string | undefined),
          headers: joined(headers),
          trailers: () => trailers,
        };
        const live = isLive.test(String(headers["content-type"] ?? ""));
        if (live || (method !== "HEAD" && Number(headers["content-length"] ?? 0) > wholeAnswerLimit)) begin(controller);
      },
      onResponseData(controller, chunk) {
        if (stream) {
          if (!stream.push(chunk)) controller.pause();
          return;
        }
        chunks.push(chunk);
        size += chunk.length;
        if (size > wholeAnswerLimit) begin(controller);
      },
      onResponseEnd(controller) {
        signal.removeEventListener("abort", stop);
        trailers = texts(controller.rawTrailers);
        if (stream) stream.push(null);
        else {
          const whole = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
          resolve({ ...(head as Omit<PassedAnswer, "body">), body: whole });
        }
      },
      onResponseError(_controller, error) {
        failed(error);
      },
    };
    const options: Dispatcher.DispatchOptions = {
      origin,
      method: method as Dispatcher.HttpMethod,
      path: target,
      headers: lasting(rawHeaders, expectation, headerValue(rawHeaders, "connection")),
      body: body instanceof Readable || body.length > 0 ? body : null,
    };
    try {
      dispatcher.dispatch(options, handler);
    } catch (error) {
      failed(error as Error);
    }
  });
}
