import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import type { PassedAnswer, PassedRequest } from "../aws/upstream.ts";
import { fault, headerValue, isLive, joined, lasting, wholeAnswerLimit } from "./wire.ts";

// Whoever sends it has been told to go on by the time the body is there to be passed on.
const expectation: ReadonlySet<string> = new Set(["expect"]);
const none: ReadonlySet<string> = new Set();

function texts(raw: unknown): string[] {
  return Array.isArray(raw) ? raw.map((one: Buffer | string) => one.toString("latin1")) : [];
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
