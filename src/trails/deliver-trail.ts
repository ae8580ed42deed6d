import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";
import type { Random } from "../aws/random.ts";
import type { Journal, Position } from "../storage/journal/journal.ts";
import type { State } from "../storage/state/state.ts";
import type { Batch } from "./batch.ts";
import { type Delivery, loadDelivery, type Plan, saveDelivery, type VersionedDelivery } from "./delivery-state.ts";
import { deliveredChanges, loadChains } from "./digest/chain.ts";
import { noticeChanges } from "./notify/index.ts";
import { putFiles } from "./put.ts";
import { forgetTrail } from "./store.ts";
import type { LogTarget } from "./target.ts";
import { lastStop, type Trail, trailArn } from "./trail.ts";

export interface DeliverParts {
  readonly journal: Journal;
  readonly state: State;
  readonly clock: Clock;
  readonly random: Random;
  readonly target: LogTarget;
  readonly make: (plan: Plan) => Promise<Batch>;
  /** Told of a trail that has new log files in its bucket. */
  readonly onDelivered?: (trail: Trail) => void;
  /** Milliseconds for which log files are tried again, from their newest record on. */
  readonly redeliverFor: number;
  /** Told whose log files were given up (a trail's ARN), how many, and why they couldn't be put. */
  readonly onGivenUp: (what: string, files: number, error: unknown) => void;
}

// How long the record of the call that stopped logging is looked for; it never comes when the process died before it.
const stopRecordMs = 60_000;

/** Where the trail reads on: past what it has delivered, and what came before it was logging. */
export function nextPosition(trail: Trail, { cursor }: Delivery): Position {
  return Math.max(cursor, trail.logging[0]?.from ?? 0);
}

/** Whether the journal may have, now or later, records that the trail has yet to deliver. */
export function isOpen(trail: Trail, { plan, finishedStop }: Delivery): boolean {
  if (plan) return true;
  const stop = lastStop(trail);
  return trail.logging.length > 0 && (stop === undefined || stop.requestId !== finishedStop);
}

/** The plan that was kept, turned to the trail's new bucket if it couldn't be done at the old one; or a new one. */
function planOf(trail: Trail, delivery: Delivery, seed: string, end: Position): Plan {
  const { plan, status } = delivery;
  if (!plan) return { from: nextPosition(trail, delivery), to: end, seed, trail };
  if (status.error === undefined) return plan;
  const { keyPrefix: _, kmsKey: __, ...planned } = plan.trail;
  const { bucket, keyPrefix, kmsKey } = trail;
  const place = { bucket, ...(keyPrefix !== undefined && { keyPrefix }), ...(kmsKey !== undefined && { kmsKey }) };
  return { ...plan, trail: { ...planned, ...place } };
}

/** Whether every record of the batch is from before `time`. */
function isTooOld({ files }: Batch, time: number): boolean {
  return files.every(({ newest }) => Date.parse(newest) < time);
}

/** The status after a delivery: the times of the Regions that it had files of, and no error. */
function deliveredNow({ status }: Delivery, { files }: Batch, now: number): Delivery["status"] {
  const regions = Object.fromEntries(files.map(({ region }) => [region, now]));
  return { attemptedAt: now, deliveredAt: { ...status.deliveredAt, ...regions } };
}

/** Moves the cursor, and in the same commit keeps the files that were put for the next digest; false: another did. */
async function saveDone(
  { state, clock }: DeliverParts,
  trail: Trail,
  done: Delivery,
  { version }: VersionedDelivery,
  bucket: string,
  files: Batch["files"],
): Promise<boolean> {
  const put = files.map(({ body: _, ...file }) => ({ bucket, ...file }));
  for (;;) {
    const at = clock.now();
    const notice = noticeChanges(trail, { bucket, keys: files.map(({ key }) => key), to: done.cursor, at });
    const changes = [...(await deliveredChanges(state, trail, put, at)), ...notice];
    if (await saveDelivery(state, trail, done, version, changes)) return true;
    // A digest may have been decided meanwhile; then the files are for the one after it.
    if ((await loadDelivery(state, trail))?.version !== version) return false;
  }
}

/**
 * Delivers what a trail logs, from its cursor to the journal's end: plan kept, files put, cursor moved, and again.
 * A plan lasts until its files are put, so each record is in exactly one log file. Rejects when a put fails.
 */
export async function deliverTrail(parts: DeliverParts, trail: Trail, signal: AbortSignal): Promise<void> {
  const { journal, state, clock, random, target, make } = parts;
  const now = clock.now();
  const end = journal.end();
  const stop = lastStop(trail);
  const stopLost = stop !== undefined && now >= stop.at + stopRecordMs;

  while (!signal.aborted) {
    let delivery = await loadDelivery(state, trail);
    if (!delivery || !isOpen(trail, delivery.value)) return;
    const { value } = delivery;
    journal.checkReach(nextPosition(trail, value));
    if (!value.plan && nextPosition(trail, value) >= end && !stopLost) return;

    const wanted = planOf(trail, value, random.hex(32), end);
    const batch = await make(wanted);
    const plan = { ...wanted, to: batch.to };
    const delivers = batch.files.length > 0;
    // A kept plan may know of an earlier stop only: logging was started and stopped again since.
    const stopFound = batch.stopFound && lastStop(wanted.trail)?.requestId === stop?.requestId;
    const finished = stop && (stopFound || (stopLost && batch.to >= end));
    const { plan: _, ...rest } = value;
    const passed = { ...rest, cursor: batch.to, ...(finished && { finishedStop: stop.requestId }) };
    if (delivers) {
      const planned = await saveDelivery(state, trail, { ...value, plan }, delivery.version);
      // Another process was quicker, or is already past this plan.
      if (planned?.value.plan?.seed !== plan.seed) return;
      delivery = planned;
      try {
        await putFiles(target, plan.trail, plan.trail.bucket, batch.files);
      } catch (error) {
        const code = error instanceof AwsError ? { error: error.code } : {};
        const status = { ...value.status, attemptedAt: clock.now(), ...code };
        const givenUp = isTooOld(batch, clock.now() - parts.redeliverFor);
        const next = givenUp ? { ...passed, status } : { ...value, plan, status };
        const saved = await saveDelivery(state, trail, next, delivery.version);
        if (!givenUp) throw error;
        if (saved) parts.onGivenUp(trailArn(trail), batch.files.length, error);
        continue;
      }
    }

    const done: Delivery = { ...passed, ...(delivers && { status: deliveredNow(value, batch, clock.now()) }) };
    if (!(await saveDone(parts, trail, done, delivery, plan.trail.bucket, batch.files))) return;
    if (delivers) parts.onDelivered?.(trail);
  }
}

/**
 * Milliseconds for which the files of a deleted trail are tried again at most: nobody can turn it to another bucket, and
 * the old one is seldom made again.
 */
export const longestForDeletedMs = 3_600_000;

/** Delivers what a deleted trail logged, and forgets it when that is done; when it has digests, their delivery does. */
export async function deliverDeletedTrail(parts: DeliverParts, trail: Trail, signal: AbortSignal): Promise<void> {
  const redeliverFor = Math.min(parts.redeliverFor, longestForDeletedMs);
  await deliverTrail({ ...parts, redeliverFor }, trail, signal);
  const delivery = await loadDelivery(parts.state, trail);
  const proved = (await loadChains(parts.state, trail)).length === 0;
  if (proved && delivery && !isOpen(trail, delivery.value)) await forgetTrail(parts.state, trail);
}
