/** The states of a resource and the time from which each holds, in order of time; milliseconds since 1970. */
export type Timeline<State extends string> = readonly (readonly [state: State, from: number])[];

/** The state that holds at a time; before the first one, the first. */
export function stateAt<State extends string>(timeline: Timeline<State>, now: number): State {
  let held = timeline[0]?.[0];
  for (const [state, from] of timeline) if (from <= now) held = state;
  if (held === undefined) throw new Error("a timeline has at least one state");
  return held;
}

/** When a state begins to hold; Infinity when it never does. */
export function since<State extends string>(timeline: Timeline<State>, state: State): number {
  return timeline.find(([name]) => name === state)?.[1] ?? Number.POSITIVE_INFINITY;
}

/** The time as AWS shows launches and attachments: without a fraction of a second. */
export function wholeSeconds(time: number): Date {
  return new Date(Math.floor(time / 1000) * 1000);
}
