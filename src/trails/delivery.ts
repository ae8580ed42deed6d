import type { Clock } from "../aws/clock.ts";
import type { AccountId } from "../aws/names.ts";
import type { Random } from "../aws/random.ts";
import type { Journal, Position } from "../storage/journal/journal.ts";
import type { State } from "../storage/state/state.ts";
import { makeBatch } from "./batch.ts";
import { deliverDeletedTrail, deliverTrail, isOpen, nextPosition } from "./deliver-trail.ts";
import { loadDelivery, type Plan } from "./delivery-state.ts";
import { logGroupCursor } from "./forward/index.ts";
import { maxLogFileBytes } from "./log-file.ts";
import { startRounds } from "./rounds.ts";
import { isDeleted, trailsToDeliver } from "./store.ts";
import type { LogTarget } from "./target.ts";
import { isSeenBy, type Trail, trailArn } from "./trail.ts";

export interface DeliveryOptions {
  readonly journal: Journal;
  readonly state: State;
  readonly clock: Clock;
  readonly random: Random;
  readonly target: LogTarget;
  /** Milliseconds between deliveries, which are aligned to the clock. */
  readonly interval: number;
  /** Milliseconds for which log files are tried again, from their newest record on; AWS's 30 days when not given. */
  readonly redeliverFor?: number;
  /** Told whose log files were given up (a trail's ARN), how many, and why they couldn't be put. */
  readonly onGivenUp?: (what: string, files: number, error: unknown) => void;
  /** Told of a trail that has new log files in its bucket. */
  readonly onDelivered?: (trail: Trail) => void;
  /** Told what was not delivered (a trail's ARN), why, and when it is tried again. */
  readonly onFailure: (what: string, error: unknown, nextAttemptInMs: number) => void;
  /** Most bytes of log files made at a time, before compression; AWS's limit for a file when not given. */
  readonly maxBytes?: number;
}

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-find-log-files.html
const thirtyDays = 30 * 86_400_000;

export interface RunningDelivery {
  /** Delivers what the journal has now, whatever the interval or a backoff says; resolves when every trail has tried. */
  flush(): Promise<void>;
  /** Entries up to it are in all buckets and log groups that they belong to: trails don't need them any more. */
  delivered(): Promise<Position>;
  /** How many entries wait for each trail that the account sees, by its ARN; every trail's, when not given. */
  backlogs(account?: AccountId): Promise<Readonly<Record<string, number>>>;
  /** Ends after the batch under way; what is left is delivered after the next start. */
  stop(): Promise<void>;
}

/** Delivers the log files of all trails, every interval; a trail that fails is tried again by itself and holds up no other. */
export function startDelivery(options: DeliveryOptions): RunningDelivery {
  const { journal, state, maxBytes = maxLogFileBytes, redeliverFor = thirtyDays, onGivenUp = () => {} } = options;
  const parts = { ...options, redeliverFor, onGivenUp };

  // One batch at a time is in the making, so the memory for it doesn't grow with the number of trails.
  let turn: Promise<unknown> = Promise.resolve();
  function make(plan: Plan) {
    const batch = turn.then(() => makeBatch(journal, plan, maxBytes));
    turn = batch.catch(() => undefined);
    return batch;
  }

  const { flush, stop } = startRounds({
    ...options,
    async jobs() {
      const trails = await trailsToDeliver(state);
      return trails.map(({ key, trail }) => ({ key, id: trail.id, name: trailArn(trail) }));
    },
    async work({ key, id }, signal) {
      const trail = (await state.get(key))?.value as Trail | undefined;
      // Deleted since it was listed, or done and forgotten, or another of the same name.
      if (trail?.id !== id) return;
      await (isDeleted(key) ? deliverDeletedTrail : deliverTrail)({ ...parts, make }, trail, signal);
    },
  });

  /** Entries up to it are in the trail's bucket and log group, as far as they belong there. */
  async function deliveredOf(trail: Trail, end: Position): Promise<Position> {
    const delivery = (await loadDelivery(state, trail))?.value;
    const bucket = delivery && isOpen(trail, delivery) ? nextPosition(trail, delivery) : end;
    // A trail that never logged has nothing for its log group.
    const start = trail.logging[0]?.from;
    if (!trail.cloudWatchLogs || start === undefined) return bucket;
    return Math.min(bucket, Math.max(start, (await logGroupCursor(state, trail)).position));
  }

  return {
    flush,
    stop,

    async delivered() {
      const end = journal.end();
      const cursors = (await trailsToDeliver(state)).map(({ trail }) => deliveredOf(trail, end));
      return Math.min(end, ...(await Promise.all(cursors)));
    },

    async backlogs(account) {
      const end = journal.end();
      const trails = (await trailsToDeliver(state)).filter(
        ({ key, trail }) => !isDeleted(key) && (account === undefined || isSeenBy(account, trail)),
      );
      const waiting = trails.map(
        async ({ trail }) => [trailArn(trail), Math.max(0, end - (await deliveredOf(trail, end)))] as const,
      );
      return Object.fromEntries(await Promise.all(waiting));
    },
  };
}
