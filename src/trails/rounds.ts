import { setTimeout as setTimeoutPromise } from "node:timers/promises";
import type { Clock } from "../aws/clock.ts";

/** Something that is worked on again and again, such as a trail's delivery. */
export interface Job {
  /** Two jobs of one id are never worked on at the same time. */
  readonly id: string;
  /** For whoever reads of its failure. */
  readonly name: string;
}

export interface RoundsOptions<SomeJob extends Job> {
  readonly clock: Clock;
  /** Milliseconds between rounds, which are aligned to the clock. */
  readonly interval: number;
  readonly jobs: () => Promise<readonly SomeJob[]>;
  readonly work: (job: SomeJob, signal: AbortSignal) => Promise<void>;
  /** Told which job failed, why, and when it is tried again. */
  readonly onFailure: (what: string, error: unknown, nextAttemptInMs: number) => void;
}

export interface Rounds<SomeJob extends Job> {
  /** Works on the job now, after the attempt that may be under way. */
  enqueue(job: SomeJob): Promise<void>;
  /** Works on all jobs now, whatever the interval or a backoff says; resolves when each was tried. */
  flush(): Promise<void>;
  /** Ends after the work under way. */
  stop(): Promise<void>;
}

const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/** Works on all jobs every interval; one that fails is tried again by itself, with backoff, and holds up no other. */
export function startRounds<SomeJob extends Job>(options: RoundsOptions<SomeJob>): Rounds<SomeJob> {
  const { clock, interval, jobs, work, onFailure } = options;
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  const failures = new Map<string, { count: number; retry: NodeJS.Timeout }>();

  async function attempt(job: SomeJob): Promise<void> {
    const failed = failures.get(job.id);
    clearTimeout(failed?.retry);
    try {
      await work(job, stopping.signal);
      failures.delete(job.id);
    } catch (error) {
      if (stopping.signal.aborted) return;
      const count = (failed?.count ?? 0) + 1;
      const wait = Math.min(firstRetryMs * 2 ** (count - 1), longestRetryMs);
      failures.set(job.id, { count, retry: setTimeout(() => void enqueue(job), wait) });
      onFailure(job.name, error, wait);
    }
  }

  function enqueue(job: SomeJob): Promise<void> {
    const next = (running.get(job.id) ?? Promise.resolve()).then(() => attempt(job));
    running.set(job.id, next);
    void next.then(() => running.get(job.id) === next && running.delete(job.id));
    return next;
  }

  async function goRounds(): Promise<void> {
    for (;;) {
      const untilMark = interval - (clock.now() % interval);
      await setTimeoutPromise(untilMark, undefined, { signal: stopping.signal });
      try {
        for (const job of await jobs()) if (!running.has(job.id) && !failures.has(job.id)) void enqueue(job);
      } catch (error) {
        onFailure("every trail", error, interval);
      }
    }
  }

  const going = goRounds().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });

  return {
    enqueue,

    async flush() {
      await Promise.all((await jobs()).map(enqueue));
    },

    async stop() {
      stopping.abort();
      for (const { retry } of failures.values()) clearTimeout(retry);
      await Promise.all([going, ...running.values()]);
    },
  };
}
