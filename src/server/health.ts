import { constants } from "node:fs";
import { access, statfs } from "node:fs/promises";
import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";
import type { Recorder } from "../gateway/index.ts";
import type { Journal, Position } from "../storage/journal/index.ts";
import type { UpstreamHealth } from "../upstream/index.ts";

/** How far behind a reader of the journal is. */
export interface ReaderHealth {
  readonly position: Position;
  readonly backlogEntries: number;
  /** Since the oldest record that it has yet to work on; 0 when there is none. */
  readonly backlogSeconds: number;
}

/** The last failure of one kind. What failed is tried again by itself. */
export interface Failure {
  /** Such as `Delivery of arn:aws:cloudtrail:…`. */
  readonly what: string;
  readonly message: string;
  /** ISO 8601. */
  readonly at: string;
  /** How often it has failed since the start. */
  readonly times: number;
}

/** What /_opentrail/health tells. */
export interface Health {
  readonly status: "ok" | "not ready";
  /** Why it isn't ready. */
  readonly reason?: string;
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  readonly uptimeSeconds: number;
  readonly journal: { readonly end: Position };
  readonly readers: Readonly<Record<string, ReaderHealth>>;
  /** By pattern; none where OpenTrail answers itself. */
  readonly upstreams: Readonly<Record<string, UpstreamHealth>>;
  readonly disk: { readonly freeBytes: number; readonly sizeBytes: number };
  /** The newest first. */
  readonly failures: readonly Failure[];
}

export interface HealthParts {
  readonly folder: string;
  readonly version: string;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly recorder: Pick<Recorder, "check">;
  /** How far each reader of the journal is. */
  readonly positions: () => Promise<Readonly<Record<string, Position>>>;
  readonly upstreams: () => Readonly<Record<string, UpstreamHealth>>;
  readonly failures: Failures;
  /** Aborts when no more is served. */
  readonly stopping: AbortSignal;
}

export interface Failures {
  note(what: string, error: unknown): void;
  /** The newest first. */
  list(): readonly Failure[];
}

const mostFailures = 20;
const longestMessage = 300;

/** Keeps the last failure of each kind, of the newest kinds. */
export function createFailures(clock: Clock): Failures {
  const byKind = new Map<string, Failure>();
  return {
    note(what, error) {
      const times = (byKind.get(what)?.times ?? 0) + 1;
      const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
      byKind.delete(what);
      const at = new Date(clock.now()).toISOString();
      byKind.set(what, { what, message: line.slice(0, longestMessage), at, times });
      const [oldest] = byKind.keys();
      if (byKind.size > mostFailures && oldest !== undefined) byKind.delete(oldest);
    },
    list: () => [...byKind.values()].reverse(),
  };
}

export interface HealthCheck {
  /** Everything at once. */
  whole(): Promise<Health>;
  /** One line that says why no call can be served now; undefined when calls can be. */
  notReady(): Promise<string | undefined>;
}

/** Tells how a running OpenTrail is. */
export function createHealthCheck(parts: HealthParts): HealthCheck {
  const { folder, version, clock, journal, recorder, positions, upstreams, failures, stopping } = parts;
  const startedAt = clock.now();

  async function backlogSeconds(position: Position): Promise<number> {
    if (position >= journal.end()) return 0;
    try {
      const [next] = await journal.read(position, 1);
      if (!next) return 0;
      const { eventTime } = JSON.parse(next.record.toString()) as { eventTime: string };
      return Math.max(0, Math.round((clock.now() - Date.parse(eventTime)) / 1_000));
    } catch (error) {
      failures.note("Reading the journal", error);
      return 0;
    }
  }

  async function notReady(): Promise<string | undefined> {
    if (stopping.aborted) return "OpenTrail is stopping";
    try {
      await recorder.check();
      // A file system that was made read-only has room.
      await access(folder, constants.W_OK);
      return undefined;
    } catch (error) {
      if (error instanceof AwsError) return error.message;
      return `The data folder can't be written (${(error as NodeJS.ErrnoException).code})`;
    }
  }

  return {
    notReady,

    async whole() {
      const reason = await notReady();
      const { bavail, blocks, bsize } = await statfs(folder);
      const readers = Object.entries(await positions()).map(async ([name, position]) => {
        const backlogEntries = Math.max(0, journal.end() - position);
        return [name, { position, backlogEntries, backlogSeconds: await backlogSeconds(position) }] as const;
      });
      return {
        status: reason === undefined ? "ok" : "not ready",
        ...(reason !== undefined && { reason }),
        version,
        node: process.version,
        pid: process.pid,
        uptimeSeconds: Math.round((clock.now() - startedAt) / 1_000),
        journal: { end: journal.end() },
        readers: Object.fromEntries(await Promise.all(readers)),
        upstreams: upstreams(),
        disk: { freeBytes: bavail * bsize, sizeBytes: blocks * bsize },
        failures: failures.list(),
      };
    },
  };
}
