import { type Draw, drawFrom } from "./random.ts";

/** Something that must take whatever comes. */
export interface Target {
  readonly name: string;
  /** Of a hundred cases, about how many are this target's. */
  readonly share: number;
  /** The longest that a case may keep the processor, in milliseconds; 100 when not given. */
  readonly patience?: number;
  /** Cases at a time, where they wait for something; not given: one. */
  readonly atOnce?: number;
  open(draw: Draw): Promise<Opened>;
}

export interface Opened {
  /** Makes a case and works on it; throws when something went wrong that may not. */
  run(draw: Draw): unknown;
  close?(): Promise<void>;
}

export interface Failure {
  readonly target: string;
  readonly seed: number;
  readonly index: number;
  readonly error: unknown;
}

export interface Result {
  readonly target: string;
  readonly cases: number;
  readonly seconds: number;
  /** Milliseconds of processor time of the slowest case; only where cases run one by one. */
  readonly slowest: number;
  readonly failures: readonly Failure[];
}

const hangMs = 100;
const mostFailures = 10;

/** What a text that is shown in an error may be at most, and the one line that it must be. */
export function isOneLine(error: unknown): boolean {
  return error instanceof Error && error.message !== "" && !/[\r\n]/.test(error.message);
}

/** Lets errors through that a reader may throw; anything else is a failure. */
export function throwsOnly(work: () => unknown, mayBe: (error: unknown) => boolean): void {
  try {
    work();
  } catch (error) {
    if (!mayBe(error)) throw error;
  }
}

/** Runs a target's cases. A case is repeatable by target, seed and index. */
export async function fuzz(target: Target, cases: number, seed: number, first = 0): Promise<Result> {
  const opened = await target.open(drawFrom(seed, -1));
  const patience = target.patience ?? hangMs;
  const failures: Failure[] = [];
  const begun = performance.now();
  const fail = (index: number, error: unknown) => failures.push({ target: target.name, seed, index, error });
  let slowest = 0;
  let next = first;

  async function work(): Promise<void> {
    while (next < first + cases && failures.length < mostFailures) {
      const index = next++;
      const started = performance.now();
      try {
        const running = opened.run(drawFrom(seed, index));
        if (running instanceof Promise) await running;
      } catch (error) {
        fail(index, error);
      }
      if (target.atOnce !== undefined) continue;
      const took = performance.now() - started;
      if (took <= patience) slowest = Math.max(slowest, took);
      else {
        const cpu = await leastCpu(opened, seed, index);
        slowest = Math.max(slowest, cpu);
        if (cpu > patience) fail(index, new Error(`it kept the processor for ${Math.round(cpu)} ms`));
      }
    }
  }

  await Promise.all(Array.from({ length: target.atOnce ?? 1 }, work));
  await opened.close?.();
  return { target: target.name, cases: next - first, seconds: (performance.now() - begun) / 1_000, slowest, failures };
}

// Collecting garbage, or another program: only what is slow again and again is.
async function leastCpu(opened: Opened, seed: number, index: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < 3; time++) {
    const before = process.cpuUsage();
    try {
      await opened.run(drawFrom(seed, index));
    } catch {
      // Told of already.
    }
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1_000);
  }
  return least;
}
