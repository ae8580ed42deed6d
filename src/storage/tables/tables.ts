/** A value bound to a query's `{name:Type}` placeholder. */
export type Parameter = string | number | boolean | readonly string[] | readonly number[];

/**
 * SQL tables: ClickHouse's SQL through @clickhouse/client, on chDB in the process or on a ClickHouse server.
 */
export interface Tables {
  /** Statements without rows: DDL, deletes. */
  command(sql: string, parameters?: Readonly<Record<string, Parameter>>): Promise<void>;
  /** Rows as objects, in the order of the query. */
  query<Row>(sql: string, parameters?: Readonly<Record<string, Parameter>>): Promise<Row[]>;
  /** Inserts rows once: a repeated batch with the same token (and the same rows) changes nothing. */
  insert(table: string, rows: readonly object[], deduplicationToken: string): Promise<void>;
  close(): Promise<void>;
}
