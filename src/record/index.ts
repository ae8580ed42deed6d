export { type LookupFields, type LookupResource, lookupFields } from "./lookup-fields.ts";
export type { CloudTrailRecord, Completion, RecordResource } from "./record.ts";
export { recordOf } from "./record-of.ts";
