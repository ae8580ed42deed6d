import type { IncomingMessage, ServerResponse } from "node:http";
import { wholeBodyLimit } from "./body.ts";

/** What becomes of a call when it comes: it is served, refused and recorded as AWS throttles, or refused at once. */
export type Admitted = "serve" | "throttle" | "refuse";

/** Bounds the calls that are in OpenTrail's hands, and the bytes of their bodies. */
export interface Admission {
  /** Lets a call in; `leave` must follow unless it is refused. `streamed`: its body isn't held. */
  enter(request: IncomingMessage, response: ServerResponse, streamed: boolean): Admitted;
  leave(response: ServerResponse): void;
  /** Calls that have come as a whole and have no answer yet. */
  atWork(): number;
}

interface Admittee {
  readonly request: IncomingMessage;
  readonly bytesBefore: number;
  /** The most that its body may come to hold. */
  readonly mostBytes: number;
}

/** Of the bodies of all calls together. */
const bodyBytes = 256 * 1024 * 1024;

function mostBytesOf({ headers }: IncomingMessage, streamed: boolean): number {
  if (streamed) return 0;
  if (headers["transfer-encoding"] !== undefined) return wholeBodyLimit;
  const length = Number(headers["content-length"] ?? 0);
  return length > wholeBodyLimit ? 0 : length;
}

/**
 * Admits `limit` calls at a time. As many again are throttled and recorded, which is little work, and whatever comes
 * beyond is refused without a record. A client that is slow to send its call or to read its answer takes nobody's place.
 */
export function createAdmission(limit: number): Admission {
  const calls = new Map<ServerResponse, Admittee>();
  let mostBytes = 0;

  function atWork(): number {
    let count = 0;
    for (const [response, { request }] of calls) if (request.complete && !response.headersSent) count += 1;
    return count;
  }

  function bytesHeld(): number {
    let bytes = 0;
    for (const { request, bytesBefore, mostBytes: most } of calls.values())
      bytes += Math.min(most, request.socket.bytesRead - bytesBefore);
    return bytes;
  }

  return {
    enter(request, response, streamed) {
      // Counting takes a while: only where it may turn out to be too much.
      const others = calls.size < limit ? 0 : atWork();
      if (others >= 2 * limit || (mostBytes > bodyBytes && bytesHeld() > bodyBytes)) return "refuse";
      const admittee = { request, bytesBefore: request.socket.bytesRead, mostBytes: mostBytesOf(request, streamed) };
      calls.set(response, admittee);
      mostBytes += admittee.mostBytes;
      return others >= limit ? "throttle" : "serve";
    },
    leave(response) {
      mostBytes -= calls.get(response)?.mostBytes ?? 0;
      calls.delete(response);
    },
    atWork,
  };
}
