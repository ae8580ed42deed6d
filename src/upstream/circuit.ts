import type { Clock } from "../aws/clock.ts";

/** Keeps calls from waiting for an upstream that is away. */
export interface Circuit {
  /** The failure that the next call would have, too, while the upstream is left alone; undefined when it may be asked. */
  open(): Error | undefined;
  /** Whether the upstream is taken for away, as far as the last calls found. */
  isOpen(): boolean;
  failed(error: Error): void;
  worked(): void;
}

const failuresInARow = 5;
const pauseMs = 1_000;

/** After some failures in a row nothing is asked for a second, then one call finds out whether the upstream is back. */
export function createCircuit(clock: Clock): Circuit {
  let failures = 0;
  let until = 0;
  let last: Error | undefined;
  const isOpen = () => failures >= failuresInARow;
  return {
    isOpen,
    open() {
      if (!isOpen()) return undefined;
      const now = clock.now();
      if (now < until) return last;
      until = now + pauseMs; // this one asks, the others wait for what it finds
      return undefined;
    },
    failed(error) {
      failures++;
      last = error;
      if (isOpen()) until = clock.now() + pauseMs;
    },
    worked() {
      failures = 0;
    },
  };
}
