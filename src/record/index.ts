export { type LookupFields, type LookupResource, lookupFields } from "./lookup-fields.ts";
export type { CloudTrailRecord } from "./record.ts";
export { recordOf } from "./record-of.ts";
