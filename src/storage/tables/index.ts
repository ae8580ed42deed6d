export { openChdbTables } from "./chdb.ts";
export { durableTableSettings } from "./clickhouse.ts";
export type { Parameter, Tables } from "./tables.ts";
