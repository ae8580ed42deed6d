import { durableTableSettings, type Tables } from "../storage/tables/index.ts";

/**
 * Makes the `events` table, or brings the one of an older data folder up to date, and sets how long it keeps events. In
 * the order in which LookupEvents reads: one account and Region by time; the bloom filters spare reading what can't hold
 * a rare or missing value. Resource names, two and more an event, have postings instead: they halve those look-ups for a
 * tenth more disk (npm run bench history). Columns of few values have sets: all their bloom filters are alike, so a value
 * that passes one by chance passes them all.
 */
export async function createEventsTable(tables: Tables, retentionDays: number): Promise<void> {
  const ttl = `TTL time + INTERVAL ${Math.ceil(retentionDays)} DAY`;
  await tables.command(`
    CREATE TABLE IF NOT EXISTS events (
      account LowCardinality(String),
      region LowCardinality(String),
      time DateTime('UTC'),
      position UInt64,
      event_id String,
      event_name LowCardinality(String),
      event_source LowCardinality(String),
      username LowCardinality(String),
      access_key_id String,
      read_only LowCardinality(String),
      resource_types Array(LowCardinality(String)),
      resource_names Array(String),
      source_ip String,
      user_agent LowCardinality(String),
      error_code LowCardinality(String),
      category LowCardinality(String),
      principal_arn LowCardinality(String),
      ${role},
      request_id String,
      raw String CODEC(ZSTD(1)),
      INDEX by_event_id event_id TYPE bloom_filter(0.01) GRANULARITY 16,
      INDEX by_event_name event_name TYPE bloom_filter(0.01) GRANULARITY 16,
      INDEX by_event_source event_source TYPE set(64) GRANULARITY 16,
      INDEX by_username username TYPE bloom_filter(0.01) GRANULARITY 16,
      INDEX by_access_key_id access_key_id TYPE bloom_filter(0.01) GRANULARITY 16,
      INDEX by_read_only read_only TYPE set(2) GRANULARITY 16,
      INDEX by_resource_types resource_types TYPE bloom_filter(0.01) GRANULARITY 16,
      INDEX by_resource_names resource_names TYPE text(tokenizer = 'array'),
      ${bySourceIp},
      ${byText}
    )
    ENGINE = MergeTree
    PARTITION BY toYYYYMM(time)
    ORDER BY (account, region, time, position)
    ${ttl}
    SETTINGS index_granularity = 256, ${durableTableSettings}`);
  // Merges make it soon enough: inserts would take a third longer.
  await tables.command("SET exclude_materialize_skip_indexes_on_insert = 'by_sequences'");
  await upgrade(tables);
  await upgradeText(tables);
  // Does nothing where the table has that TTL already.
  await tables.command(`ALTER TABLE events MODIFY ${ttl}`);
}

// Data folders from before have it in the record only.
const role = `role LowCardinality(String) DEFAULT if(
  JSONExtractString(raw, 'userIdentity', 'sessionContext', 'sessionIssuer', 'type') = 'Role',
  JSONExtractString(raw, 'userIdentity', 'sessionContext', 'sessionIssuer', 'userName'), '')`;

// Which sequences of five characters 256 records have; finds rare text of five and more characters without reading the
// records (decision 0004).
const byText = "INDEX by_sequences lowerUTF8(raw) TYPE ngrambf_v1(5, 12288, 1, 0) GRANULARITY 1";

const bySourceIp = "INDEX by_source_ip source_ip TYPE bloom_filter(0.01) GRANULARITY 16";

const meanwhile = "SETTINGS alter_sync = 0, mutations_sync = 0";

/**
 * Brings the table of an older data folder to what is above. ClickHouse rewrites it meanwhile, beside what is read and
 * written, and goes on after a restart.
 */
async function upgrade(tables: Tables): Promise<void> {
  const [old] = await tables.query<{ columns: number }>(`
    SELECT count() AS columns FROM system.columns
    WHERE database = currentDatabase() AND table = 'events' AND name = 'source_ip' AND type LIKE 'LowCardinality%'`);
  if (!old?.columns) return;
  await tables.command(`ALTER TABLE events ADD COLUMN IF NOT EXISTS ${role} AFTER principal_arn`);
  await tables.command(`ALTER TABLE events MATERIALIZE COLUMN role ${meanwhile}`);
  await tables.command(`ALTER TABLE events MODIFY COLUMN access_key_id String ${meanwhile}`);
  await tables.command(`ALTER TABLE events ADD ${bySourceIp.replace("INDEX", "INDEX IF NOT EXISTS")}`);
  await tables.command(`ALTER TABLE events MATERIALIZE INDEX by_source_ip ${meanwhile}`);
  // The last, as its type tells whether the table is old.
  await tables.command(`ALTER TABLE events MODIFY COLUMN source_ip String ${meanwhile}`);
}

/** An older index over text has another name: ClickHouse would read its files as this one's until it has rewritten them. */
async function upgradeText(tables: Tables): Promise<void> {
  const [present] = await tables.query<{ indexes: number }>(`
    SELECT count() AS indexes FROM system.data_skipping_indices
    WHERE database = currentDatabase() AND table = 'events' AND name = 'by_sequences'`);
  if (present?.indexes) return;
  await tables.command(`ALTER TABLE events DROP INDEX IF EXISTS by_text ${meanwhile}`);
  await tables.command(`ALTER TABLE events ADD ${byText}`);
  await tables.command(`ALTER TABLE events MATERIALIZE INDEX by_sequences ${meanwhile}`);
}
