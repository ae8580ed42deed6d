import { setImmediate as nextTurn } from "node:timers/promises";
import type { ClickHouseClient } from "@clickhouse/client";
import { gate } from "../gate.ts";
import type { Tables } from "./tables.ts";

/**
 * What a table's SETTINGS must have so that `insert` keeps its promise: the tokens of the newest 1,000 inserts are
 * remembered, and rows are on disk, also after merges, before the insert resolves.
 */
export const durableTableSettings = [
  "non_replicated_deduplication_window = 1000",
  "fsync_after_insert = 1",
  "fsync_part_directory = 1",
  "min_rows_to_fsync_after_merge = 1",
].join(", ");

/** Tables over ClickHouse clients: one that writes, and readers that each run one query at a time. */
export function tablesOver(writer: ClickHouseClient, readers: readonly ClickHouseClient[]): Tables {
  const write = turnstile([writer]);
  const read = turnstile(readers);
  const { pass, close } = gate("The tables are");

  return {
    command: (sql, parameters = {}) =>
      pass(() =>
        write(async (client) => {
          await client.command({ query: sql, query_params: parameters });
        }),
      ),

    query: <Row>(sql: string, parameters = {}) =>
      pass(() =>
        read(async (client) => {
          const result = await client.query({ query: sql, query_params: parameters, format: "JSONEachRow" });
          return result.json<Row>();
        }),
      ),

    insert: (table, rows, deduplicationToken) =>
      pass(async () => {
        if (rows.length === 0) return;
        // Settings of the statement, not of the client: in chDB those would stay set for the statements that follow.
        const settings = `async_insert = 0, insert_deduplicate = 1, insert_deduplication_token = ${literal(deduplicationToken)}`;
        const lines = await linesOf(rows);
        const query = `INSERT INTO ${table} SETTINGS ${settings} FORMAT JSONEachRow\n${lines}`;
        await write((client) => client.command({ query }));
      }),

    async close() {
      await close();
      await Promise.all([writer, ...readers].map((client) => client.close()));
    },
  };
}

// About 1 ms.
const rowsPerTurn = 100;

/** The rows as lines of JSON; whoever waits for the event loop gets their turn meanwhile. */
async function linesOf(rows: readonly object[]): Promise<string> {
  const lines: string[] = [];
  for (const row of rows) {
    if (lines.push(JSON.stringify(row)) % rowsPerTurn === 0) await nextTurn();
  }
  return lines.join("\n");
}

/** A string as SQL writes it. */
export function literal(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** Lets each client do one thing at a time; who comes meanwhile waits in line for the first that is free. */
function turnstile(clients: readonly ClickHouseClient[]) {
  const free = [...clients];
  const line: ((client: ClickHouseClient) => void)[] = [];

  return async function pass<Result>(use: (client: ClickHouseClient) => Promise<Result>): Promise<Result> {
    const client = free.pop() ?? (await new Promise<ClickHouseClient>((resolve) => line.push(resolve)));
    try {
      return await use(client);
    } catch (error) {
      throw oneLine(error);
    } finally {
      const next = line.shift();
      if (next === undefined) free.push(client);
      else next(client);
    }
  };
}

/** ClickHouse's errors go over several lines, with hints and stack traces; the first sentence names what is wrong. */
function oneLine(error: unknown): Error {
  const { message, type } = error as { message: string; type?: string };
  const text = message.replace(/\s+/g, " ").trim();
  return new Error(type === undefined ? text : `${type}: ${text}`, { cause: error });
}
