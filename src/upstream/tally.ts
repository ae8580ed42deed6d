import type { Clock } from "../aws/clock.ts";

/** How an upstream has been since the start. */
export interface UpstreamHealth {
  /** Where it is. */
  readonly origin: string;
  /** As the last calls found it: `down` after some in a row that had no connection. */
  readonly status: "up" | "down";
  /** Answers by the class of their status, as `2xx`, and `none` for calls that got no whole answer head in time. */
  readonly calls: Readonly<Record<StatusClass, number>>;
  readonly lastFailure?: { readonly message: string /** ISO 8601. */; readonly at: string };
}

export type StatusClass = "2xx" | "3xx" | "4xx" | "5xx" | "none";

/** Counts what becomes of the calls to an upstream. */
export interface Tally {
  answered(status: number): void;
  failed(error: Error): void;
  told(): Pick<UpstreamHealth, "calls" | "lastFailure">;
}

const classOf = (status: number): StatusClass =>
  status < 300 ? "2xx" : status < 400 ? "3xx" : status < 500 ? "4xx" : "5xx";

export function createTally(clock: Clock): Tally {
  const calls: Record<StatusClass, number> = { "2xx": 0, "3xx": 0, "4xx": 0, "5xx": 0, none: 0 };
  let lastFailure: UpstreamHealth["lastFailure"];
  return {
    answered(status) {
      calls[classOf(status)]++;
    },
    failed({ message }) {
      calls.none++;
      lastFailure = { message, at: new Date(clock.now()).toISOString() };
    },
    told: () => ({ calls: { ...calls }, ...(lastFailure && { lastFailure }) }),
  };
}
