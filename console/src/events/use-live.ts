import { useEffect, useState } from "react";
import { followEvents } from "./api.ts";
import type { Term } from "./attributes.ts";

/** How live mode stands: off, following, or trying to follow again. */
export type LiveState = "off" | "on" | "away";

const togetherMs = 250;
const againMs = 2_000;

/**
 * While `live`, tells the newest entry of the journal that the terms mean, a few times a second at most, and never
 * before what it led to the last time is done.
 */
export function useLive(
  live: boolean,
  terms: readonly Term[],
  onEvents: (position: number) => Promise<void>,
): LiveState {
  const [state, setState] = useState<LiveState>("off");
  const key = JSON.stringify(terms);
  useEffect(() => {
    if (!live) {
      setState("off");
      return;
    }
    const stop = new AbortController();
    let newest = 0;
    let waiting = false;
    let timer: ReturnType<typeof setTimeout> | undefined;

    async function tell(): Promise<void> {
      const told = newest;
      await onEvents(told);
      waiting = newest !== told && !stop.signal.aborted;
      if (waiting) timer = setTimeout(tell, togetherMs);
    }
    function hear(position: number): void {
      newest = position;
      if (waiting) return;
      waiting = true;
      timer = setTimeout(tell, togetherMs);
    }
    function follow(): void {
      setState("on");
      followEvents(JSON.parse(key), hear, stop.signal).catch(() => {
        if (stop.signal.aborted) return;
        setState("away");
        again = setTimeout(follow, againMs);
      });
    }
    let again: ReturnType<typeof setTimeout> | undefined;
    follow();
    return () => {
      stop.abort();
      clearTimeout(timer);
      clearTimeout(again);
    };
  }, [live, key, onEvents]);
  return state;
}
