import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { openSegmentJournal } from "../storage/journal/index.ts";
import { openLmdbState } from "../storage/state/index.ts";
import { durableTableSettings, openChdbTables, type Tables } from "../storage/tables/index.ts";
import { eventOf } from "./event.ts";
import { noon, recordOf } from "./history.fixture.ts";
import { openHistory } from "./history.ts";
import { rowOf } from "./row.ts";

const cleanUp: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

/** The table as the first OpenTrail made it. */
const firstTable = `
  CREATE TABLE events (
    account LowCardinality(String),
    region LowCardinality(String),
    time DateTime('UTC'),
    position UInt64,
    event_id String,
    event_name LowCardinality(String),
    event_source LowCardinality(String),
    username LowCardinality(String),
    access_key_id LowCardinality(String),
    read_only LowCardinality(String),
    resource_types Array(LowCardinality(String)),
    resource_names Array(String),
    source_ip LowCardinality(String),
    user_agent LowCardinality(String),
    error_code LowCardinality(String),
    category LowCardinality(String),
    principal_arn LowCardinality(String),
    request_id String,
    raw String CODEC(ZSTD(1)),
    INDEX by_event_id event_id TYPE bloom_filter(0.01) GRANULARITY 16,
    INDEX by_resource_names resource_names TYPE text(tokenizer = 'array')
  )
  ENGINE = MergeTree
  PARTITION BY toYYYYMM(time)
  ORDER BY (account, region, time, position)
  TTL time + INTERVAL 90 DAY
  SETTINGS index_granularity = 256, ${durableTableSettings}`;

const session = {
  type: "AssumedRole",
  principalId: "AROAEXAMPLE:Ada",
  sessionContext: { sessionIssuer: { type: "Role", userName: "Operator" } },
};

async function oldFolder(): Promise<{ tables: Tables; folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-history-"));
  const tables = await openChdbTables({ folder: join(folder, "tables") });
  cleanUp.push(
    () => rm(folder, { recursive: true, force: true }),
    () => tables.close(),
  );
  await tables.command(firstTable);
  return { tables, folder };
}

const otherTextIndex =
  "ALTER TABLE events ADD INDEX by_text lowerUTF8(raw) TYPE ngrambf_v1(4, 16384, 1, 0) GRANULARITY 1";

it.each([
  ["without an index over text", undefined],
  ["with another index over text", otherTextIndex],
])("an older data folder %s keeps its events, and they are found by what is new", async (_, change) => {
  const { tables, folder } = await oldFolder();
  if (change) await tables.command(change);
  const records = Array.from({ length: 600 }, (_, index) =>
    recordOf(
      index * 86_400 * 0.1,
      index % 3 === 0 ? { userIdentity: session, sourceIPAddress: `10.0.0.${index}` } : {},
    ),
  );
  const rows = records.map((record, index) => {
    const { role: _, ...old } = rowOf(eventOf(index + 1, JSON.stringify(record)));
    return old;
  });
  await tables.insert("events", rows, "1-600");

  const journal = await openSegmentJournal({ folder: join(folder, "journal") });
  const state = await openLmdbState({ folder: join(folder, "state") });
  cleanUp.push(
    () => journal.close(),
    () => state.close(),
  );
  const found = async (term: "Role" | "contains" | "SourceIPAddress" | "AccessKeyId", value: string) => {
    const history = await openHistory({
      ...{ journal, state, tables, retentionDays: 90 },
      clock: { now: () => noon },
      onFailure(error) {
        throw error;
      },
    });
    const ids: string[] = [];
    const query = { terms: [{ key: term, value }], limit: 1000 };
    for await (const { record } of history.search(query)) ids.push(record.eventID);
    return ids;
  };
  const idsOf = (chosen: typeof records) => chosen.map(({ eventID }) => eventID);
  const inRole = records.filter((_, index) => index % 3 === 0);
  // At once, while ClickHouse fills in what is new, and also when it is opened again meanwhile.
  expect(await found("Role", "Operator")).toEqual(idsOf(inRole));
  expect(await found("contains", '"SOURCEIPADDRESS":"10.0.0.33"')).toEqual(idsOf(records.slice(33, 34)));
  expect(await found("SourceIPAddress", "10.0.0.33")).toEqual(idsOf(records.slice(33, 34)));
  expect(await found("AccessKeyId", "AKIAIOSFODNN7EXAMPLE")).toEqual(
    idsOf(records.filter((record) => !inRole.includes(record))),
  );

  const toDo = () =>
    tables.query("SELECT count() AS parts FROM system.mutations WHERE table = 'events' AND NOT is_done");
  await expect.poll(toDo, { timeout: 30_000 }).toEqual([{ parts: 0 }]);
  expect(await found("Role", "Operator")).toEqual(idsOf(inRole));
  expect(await found("contains", '"SOURCEIPADDRESS":"10.0.0.33"')).toEqual(idsOf(records.slice(33, 34)));
  expect(await found("SourceIPAddress", "10.0.0.33")).toEqual(idsOf(records.slice(33, 34)));
  expect(await found("AccessKeyId", "AKIAIOSFODNN7EXAMPLE")).toEqual(
    idsOf(records.filter((record) => !inRole.includes(record))),
  );
  expect(await tables.query("SELECT count() AS all, uniqExact(position) AS different FROM events")).toEqual([
    { all: 600, different: 600 },
  ]);
  // Nothing is left to fill in.
  expect(
    await tables.query(
      `SELECT count() AS columns FROM system.parts_columns WHERE table = 'events' AND active AND column = 'role'`,
    ),
  ).toEqual(await tables.query("SELECT count() AS columns FROM system.parts WHERE table = 'events' AND active"));
  const unbuilt =
    "SELECT count() AS parts FROM system.parts WHERE table = 'events' AND active AND secondary_indices_marks_bytes = 0";
  expect(await tables.query(unbuilt)).toEqual([{ parts: 0 }]);
  expect(
    await tables.query("SELECT name FROM system.data_skipping_indices WHERE table = 'events' AND expr LIKE '%raw%'"),
  ).toEqual([{ name: "by_sequences" }]);
});
