import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../aws/clock.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { type Journal, openSegmentJournal } from "../storage/journal/index.ts";
import { openLmdbState, type State } from "../storage/state/index.ts";
import { openChdbTables, type Tables } from "../storage/tables/index.ts";
import { type History, type HistoryOptions, openHistory } from "./history.ts";

/** Noon of yesterday: the table drops what is too old by the machine's own clock. */
export const noon = (Math.floor(Date.now() / 86_400_000) - 0.5) * 86_400_000;

/** A record of Ada's call in us-east-1, at noon and `secondsAgo`, with its own event id. */
export function recordOf(secondsAgo: number, more: Partial<CloudTrailRecord> = {}): CloudTrailRecord {
  const { eventName = "DescribeInstances" } = more;
  return {
    eventVersion: "1.11",
    userIdentity: {
      type: "IAMUser",
      principalId: "AIDACKCEVSQ6C2EXAMPLE",
      arn: "arn:aws:iam::123456789012:user/Ada",
      accountId: "123456789012",
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      userName: "Ada",
    },
    eventTime: new Date(noon - secondsAgo * 1000).toISOString().replace(".000Z", "Z"),
    eventSource: "ec2.amazonaws.com",
    eventName,
    awsRegion: "us-east-1",
    sourceIPAddress: "192.0.2.1",
    userAgent: "aws-cli/2.31.0",
    requestParameters: null,
    responseElements: null,
    requestID: crypto.randomUUID(),
    eventID: crypto.randomUUID(),
    readOnly: /^(Describe|Get|List)/.test(eventName),
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: "123456789012",
    eventCategory: "Management",
    ...more,
  };
}

/** Event history on storage of its own, with the clock at noon. */
export interface Room {
  readonly journal: Journal;
  readonly state: State;
  readonly tables: Tables;
  readonly history: History;
  readonly failures: unknown[];
  /** Appends the records and waits until they are found. */
  record(...records: readonly CloudTrailRecord[]): Promise<void>;
  /** Stops Event history and opens it anew over the same storage, or over what stands in for a part of it. */
  reopen(replace?: Partial<HistoryOptions>): Promise<Room>;
  close(): Promise<void>;
}

/** Opens a room in a temporary folder, which goes when it is closed. */
export async function openRoom(replace: Partial<HistoryOptions> = {}): Promise<Room> {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-history-"));
  const journal = await openSegmentJournal({ folder: join(folder, "journal") });
  const state = await openLmdbState({ folder: join(folder, "state") });
  const tables = await openChdbTables({ folder: join(folder, "tables") });
  const clock: Clock = { now: () => noon };

  async function room(replaced: Partial<HistoryOptions>): Promise<Room> {
    const failures: unknown[] = [];
    const history = await openHistory({
      journal,
      state,
      tables,
      clock,
      retentionDays: 90,
      onFailure: (error) => failures.push(error),
      ...replaced,
    });
    await history.start();
    return {
      journal,
      state,
      tables,
      history,
      failures,
      async record(...records) {
        const end = await journal.append(records.map((record) => Buffer.from(JSON.stringify(record))));
        await history.caughtUp(end);
      },
      async reopen(again = {}) {
        await history.stop();
        return room(again);
      },
      async close() {
        await history.stop();
        await Promise.all([journal.close(), state.close(), tables.close()]);
        await rm(folder, { recursive: true, force: true });
      },
    };
  }
  return room(replace);
}
