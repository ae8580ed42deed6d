import * as fs from "node:fs/promises";
import { join } from "node:path";
import { headerBytes, writeHeader } from "./frame.ts";
import type { Entry, Journal, Position } from "./journal.ts";
import { damaged, firstOf, mark, readEntries, recover, type Segment, segmentName } from "./segment.ts";

export interface SegmentJournalOptions {
  /** Created when it isn't there. */
  readonly folder: string;
  /** A segment that has grown to this size is followed by a new one. */
  readonly segmentBytes?: number;
  /** The disk; another one only to test what happens when it is full or fails. */
  readonly disk?: Pick<typeof fs, "open">;
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

/** Bytes that one group may hold; what doesn't fit goes with the next. */
const groupBytes = 8 * 1024 * 1024;

/**
 * Opens the journal in a folder of segment files and cuts off a torn tail. Appends that come while one group is being
 * written go together in the next: one write, one fdatasync. Rejects when the journal is damaged elsewhere.
 */
export async function openSegmentJournal(options: SegmentJournalOptions): Promise<Journal> {
  const { folder, segmentBytes = 64 * 1024 * 1024, disk = fs } = options;
  await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  const segments = await listSegments(folder);
  if (segments.length === 0) segments.push({ path: join(folder, segmentName(1)), first: 1, size: 0, marks: [] });

  let active = segments.at(-1) as Segment;
  let file = await openForAppend(active.path);
  const fileSize = (await file.stat()).size;
  const recovered = await recover(file, active, fileSize);
  active.size = recovered.size;
  let end: Position = recovered.next - 1;
  /** Bytes behind `active.size` that are of no append that succeeded, and must go before the next one is written. */
  let untidy = recovered.size < fileSize;
  if (untidy) await tidy();

  const queue: Append[] = [];
  let writing: Promise<void> | undefined;
  let closed = false;
  const waiters = new Set<Waiter>();

  async function openForAppend(path: string): Promise<fs.FileHandle> {
    // Not in append mode: writes name their place, so that a failed one is written over.
    const handle = await disk.open(path, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600);
    try {
      await syncFolder(folder);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return handle;
  }

  async function tidy(): Promise<void> {
    await file.truncate(active.size);
    await file.datasync();
    untidy = false;
  }

  async function nextSegment(): Promise<void> {
    const segment: Segment = { path: join(folder, segmentName(end + 1)), first: end + 1, size: 0, marks: [] };
    const handle = await openForAppend(segment.path);
    await file.close();
    file = handle;
    active = segment;
    segments.push(segment);
  }

  async function writeGroup(group: readonly Append[]): Promise<void> {
    if (untidy) await tidy();
    if (active.size >= segmentBytes) await nextSegment();
    const records = group.flatMap((append) => append.records);
    const headers = Buffer.allocUnsafe(records.length * headerBytes);
    const pieces: Buffer[] = [];
    const marks: [Position, number][] = [];
    let size = 0;
    for (const [index, record] of records.entries()) {
      const position = end + 1 + index;
      writeHeader(headers, index * headerBytes, position, index, record);
      pieces.push(headers.subarray(index * headerBytes, (index + 1) * headerBytes), record);
      marks.push([position, active.size + size]);
      size += headerBytes + record.length;
    }
    untidy = true;
    await writeAll(file, pieces, active.size);
    await file.datasync();
    untidy = false;
    for (const [position, offset] of marks) mark(active, position, offset);
    active.size += size;
  }

  /** Writes groups until there is no append left; each append is settled with its group. */
  async function writeQueue(): Promise<void> {
    while (queue.length > 0) {
      const group = takeGroup();
      try {
        await writeGroup(group);
      } catch (error) {
        for (const append of group) append.reject(error);
        if (untidy) await tidy().catch(() => undefined); // Tried again before the next group, which tells if it can't be.
        continue;
      }
      for (const append of group) {
        end += append.records.length;
        append.resolve(end);
      }
      for (const waiter of waiters) if (end > waiter.position) waiter.settle();
      // The answered callers append again before the next group is closed.
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

  function startWriting(): void {
    writing ??= new Promise<void>((resolve) => setImmediate(resolve)).then(writeQueue);
  }

  return {
    append(records) {
      if (closed) return Promise.reject(new Error("The journal is closed"));
      return new Promise((resolve, reject) => {
        queue.push({ records, resolve, reject });
        startWriting();
      });
    },

    async read(after, limit) {
      const entries: Entry[] = [];
      const last = end;
      let from = after + 1;
      while (from <= last && entries.length < limit) {
        const index = Math.max(
          0,
          segments.findLastIndex((candidate) => candidate.first <= from),
        );
        const segment = segments[index] as Segment;
        from = Math.max(from, segment.first);
        const reader = await fs.open(segment.path, "r");
        try {
          for (const entry of await readEntries(reader, segment, from, limit - entries.length)) entries.push(entry);
        } finally {
          await reader.close();
        }
        const next = (entries.at(-1)?.position ?? from - 1) + 1;
        const following = segments[index + 1];
        if (entries.length < limit && following !== undefined && next !== following.first) {
          throw damaged(segment, segment.size, `entry ${next} is not there`);
        }
        from = next;
      }
      return entries;
    },

    end: () => end,

    waitBeyond(position, signal) {
      if (end > position || signal.aborted) return Promise.resolve();
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
        signal.addEventListener("abort", onAbort, { once: true });
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
      await file.close();
    },
  };
}

async function listSegments(folder: string): Promise<Segment[]> {
  const segments: Segment[] = [];
  for (const name of (await fs.readdir(folder)).sort()) {
    const first = firstOf(name);
    if (first === undefined) continue;
    const path = join(folder, name);
    segments.push({ path, first, size: (await fs.stat(path)).size, marks: [] });
  }
  return segments;
}

async function writeAll(file: fs.FileHandle, pieces: readonly Buffer[], offset: number): Promise<void> {
  let rest = pieces;
  let at = offset;
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest as Buffer[], at);
    at += bytesWritten;
    rest = dropBytes(rest, bytesWritten);
  }
}

/** The pieces without their first `count` bytes. */
function dropBytes(pieces: readonly Buffer[], count: number): readonly Buffer[] {
  let left = count;
  for (const [index, piece] of pieces.entries()) {
    if (left < piece.length) return [piece.subarray(left), ...pieces.slice(index + 1)];
    left -= piece.length;
  }
  return [];
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
