export { contextKeysOf } from "./context-keys.ts";
export {
  allowedByResource,
  type Decision,
  decide,
  type Match,
  type Policy,
  type PolicySet,
  type PolicyType,
} from "./decide.ts";
export { writtenKey } from "./key-names.ts";
export { statementSpans } from "./positions.ts";
export type { Trustee } from "./principal.ts";
export type { Context } from "./template.ts";
