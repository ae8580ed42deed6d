import type { CloudTrailRecord, LookupResource } from "../record/index.ts";

/** One event as a running OpenTrail tells it to `lookup` and `tail`. */
export interface FoundEvent {
  readonly position: number;
  readonly username?: string;
  readonly resources: readonly LookupResource[];
  readonly record: CloudTrailRecord;
}
