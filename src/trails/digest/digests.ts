import { longestForDeletedMs } from "../deliver-trail.ts";
import { startRounds } from "../rounds.ts";
import { forgetTrail, isDeleted, trailsToDeliver } from "../store.ts";
import { lastStop, type Trail, trailArn } from "../trail.ts";
import { withoutChains } from "./chain.ts";
import { type DigestParts, deliverDigests } from "./deliver-digests.ts";

export interface DigestOptions extends DigestParts {
  /** Told whose digests were not delivered (a trail's ARN), why, and when it is tried again. */
  readonly onFailure: (what: string, error: unknown, nextAttemptInMs: number) => void;
}

export interface RunningDigests {
  /** Delivers the digests that are due now; resolves when every trail has tried. */
  flush(): Promise<void>;
  /** Ends after the digests under way; what is left is delivered after the next start. */
  stop(): Promise<void>;
}

/** How often it is looked whether digests are due: each trail's end at a second of the hour of their own. */
const lookMs = (interval: number) => Math.min(Math.max(interval / 60, 1_000), 60_000);

/** Whether what is left of a trail that was deleted has been tried for long enough. */
function isAbandoned(trail: Trail, now: number): boolean {
  const deletedAt = lastStop(trail)?.at ?? 0;
  // Its last log files are tried for as long as that, and only then the digests that would list them.
  return now - deletedAt > 2 * longestForDeletedMs;
}

/** Delivers the digest files of all trails with log file validation, every interval from the start of their logging. */
export function startDigests(options: DigestOptions): RunningDigests {
  const { state, clock, interval, onFailure } = options;
  return startRounds({
    clock,
    interval: lookMs(interval),
    onFailure,
    async jobs() {
      const trails = await trailsToDeliver(state);
      return trails.map(({ key, trail }) => ({ key, id: trail.id, name: trailArn(trail) }));
    },
    async work({ key, id }, signal) {
      const trail = (await state.get(key))?.value as Trail | undefined;
      // Deleted since it was listed, or done and forgotten, or another of the same name.
      if (trail?.id !== id) return;
      const proved = await deliverDigests(options, trail, signal).catch((error: unknown) => {
        if (isDeleted(key) && isAbandoned(trail, clock.now())) return true;
        throw error;
      });
      if (proved && isDeleted(key)) await forgetTrail(state, trail, await withoutChains(state, trail));
    },
  });
}
