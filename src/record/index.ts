export type { CloudTrailRecord, Completion, RecordResource } from "./record.ts";
export { recordOf } from "./record-of.ts";
