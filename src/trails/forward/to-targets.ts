import { setTimeout as delay } from "node:timers/promises";
import type { CloudTrailRecord } from "../../record/record.ts";
import { type Entry, type Journal, type Position, type RunningReader, runReader } from "../../storage/journal/index.ts";
import type { State } from "../../storage/state/state.ts";
import { inBatches } from "../batches.ts";
import { logs } from "../selection.ts";
import { asJson, trailsToDeliver } from "../store.ts";
import { type TargetCursor, targetRoot } from "./cursors.ts";
import { trailEvent } from "./event.ts";
import type { EventTarget } from "./event-target.ts";

export interface TargetForwarding {
  readonly journal: Journal;
  readonly state: State;
  readonly targets: readonly EventTarget[];
  /** Told which target failed, why, and when it is tried again. */
  readonly onFailure: (what: string, error: unknown, nextAttemptInMs: number) => void;
}

export interface RunningForwarding {
  /** How far each target is, by its name. */
  positions(): Record<string, Position>;
  stop(): Promise<void>;
}

const pageSize = 500;
// Few sends of many events instead of one for each, when calls come one after the other.
const betweenPagesMs = 200;
// CloudTrail sends no event of more than 256 KB to EventBridge.
const maxRecordBytes = 256 * 1024;
// What stands around a record, in an event or in an entry of PutEvents.
const envelopeBytes = 512;

/** The records of a page that any trail logs, each once. Events go to EventBridge only where a trail logs them. */
async function logged(state: State, page: readonly Entry[]) {
  const trails = (await trailsToDeliver(state)).filter(({ trail }) => trail.logging.length > 0);
  if (trails.length === 0) return [];
  return page
    .map(({ position, record }) => ({
      position,
      bytes: record.length,
      fields: JSON.parse(record.toString()) as CloudTrailRecord,
    }))
    .filter(({ position, fields }) => trails.some(({ trail }) => logs(trail, position, fields)));
}

async function forwardTo(
  target: EventTarget,
  options: TargetForwarding,
  stopping: AbortSignal,
): Promise<RunningReader> {
  const { journal, state, onFailure } = options;
  const key = targetRoot + target.id;
  async function save(position: Position): Promise<Position> {
    await state.commit([{ key, value: asJson({ position } satisfies TargetCursor) }]);
    return position;
  }
  // A new target gets what comes from now on.
  const saved = (await state.get(key))?.value as TargetCursor | undefined;
  let cursor = saved?.position ?? (await save(journal.end()));

  return runReader({
    journal,
    batchSize: pageSize,
    cursor,
    async apply(page) {
      const wanted = (await logged(state, page)).filter(
        ({ position, bytes, fields }) =>
          position > cursor &&
          bytes <= maxRecordBytes &&
          (target.readOnlyEvents || fields.eventCategory !== "Management" || !fields.readOnly),
      );
      for (const batch of inBatches(wanted, target.limits, ({ bytes }) => bytes + envelopeBytes)) {
        const events = batch.map(({ fields }) => trailEvent(fields, target.sourcePrefix));
        await target.send(events, stopping);
        cursor = await save(batch.at(-1)?.position ?? cursor);
      }
      cursor = await save(page.at(-1)?.position ?? cursor);
      // An abort only ends the pause.
      if (page.length < pageSize) await delay(betweenPagesMs, undefined, { signal: stopping }).catch(() => {});
    },
    onFailure(error, nextAttemptInMs) {
      if (!stopping.aborted) onFailure(target.name, error, nextAttemptInMs);
    },
  });
}

/** Sends what trails log to the event bus and the webhooks, each at its own pace, at least once and in order. */
export async function startTargetForwarding(options: TargetForwarding): Promise<RunningForwarding> {
  const { state, targets } = options;
  const stopping = new AbortController();
  const known = new Set(targets.map(({ id }) => targetRoot + id));
  const forgotten = (await state.list(targetRoot)).filter(({ key }) => !known.has(key));
  if (forgotten.length > 0) await state.commit(forgotten.map(({ key }) => ({ key, value: undefined })));
  const readers = await Promise.all(
    targets.map(async (target) => ({ name: target.name, reader: await forwardTo(target, options, stopping.signal) })),
  );
  return {
    positions: () => Object.fromEntries(readers.map(({ name, reader }) => [name, reader.position()])),
    async stop() {
      stopping.abort();
      await Promise.all(readers.map(({ reader }) => reader.stop()));
    },
  };
}
