import type { Position } from "../storage/journal/journal.ts";
import type { Change, State } from "../storage/state/state.ts";
import { asJson, deliveryKey } from "./store.ts";
import type { Trail } from "./trail.ts";

/** A delivery that is decided and not yet done. From it and the journal the same files come out again, name and bytes. */
export interface Plan {
  /** The entries that follow `from`, up to and including `to`. */
  readonly from: Position;
  readonly to: Position;
  /** What the unique parts of the files' names come from. */
  readonly seed: string;
  /** The trail as it was when the plan was made. */
  readonly trail: Trail;
}

/** What GetTrailStatus tells of delivery; times in milliseconds since 1970. */
interface DeliveryStatus {
  readonly attemptedAt?: number;
  /** By the Region of the log files, as GetTrailStatus tells it. */
  readonly deliveredAt?: Readonly<Record<string, number>>;
  /** S3's code of what went wrong last; gone with the next success. */
  readonly error?: string;
}

/** How far a trail's delivery is. */
export interface Delivery {
  /** Every entry up to it is delivered or isn't the trail's. */
  readonly cursor: Position;
  readonly plan?: Plan;
  /** The request that stopped logging and whose span is delivered to its end. */
  readonly finishedStop?: string;
  readonly status: DeliveryStatus;
}

/** A delivery with the version to expect when it is changed. */
export interface VersionedDelivery {
  readonly value: Delivery;
  readonly version: number;
}

/** How the delivery of a new trail begins. */
export const newDelivery: Delivery = { cursor: 0, status: {} };

/** How far the trail's delivery is; undefined when the trail is deleted and all of it delivered. */
export async function loadDelivery(state: State, trail: Trail): Promise<VersionedDelivery | undefined> {
  return (await state.get(deliveryKey(trail))) as VersionedDelivery | undefined;
}

/** Writes the next step and what goes with it; undefined when another process was quicker, and then nothing is written. */
export async function saveDelivery(
  state: State,
  trail: Trail,
  next: Delivery,
  expect: number,
  also: readonly Change[] = [],
): Promise<VersionedDelivery | undefined> {
  const saved = await state.commit([{ key: deliveryKey(trail), value: asJson(next), expect }, ...also]);
  return saved ? loadDelivery(state, trail) : undefined;
}
