import type { Change } from "../../storage/state/state.ts";
import { asJson, trailKey } from "../store.ts";
import type { Trail } from "../trail.ts";

/** What SNS is to be told: log files that are in their bucket. */
export interface Notice {
  /** The topic's ARN; for a trail that still is, the topic that it has when the notice is sent. */
  readonly topic: string;
  /** Where the state has the trail. */
  readonly trail: string;
  readonly bucket: string;
  readonly keys: readonly string[];
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Notices that wait: trails-notices/<trail's id>/<place in the journal>. */
export const noticesRoot = "trails-notices/";

/**
 * The change that plans a trail's notice of a delivery that ends at `to`; none when the trail has no topic. Made in
 * one commit with the delivery's own, so that a crash repeats a notice rather than loses it.
 */
export function noticeChanges(
  trail: Trail,
  delivered: { readonly bucket: string; readonly keys: readonly string[]; readonly to: number; readonly at: number },
): Change[] {
  const { snsTopic, id } = trail;
  const { to, ...rest } = delivered;
  if (!snsTopic || rest.keys.length === 0) return [];
  const notice: Notice = { topic: snsTopic.arn, trail: trailKey(trail), ...rest };
  return [{ key: `${noticesRoot}${id}/${String(to).padStart(16, "0")}`, value: asJson(notice) }];
}
