import type { IncomingMessage, ServerResponse } from "node:http";

/** What tells clients to go on that wait for it (Expect: 100-continue). */
const waiting = new WeakMap<IncomingMessage, () => void>();

/** The client is told to go on when its body begins to be read, and never when it has been answered before. */
export function goOnWhenRead(request: IncomingMessage, response: ServerResponse): void {
  waiting.set(request, () => {
    if (!response.headersSent) response.writeContinue();
  });
  request.once("resume", () => waiting.get(request)?.());
}

/** Leaves it to the caller to tell the client to go on; undefined when it doesn't wait for that. */
export function takeExpectation(request: IncomingMessage): (() => void) | undefined {
  const goOn = waiting.get(request);
  waiting.delete(request);
  return goOn;
}
