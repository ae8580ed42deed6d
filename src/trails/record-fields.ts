import type { CloudTrailRecord } from "../record/record.ts";

/** A record as it is read from the journal: what it is there to say may be missing, as imports come from elsewhere. */
export type RecordFields = Partial<CloudTrailRecord>;
