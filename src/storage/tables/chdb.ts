import { mkdir } from "node:fs/promises";
import { type ClickHouseClient, createClient } from "@clickhouse/client";
import { createChdbConnection } from "chdb/connection";
import { literal, tablesOver } from "./clickhouse.ts";
import type { Parameter, Tables } from "./tables.ts";

/** A scan holds its connection; the others go on answering. Each one under way takes a thread of libuv's pool (of 4). */
const readers = 2;

/** So that the process stays small on a machine of any size; 64-bit integers come as numbers, as in JavaScript. */
const writerSettings = ["max_threads = 2", "max_insert_threads = 1", "output_format_json_quote_64bit_integers = 0"];

/** A query that needs more memory spills to the disk where it can, and fails where it can't. Inserts must not fail. */
const readerSettings = [
  ...writerSettings,
  "max_memory_usage = 550000000",
  "max_bytes_before_external_group_by = 150000000",
  "max_bytes_before_external_sort = 150000000",
];

/** Opens ClickHouse's tables in a folder, in this process. One folder per process, and one process per folder. */
export async function openChdbTables(options: { readonly folder: string }): Promise<Tables> {
  const { folder } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const writer = await openClient(folder, writerSettings).catch((error: Error) => {
    throw new Error(`The tables in ${folder} cannot be opened, another process may have them: ${error.message}`, {
      cause: error,
    });
  });
  return tablesOver(
    writer,
    await Promise.all(Array.from({ length: readers }, () => openClient(folder, readerSettings))),
  );
}

async function openClient(folder: string, session: readonly string[]): Promise<ClickHouseClient> {
  const client = createClient({ connection: openConnection(folder) });
  await client.command({ query: `SET ${session.join(", ")}` });
  return client;
}

type Connection = NonNullable<NonNullable<Parameters<typeof createClient>[0]>["connection"]>;
type Statement = Parameters<Connection["command"]>[0];

/**
 * A connection that binds parameters with SET in its own session. chDB's binding lets only one bound statement run at
 * a time in the whole process, as its state is the process's: a scan would hold up every look-up.
 */
function openConnection(path: string): Connection {
  // The same type to the letter, but declared in two packages.
  const connection = createChdbConnection({ path }) as unknown as Connection;
  const { query, command } = connection;
  connection.query = (statement) => query.call(connection, bound(statement));
  connection.command = (statement) => command.call(connection, bound(statement));
  return connection;
}

function bound(statement: Statement): Statement {
  const { query_params: parameters, query, ...rest } = statement;
  if (parameters === undefined) return { ...rest, query };
  for (const [, name] of query.matchAll(/\{(\w+):/g)) {
    // The session still has what an earlier statement set.
    if (!Object.hasOwn(parameters, name as string)) throw new Error(`UNKNOWN_QUERY_PARAMETER: ${name} is not given`);
  }
  const values = Object.entries(parameters as Record<string, Parameter>).map(
    ([name, value]) => `param_${name} = ${literal(encode(value))}`,
  );
  return { ...rest, query: values.length === 0 ? query : `SET ${values.join(", ")}; ${query}` };
}

/** A parameter's text as ClickHouse reads it: escaped as in tab-separated values, strings in arrays in quotes. */
function encode(value: Parameter): string {
  if (Array.isArray(value))
    return `[${value.map((item: string | number) => (typeof item === "string" ? `'${escaped(item)}'` : item)).join(",")}]`;
  return typeof value === "string" ? escaped(value) : String(value);
}

const escapes: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
  "\0": "\\0",
};

function escaped(text: string): string {
  return text.replace(/[\\'\t\n\r\0]/g, (character) => escapes[character] as string);
}
