import type { Position } from "../../storage/journal/journal.ts";
import type { State } from "../../storage/state/state.ts";
import type { Trail } from "../trail.ts";

// trails-forward/log-group/<trail's id>: how far a trail's log group is.
// trails-forward/target/<id>: how far the event bus or a webhook is.
const logGroupRoot = "trails-forward/log-group/";
export const targetRoot = "trails-forward/target/";

/** How far a log group is, and what GetTrailStatus tells of it; times in milliseconds since 1970. */
export interface LogGroupCursor {
  /** Every entry up to it is in the log group or isn't the trail's. */
  readonly position: Position;
  readonly deliveredAt?: number;
  /** CloudWatch Logs' code of what went wrong last; gone with the next success. */
  readonly error?: string;
}

/** How far an event bus or a webhook is. */
export interface TargetCursor {
  readonly position: Position;
}

/** Where the state keeps how far the trail's log group is. */
export function logGroupKey({ id }: Pick<Trail, "id">): string {
  return logGroupRoot + id;
}

/** How far the trail's log group is: at the earliest where the trail got it. */
export async function logGroupCursor(state: State, trail: Trail): Promise<LogGroupCursor> {
  const saved = (await state.get(logGroupKey(trail)))?.value as LogGroupCursor | undefined;
  return { ...saved, position: Math.max(saved?.position ?? 0, trail.cloudWatchLogs?.from ?? 0) };
}

/** Every entry up to it has gone wherever the trail's events go besides its bucket; Infinity when they go nowhere. */
export async function forwardedUpTo(state: State, trail: Trail): Promise<Position> {
  const targets = (await state.list(targetRoot)).map(({ value }) => (value as unknown as TargetCursor).position);
  const logGroup = trail.cloudWatchLogs ? [(await logGroupCursor(state, trail)).position] : [];
  return Math.min(...targets, ...logGroup);
}
