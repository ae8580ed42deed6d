import type { Clock } from "../../aws/clock.ts";

/** Keeps secrets from being guessed: counts the tries for a person, or from an address. */
export interface Guesses {
  /** One try less; false when there is none left. */
  take(key: string): boolean;
  /** Returns the try of a sign-in that succeeded. */
  giveBack(key: string): void;
}

const newTryEveryMs = 10_000;
// A key that has all its tries again tells nothing and is dropped.
const tidyAt = 10_000;

/** So many tries for each key, and one more every ten seconds. */
export function createGuesses(clock: Clock, tries: number): Guesses {
  /** When a key has, or had, all its tries again. */
  const fullAt = new Map<string, number>();

  return {
    take(key) {
      const now = clock.now();
      const full = fullAt.get(key) ?? now;
      // Further ahead than all tries take: the clock was set back.
      const at = full - now > tries * newTryEveryMs ? now : Math.max(now, full);
      if (at - now > (tries - 1) * newTryEveryMs) return false;
      if (fullAt.size >= tidyAt) for (const [other, time] of fullAt) if (time <= now) fullAt.delete(other);
      fullAt.set(key, at + newTryEveryMs);
      return true;
    },

    giveBack(key) {
      const at = fullAt.get(key);
      if (at !== undefined) fullAt.set(key, at - newTryEveryMs);
    },
  };
}
