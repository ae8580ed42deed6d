export { openChdbTables } from "./chdb.ts";
export { durableTableSettings } from "./clickhouse.ts";
export type { Tables } from "./tables.ts";
