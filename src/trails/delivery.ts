import { setTimeout as setTimeoutPromise } from "node:timers/promises";
import type { Clock } from "../aws/clock.ts";
import type { Random } from "../aws/random.ts";
import type { Journal, Position } from "../storage/journal/journal.ts";
import type { State } from "../storage/state/state.ts";
import { makeBatch } from "./batch.ts";
import { deliverDeletedTrail, deliverTrail, isOpen, nextPosition } from "./deliver-trail.ts";
import { loadDelivery, type Plan } from "./delivery-state.ts";
import { maxLogFileBytes } from "./log-file.ts";
import { isDeleted, trailsToDeliver } from "./store.ts";
import type { LogTarget } from "./target.ts";
import { type Trail, trailArn } from "./trail.ts";

export interface DeliveryOptions {
  readonly journal: Journal;
  readonly state: State;
  readonly clock: Clock;
  readonly random: Random;
  readonly target: LogTarget;
  /** Milliseconds between deliveries, which are aligned to the clock. */
  readonly interval: number;
  /** Told what was not delivered (a trail's ARN), why, and when it is tried again. */
  readonly onFailure: (what: string, error: unknown, nextAttemptInMs: number) => void;
  /** Most bytes of log files made at a time, before compression; AWS's limit for a file when not given. */
  readonly maxBytes?: number;
}

export interface RunningDelivery {
  /** Delivers what the journal has now, whatever the interval or a backoff says; resolves when every trail has tried. */
  flush(): Promise<void>;
  /** Entries up to it are delivered everywhere: the journal may give them up. */
  delivered(): Promise<Position>;
  /** Ends after the batch under way; what is left is delivered after the next start. */
  stop(): Promise<void>;
}

const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/** Delivers the log files of all trails, every interval; a trail that fails is tried again by itself and holds up no other. */
export function startDelivery(options: DeliveryOptions): RunningDelivery {
  const { journal, state, clock, interval, onFailure, maxBytes = maxLogFileBytes } = options;
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const failures = new Map<string, { count: number; retry: NodeJS.Timeout }>();

  // One batch at a time is in the making, so the memory for it doesn't grow with the number of trails.
  let turn: Promise<unknown> = Promise.resolve();
  function make(plan: Plan) {
    const batch = turn.then(() => makeBatch(journal, plan, maxBytes));
    turn = batch.catch(() => undefined);
    return batch;
  }

  async function deliver(key: string, id: string): Promise<void> {
    const trail = (await state.get(key))?.value as Trail | undefined;
    // Deleted since it was listed, or done and forgotten, or another of the same name.
    if (trail?.id !== id) return;
    await (isDeleted(key) ? deliverDeletedTrail : deliverTrail)({ ...options, make }, trail, stopping.signal);
  }

  async function attempt(key: string, trail: Trail): Promise<void> {
    const failed = failures.get(trail.id);
    clearTimeout(failed?.retry);
    try {
      await deliver(key, trail.id);
      failures.delete(trail.id);
    } catch (error) {
      if (stopping.signal.aborted) return;
      const count = (failed?.count ?? 0) + 1;
      const wait = Math.min(firstRetryMs * 2 ** (count - 1), longestRetryMs);
      failures.set(trail.id, { count, retry: setTimeout(() => void enqueue(key, trail), wait) });
      onFailure(trailArn(trail), error, wait);
    }
  }

  /** Tries to deliver after the attempt that may be under way. */
  function enqueue(key: string, trail: Trail): Promise<void> {
    const next = (running.get(trail.id) ?? Promise.resolve()).then(() => attempt(key, trail));
    running.set(trail.id, next);
    void next.then(() => running.get(trail.id) === next && running.delete(trail.id));
    return next;
  }

  async function deliverAtMarks(): Promise<void> {
    for (;;) {
      const untilMark = interval - (clock.now() % interval);
      await setTimeoutPromise(untilMark, undefined, { signal: stopping.signal });
      try {
        for (const { key, trail } of await trailsToDeliver(state))
          if (!running.has(trail.id) && !failures.has(trail.id)) void enqueue(key, trail);
      } catch (error) {
        onFailure("every trail", error, interval);
      }
    }
  }

  const atMarks = deliverAtMarks().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });

  return {
    async flush() {
      const trails = await trailsToDeliver(state);
      await Promise.all(trails.map(({ key, trail }) => enqueue(key, trail)));
    },

    async delivered() {
      const end = journal.end();
      const cursors = (await trailsToDeliver(state)).map(async ({ trail }) => {
        const delivery = (await loadDelivery(state, trail))?.value;
        return delivery && isOpen(trail, delivery) ? nextPosition(trail, delivery) : end;
      });
      return Math.min(end, ...(await Promise.all(cursors)));
    },

    async stop() {
      stopping.abort();
      for (const { retry } of failures.values()) clearTimeout(retry);
      await Promise.all([atMarks, ...running.values()]);
    },
  };
}
