import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";
import type { Random } from "../aws/random.ts";
import type { Journal, Position } from "../storage/journal/journal.ts";
import type { State } from "../storage/state/state.ts";
import type { Batch } from "./batch.ts";
import { policyAllows, putRequest } from "./bucket-policy.ts";
import { type Delivery, loadDelivery, type Plan, saveDelivery } from "./delivery-state.ts";
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
}

// How long the record of the call that stopped logging is looked for; it never comes when the process died before it.
const stopRecordMs = 60_000;

const headers = {
  "content-type": "application/json",
  "content-encoding": "gzip",
  "x-amz-acl": "bucket-owner-full-control",
};

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
  const { keyPrefix: _, ...planned } = plan.trail;
  const { bucket, keyPrefix } = trail;
  return { ...plan, trail: { ...planned, bucket, ...(keyPrefix !== undefined && { keyPrefix }) } };
}

async function putFiles(target: LogTarget, { trail }: Plan, files: Batch["files"]): Promise<void> {
  const bucket = await target.bucket(trail.bucket);
  if (!bucket) throw new AwsError("NoSuchBucket", "The specified bucket does not exist", { status: 404 });
  for (const { key, body } of files) {
    if (!policyAllows(bucket.policy, putRequest(trail.bucket, key, trail.account, trailArn(trail))))
      throw new AwsError("AccessDenied", "Access Denied", { status: 403 });
    await target.putObject(trail.bucket, key, body, headers);
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
    if (!value.plan && nextPosition(trail, value) >= end && !stopLost) return;

    const wanted = planOf(trail, value, random.hex(32), end);
    const batch = await make(wanted);
    const plan = { ...wanted, to: batch.to };
    const delivers = batch.files.length > 0;
    if (delivers) {
      const planned = await saveDelivery(state, trail, { ...value, plan }, delivery.version);
      // Another process was quicker, or is already past this plan.
      if (planned?.value.plan?.seed !== plan.seed) return;
      delivery = planned;
      try {
        await putFiles(target, plan, batch.files);
      } catch (error) {
        const code = error instanceof AwsError ? { error: error.code } : {};
        const status = { ...value.status, attemptedAt: clock.now(), ...code };
        await saveDelivery(state, trail, { ...value, plan, status }, delivery.version);
        throw error;
      }
    }

    const finished = stop && (batch.stopFound || (stopLost && batch.to >= end));
    const { plan: _, ...rest } = value;
    const done: Delivery = {
      ...rest,
      cursor: batch.to,
      ...(finished && { finishedStop: stop.requestId }),
      ...(delivers && { status: { attemptedAt: clock.now(), deliveredAt: clock.now() } }),
    };
    if (!(await saveDelivery(state, trail, done, delivery.version))) return;
  }
}

/** Delivers what a deleted trail logged, and forgets it when that is done. */
export async function deliverDeletedTrail(parts: DeliverParts, trail: Trail, signal: AbortSignal): Promise<void> {
  await deliverTrail(parts, trail, signal);
  const delivery = await loadDelivery(parts.state, trail);
  if (delivery && !isOpen(trail, delivery.value)) await forgetTrail(parts.state, trail);
}
