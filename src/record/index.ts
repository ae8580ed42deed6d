export { exampleOf, type RecordShape } from "./example.ts";
export { type LookupFields, type LookupResource, lookupFields } from "./lookup-fields.ts";
export type { CloudTrailRecord, Sent } from "./record.ts";
export { recordOf } from "./record-of.ts";
export { recordsOf, serviceRecords } from "./records-of.ts";
export type { Rule } from "./rule.ts";
export { responds } from "./services.ts";
export { type SignInEvent, type SignInPerson, signInRecord } from "./sign-in.ts";
