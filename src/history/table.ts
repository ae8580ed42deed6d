import { durableTableSettings, type Tables } from "../storage/tables/index.ts";

// Data folders from before have it in the record only.
const roleColumn = `role LowCardinality(String) DEFAULT if(
  JSONExtractString(raw, 'userIdentity', 'sessionContext', 'sessionIssuer', 'type') = 'Role',
  JSONExtractString(raw, 'userIdentity', 'sessionContext', 'sessionIssuer', 'userName'), '')`;

/**
 * Makes the `events` table and sets how long it keeps events. In the order in which LookupEvents reads: one account
 * and Region by time; the bloom filters spare reading what can't hold a rare or missing value. Resource names, two and
 * more an event, have postings instead: they halve those look-ups for a tenth more disk (npm run bench history). Columns
 * of few values have sets: all their bloom filters are alike, so a value that passes one by chance passes them all.
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
      access_key_id LowCardinality(String),
      read_only LowCardinality(String),
      resource_types Array(LowCardinality(String)),
      resource_names Array(String),
      source_ip LowCardinality(String),
      user_agent LowCardinality(String),
      error_code LowCardinality(String),
      category LowCardinality(String),
      principal_arn LowCardinality(String),
      ${roleColumn},
      request_id String,
      raw String CODEC(ZSTD(1)),
      INDEX by_event_id event_id TYPE bloom_filter(0.01) GRANULARITY 16,
      INDEX by_event_name event_name TYPE bloom_filter(0.01) GRANULARITY 16,
      INDEX by_event_source event_source TYPE set(64) GRANULARITY 16,
      INDEX by_username username TYPE bloom_filter(0.01) GRANULARITY 16,
      INDEX by_access_key_id access_key_id TYPE bloom_filter(0.01) GRANULARITY 16,
      INDEX by_read_only read_only TYPE set(2) GRANULARITY 16,
      INDEX by_resource_types resource_types TYPE bloom_filter(0.01) GRANULARITY 16,
      INDEX by_resource_names resource_names TYPE text(tokenizer = 'array')
    )
    ENGINE = MergeTree
    PARTITION BY toYYYYMM(time)
    ORDER BY (account, region, time, position)
    ${ttl}
    SETTINGS index_granularity = 256, ${durableTableSettings}`);
  await tables.command(`ALTER TABLE events ADD COLUMN IF NOT EXISTS ${roleColumn} AFTER principal_arn`);
  // Does nothing where the table has that TTL already.
  await tables.command(`ALTER TABLE events MODIFY ${ttl}`);
}
