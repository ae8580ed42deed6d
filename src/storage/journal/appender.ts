import * as fs from "node:fs/promises";
import { join } from "node:path";
import { headerBytes, writeHeader } from "./frame.ts";
import type { Position } from "./journal.ts";
import { mark, recover, type Segment, segmentName } from "./segment.ts";

export type Disk = Pick<typeof fs, "open">;

/** Writes groups of records to the end of the last segment. One call at a time. */
export interface Appender {
  /** The position of the last durable entry. */
  end(): Position;
  /** The position of the next one. */
  next(): Position;
  /** Resolves when all records are durable. When it rejects none of them is kept, and the next call may work again. */
  write(records: readonly Buffer[]): Promise<void>;
  close(): Promise<void>;
}

export interface AppenderOptions {
  /** A segment that has grown to this size is followed by a new one. */
  readonly segmentBytes: number;
  /** From where on entries were given up last, and how many these may be. */
  readonly lost: Position | undefined;
  readonly mostLost: number;
  readonly disk: Disk;
  readonly onTornTail?: ((path: string, bytes: number) => void) | undefined;
}

/** Opens the last of `segments`, cuts its torn tail off, and pushes each new segment to `segments`. */
export async function openAppender(
  folder: string,
  segments: Segment[],
  { segmentBytes, lost = 0, mostLost, disk, onTornTail = () => {} }: AppenderOptions,
): Promise<Appender> {
  let active = segments.at(-1) ?? newSegment(1);
  let file = await open(active.path);
  let end: Position;
  let next: Position;
  /** Whether there are bytes behind `active.size`, of no write that succeeded: they go before the next one. */
  let untidy: boolean;
  try {
    const fileSize = (await file.stat()).size;
    const recovered = await recover(file, active, fileSize);
    const { size } = recovered;
    active.size = size;
    next = recovered.next;
    end = next - 1;
    untidy = size < fileSize;
    // What is there was perhaps not durable yet when the process before this one ended.
    if (untidy) {
      await tidy();
      onTornTail(active.path, fileSize - size);
    } else if (size > 0) await file.datasync();
    // A segment behind lost entries that has none yet: it would hide where the last entry is.
    if (lost > 0 && size === 0 && segments.length > 1) {
      await file.close();
      await fs.rm((segments.pop() as Segment).path);
      return openAppender(folder, segments, { segmentBytes, lost, mostLost, disk, onTornTail });
    }
  } catch (error) {
    await file.close();
    throw error;
  }

  if (segments.length === 0) segments.push(active);
  let isBehindLost = lost >= next;
  if (isBehindLost) next = lost + mostLost + 1;

  function newSegment(first: Position): Segment {
    return { path: join(folder, segmentName(first)), first, size: 0, marks: [] };
  }

  async function open(path: string): Promise<fs.FileHandle> {
    // Not in append mode: writes name their place, so that a failed one is written over. A write is durable when it
    // returns: one turn with the disk for each group, as the wake-ups of a second one cost more than either.
    const { O_RDWR, O_CREAT, O_DSYNC } = fs.constants;
    const handle = await disk.open(path, O_RDWR | O_CREAT | O_DSYNC, 0o600);
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

  async function startSegment(): Promise<void> {
    const segment = newSegment(next);
    const handle = await open(segment.path);
    await file.close();
    file = handle;
    active = segment;
    segments.push(segment);
    isBehindLost = false;
  }

  return {
    end: () => end,
    next: () => next,

    async write(records) {
      if (untidy) await tidy();
      if (isBehindLost || active.size >= segmentBytes) await startSegment();
      const headers = Buffer.allocUnsafe(records.length * headerBytes);
      const pieces: Buffer[] = [];
      for (const [index, record] of records.entries()) {
        const at = index * headerBytes;
        writeHeader(headers, at, next + index, index, record);
        pieces.push(headers.subarray(at, at + headerBytes), record);
      }
      untidy = true;
      try {
        await writeAll(file, pieces, active.size);
      } catch (error) {
        await tidy().catch(() => undefined); // Tried again by the next call, which rejects when it still can't be.
        throw error;
      }
      untidy = false;
      for (const record of records) {
        mark(active, next, active.size);
        active.size += headerBytes + record.length;
        next += 1;
      }
      end = next - 1;
    },

    close: () => file.close(),
  };
}

async function writeAll(file: fs.FileHandle, pieces: readonly Buffer[], offset: number): Promise<void> {
  let rest = pieces;
  let at = offset;
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev(rest as Buffer[], at);
    at += bytesWritten;
    rest = withoutFirst(rest, bytesWritten);
  }
}

/** The pieces without their first `count` bytes. */
function withoutFirst(pieces: readonly Buffer[], count: number): readonly Buffer[] {
  let left = count;
  for (const [index, piece] of pieces.entries()) {
    if (left < piece.length) return [piece.subarray(left), ...pieces.slice(index + 1)];
    left -= piece.length;
  }
  return [];
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await fs.open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
