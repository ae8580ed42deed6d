import type { Clock } from "../../aws/clock.ts";
import { AwsError } from "../../aws/error.ts";
import type { CloudTrailRecord } from "../../record/record.ts";
import type { Journal } from "../../storage/journal/journal.ts";
import type { State } from "../../storage/state/state.ts";
import { type Rounds, startRounds } from "../rounds.ts";
import { logs } from "../selection.ts";
import { asJson, trailsToDeliver } from "../store.ts";
import { type Trail, trailArn } from "../trail.ts";
import { type LogGroupCursor, logGroupCursor, logGroupKey } from "./cursors.ts";
import { logEventBatches } from "./log-events.ts";
import { logGroupOf } from "./log-group-arn.ts";
import type { LogGroups } from "./log-groups.ts";

export interface LogGroupForwarding {
  readonly journal: Journal;
  readonly state: State;
  readonly clock: Clock;
  /** Milliseconds between deliveries, which are aligned to the clock. */
  readonly interval: number;
  /** Not given: there is no CloudWatch Logs, and events wait for one. */
  readonly logGroups?: LogGroups;
  readonly onFailure: (what: string, error: unknown, nextAttemptInMs: number) => void;
}

const pageSize = 1_000;

/** Puts what a trail logs into its log group, from its cursor to the journal's end; repeats a page that failed. */
async function forward(options: LogGroupForwarding, trail: Trail, signal: AbortSignal): Promise<void> {
  const { journal, state, clock, logGroups } = options;
  const { cloudWatchLogs, logging } = trail;
  // Entries from before it logged, and before it got its log group, aren't the trail's.
  const start = logging[0]?.from;
  if (!cloudWatchLogs || start === undefined) return;
  const group = logGroupOf(cloudWatchLogs.logGroupArn);
  const save = (cursor: LogGroupCursor) => state.commit([{ key: logGroupKey(trail), value: asJson(cursor) }]);

  while (!signal.aborted) {
    const cursor = await logGroupCursor(state, trail);
    const page = await journal.read(Math.max(cursor.position, start), pageSize);
    const last = page.at(-1);
    if (!last) return;
    const records = page
      .map(({ position, record }) => ({
        position,
        text: record,
        fields: JSON.parse(record.toString()) as CloudTrailRecord,
      }))
      .filter(({ position, fields }) => logs(trail, position, fields));
    const batches = [...logEventBatches(records, clock.now(), trail.organization?.id)];
    try {
      if (batches.length > 0 && !logGroups) throw new Error("there is no CloudWatch Logs: set endpoints.logs");
      for (const batch of batches) await logGroups?.put(group, batch, signal);
    } catch (error) {
      if (error instanceof AwsError) await save({ ...cursor, error: error.code });
      throw error;
    }
    const { error: _, ...rest } = cursor;
    await save(
      batches.length > 0 ? { position: last.position, deliveredAt: clock.now() } : { ...rest, position: last.position },
    );
  }
}

/** Delivers to the log groups of all trails, every interval and each trail by itself. */
export function startLogGroupForwarding(options: LogGroupForwarding): Pick<Rounds<never>, "flush" | "stop"> {
  const { state } = options;
  return startRounds({
    ...options,
    async jobs() {
      const trails = (await trailsToDeliver(state)).filter(({ trail }) => trail.cloudWatchLogs);
      return trails.map(({ key, trail }) => ({ key, id: trail.id, name: `CloudWatch Logs of ${trailArn(trail)}` }));
    },
    async work({ key, id }, signal) {
      const trail = (await state.get(key))?.value as Trail | undefined;
      if (trail?.id === id) await forward(options, trail, signal);
    },
  });
}
