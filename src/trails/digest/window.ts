import type { Chain } from "./chain.ts";

/** What a chain's next step is: a digest that ends then, or to be closed with nothing left to prove. */
export type NextStep = { readonly end: number } | "close";

/** What a chain's next step depends on. */
export interface Moment {
  /** The run of logging that digests are to prove now, see runOf. */
  readonly run: number | undefined;
  /** All that the run logged is delivered: logging was stopped. */
  readonly finished: boolean;
  readonly now: number;
  /** Milliseconds between digests. */
  readonly interval: number;
}

// A month of hours, as long as AWS tries again. What is further behind comes in one digest.
const longestBacklog = 31 * 24;

const toSecond = (time: number) => Math.floor(time / 1_000) * 1_000;

/** The chain's next step that is due; undefined when there is none. Digests end at the run's start plus whole intervals. */
export function nextStep(chain: Chain, { run, finished, now, interval }: Moment): NextStep | undefined {
  const over = run !== chain.run || finished;
  const until = !over
    ? now
    : run !== undefined && run > chain.run
      ? Math.max(run, chain.end)
      : Math.max(toSecond(now), toSecond(chain.deliveredAt + 999), chain.end);

  const marks = Math.floor((chain.end - chain.run) / interval);
  const mark = chain.run + (marks + 1) * interval;
  if (mark <= until) {
    const behind = Math.floor((until - mark) / interval);
    return { end: mark + Math.max(0, behind - longestBacklog) * interval };
  }
  if (!over) return undefined;
  return until > chain.end ? { end: until } : "close";
}
