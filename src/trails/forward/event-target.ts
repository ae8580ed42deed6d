import type { BatchLimits } from "../batches.ts";
import type { TrailEvent } from "./event.ts";

/** Where events go, one by one in the order of the journal. */
export interface EventTarget {
  /** What its cursor is kept under. */
  readonly id: string;
  /** For people; without anything that is secret. */
  readonly name: string;
  /** Read-only management events too. AWS has EventBridge leave them out unless a rule asks for them. */
  readonly readOnlyEvents: boolean;
  /** How much it takes at once. */
  readonly limits: BatchLimits;
  /** In front of a service's name in an event's `source`. */
  readonly sourcePrefix: string;
  /** Resolves when the target has all of them; what it rejected is sent again, with what it may have already. */
  send(events: readonly TrailEvent[], signal: AbortSignal): Promise<void>;
}
