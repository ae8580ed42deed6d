import * as fs from "node:fs/promises";
import { join } from "node:path";
import { type Disk, openAppender, syncFolder } from "./appender.ts";
import { headerBytes } from "./frame.ts";
import type { Entry, Journal, Position } from "./journal.ts";
import { firstOf, lostFrom, missing, readEntries, type Segment } from "./segment.ts";

export interface SegmentJournalOptions {
  /** Created when it isn't there. */
  readonly folder: string;
  /** A segment that has grown to this size is followed by a new one. */
  readonly segmentBytes?: number;
  /** The disk; another one only to test what happens when it is full or fails. */
  readonly disk?: Disk;
  /** Told of bytes that were cut off the end of a segment: of a write that was broken off and never acknowledged. */
  readonly onTornTail?: ((path: string, bytes: number) => void) | undefined;
  /** Told how long the disk took to make a group of records durable. */
  readonly onWritten?: ((milliseconds: number) => void) | undefined;
}

interface Append {
  readonly records: readonly Buffer[];
  readonly resolve: (last: Position) => void;
  readonly reject: (error: unknown) => void;
}

interface Waiter {
  readonly position: Position;
  readonly settle: (error?: Error) => void;
}

/** When a group has so many bytes, what doesn't fit goes with the next. */
const groupBytes = 8 * 1024 * 1024;

/**
 * Opens the journal in a folder of segment files and cuts off a torn tail. Appends that come while one group is being
 * written go together in the next: one write, one fdatasync. Rejects when acknowledged entries of the last segment are
 * damaged; `read` does for the others.
 */
export async function openSegmentJournal(options: SegmentJournalOptions): Promise<Journal> {
  const { folder, segmentBytes = 64 * 1024 * 1024, disk = fs, onWritten = () => {} } = options;
  await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  const segments = await listSegments(folder);
  const lost = await listLost(folder);
  const appender = await openAppender(folder, segments, {
    segmentBytes,
    lost: lost.at(-1),
    // Readers may know entries that were given up: positions go on behind any that a segment can have had.
    mostLost: Math.ceil((segmentBytes + groupBytes) / headerBytes),
    disk,
    onTornTail: options.onTornTail,
  });

  const queue: Append[] = [];
  const waiters = new Set<Waiter>();
  let writing: Promise<void> | undefined;
  let closed = false;

  async function writeQueue(): Promise<void> {
    // Whoever has something to append in this turn of the event loop, be it an answered caller, comes in time.
    await new Promise(setImmediate);
    while (queue.length > 0) {
      const group = takeGroup();
      let last = appender.next() - 1;
      const startedAt = performance.now();
      try {
        await appender.write(group.flatMap((append) => append.records));
        onWritten(performance.now() - startedAt);
        for (const append of group) {
          last += append.records.length;
          append.resolve(last);
        }
        for (const waiter of waiters) if (last > waiter.position) waiter.settle();
      } catch (error) {
        for (const append of group) append.reject(error);
      }
      await new Promise(setImmediate);
    }
    writing = undefined;
  }

  function takeGroup(): Append[] {
    let bytes = 0;
    let count = 0;
    while (count < queue.length && bytes < groupBytes) {
      for (const record of (queue[count] as Append).records) bytes += record.length;
      count += 1;
    }
    return queue.splice(0, count);
  }

  /** The entries of one segment from `from` on, or of the first one that is still there, and where to go on. */
  async function readSegment(from: Position, limit: number): Promise<{ entries: Entry[]; next: Position }> {
    const index = Math.max(
      0,
      segments.findLastIndex((candidate) => candidate.first <= from),
    );
    const segment = segments[index] as Segment;
    const following = segments[index + 1];
    const file = await fs.open(segment.path, "r");
    try {
      const entries = await readEntries(file, segment, Math.max(from, segment.first), limit);
      const next = (entries.at(-1)?.position ?? from - 1) + 1;
      if (entries.length === limit || following === undefined || next === following.first) return { entries, next };
      if (lost.some((position) => position >= segment.first && position <= next))
        return { entries, next: following.first };
      throw missing(folder, next, `entry ${following.first} is there`);
    } finally {
      await file.close();
    }
  }

  return {
    append(records) {
      if (closed) return Promise.reject(new Error("The journal is closed"));
      return new Promise((resolve, reject) => {
        queue.push({ records, resolve, reject });
        writing ??= writeQueue();
      });
    },

    async read(after, limit) {
      const last = appender.end();
      const entries: Entry[] = [];
      for (let from = after + 1; from <= last && entries.length < limit; ) {
        const found = await readSegment(from, limit - entries.length);
        for (const entry of found.entries) entries.push(entry);
        from = found.next;
      }
      return entries;
    },

    end: appender.end,

    checkReach(position) {
      const next = appender.next();
      if (position >= next) throw missing(folder, next, `entries up to ${position} were read from it`);
    },

    waitBeyond(position, signal) {
      if (appender.end() > position || signal.aborted) return Promise.resolve();
      if (closed) return Promise.reject(new Error("The journal is closed"));
      return new Promise((resolve, reject) => {
        const onAbort = () => waiter.settle();
        const waiter: Waiter = {
          position,
          settle(error) {
            waiters.delete(waiter);
            signal.removeEventListener("abort", onAbort);
            if (error === undefined) resolve();
            else reject(error);
          },
        };
        waiters.add(waiter);
        signal.addEventListener("abort", onAbort);
      });
    },

    async trim(position) {
      // A segment may go when the next one begins at or before the first entry that stays.
      while (segments.length > 1 && (segments[1] as Segment).first <= position + 1) {
        const gone = segments.shift() as Segment;
        await fs.rm(gone.path, { force: true });
      }
      await syncFolder(folder);
    },

    async close() {
      if (closed) return;
      closed = true;
      await writing;
      for (const waiter of waiters) waiter.settle(new Error("The journal is closed"));
      await appender.close();
    },
  };
}

/** The segment files of a folder, the oldest first. */
export async function listSegments(folder: string): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const name of (await fs.readdir(folder)).sort()) {
    const first = firstOf(name);
    if (first === undefined) continue;
    const path = join(folder, name);
    segments.push({ path, first, size: (await fs.stat(path)).size, marks: [] });
  }
  return segments;
}

/** From where on entries are given up, ascending: a person put a file of that name there. */
export async function listLost(folder: string): Promise<Position[]> {
  const names = (await fs.readdir(folder)).sort();
  return names.map(lostFrom).filter((position) => position !== undefined);
}
