import type { FileHandle } from "node:fs/promises";
import { basename, join } from "node:path";
import { claimedSize, type Frame, headerBytes, readFrame } from "./frame.ts";
import type { Entry, Position } from "./journal.ts";

/** One file of the journal. Its name is the position of its first entry. */
export interface Segment {
  readonly path: string;
  readonly first: Position;
  /** The bytes that may be read: whole, durable frames. */
  size: number;
  /** Known places of entries, one every `markBytes` at most, ascending. */
  readonly marks: Mark[];
}

interface Mark {
  readonly position: Position;
  readonly offset: number;
}

const markBytes = 256 * 1024;
const chunkBytes = 256 * 1024;
const nameDigits = 16;
const suffix = ".journal";
const lostSuffix = ".lost";

export function segmentName(first: Position): string {
  return `${String(first).padStart(nameDigits, "0")}${suffix}`;
}

/** The position in a segment's file name; undefined for any other file. */
export function firstOf(path: string): Position | undefined {
  return positionIn(path, suffix);
}

/** The position from which on entries are given up, as the name of a file says that a person put there; else undefined. */
export function lostFrom(path: string): Position | undefined {
  return positionIn(path, lostSuffix);
}

export function lostName(from: Position): string {
  return `${String(from).padStart(nameDigits, "0")}${lostSuffix}`;
}

function positionIn(path: string, end: string): Position | undefined {
  const name = basename(path);
  const digits = name.slice(0, -end.length);
  return name.endsWith(end) && /^\d{16}$/.test(digits) ? Number(digits) : undefined;
}

/** Remembers where `position` lies, when the last known place is far enough before it. */
export function mark(segment: Segment, position: Position, offset: number): void {
  const last = segment.marks.at(-1);
  if (last === undefined || offset - last.offset >= markBytes) segment.marks.push({ position, offset });
}

/** The last known place at or before `position`. */
function markBefore(segment: Segment, position: Position): Mark {
  let low = 0;
  let high = segment.marks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((segment.marks[middle] as Mark).position <= position) low = middle + 1;
    else high = middle;
  }
  return segment.marks[low - 1] ?? { position: segment.first, offset: 0 };
}

export function damaged({ path, first }: Segment, offset: number, what: string): Error {
  return new Error(
    `The journal is damaged: ${path} at offset ${offset}: ${what}. Restore this file from a backup, or rename it to ${lostName(first)} to go on without its entries`,
  );
}

/** Entries from `position` on aren't there, though later ones are, or were. */
export function missing(folder: string, position: Position, why: string): Error {
  return new Error(
    `The journal is damaged: ${folder} has no entry ${position}, though ${why}. Restore its files from a backup, or make an empty file ${join(folder, lostName(position))} to go on without what is missing`,
  );
}

/** Frames from `offset` up to `end`, and where the first one stands that is not whole. */
async function* frames(
  file: FileHandle,
  offset: number,
  end: number,
): AsyncGenerator<{ frame: Frame; offset: number }> {
  let start = offset;
  let wanted = chunkBytes;
  while (start < end) {
    const bytes = Buffer.allocUnsafeSlow(Math.min(wanted, end - start));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
    const chunk = bytes.subarray(0, bytesRead);
    let at = 0;
    for (;;) {
      const frame = readFrame(chunk, at);
      if (frame === undefined) break;
      yield { frame, offset: start + at };
      at += frame.size;
    }
    if (at === 0) {
      const size = claimedSize(chunk, 0) ?? headerBytes;
      if (size <= chunk.length || start + size > end || bytesRead < bytes.length) return;
      wanted = Math.max(size, chunkBytes);
    } else wanted = chunkBytes;
    start += at;
  }
}

/** Up to `limit` entries from position `from` on. Rejects with the file and the offset where the segment is damaged. */
export async function readEntries(file: FileHandle, segment: Segment, from: Position, limit: number): Promise<Entry[]> {
  const entries: Entry[] = [];
  const end = segment.size;
  const start = markBefore(segment, from);
  let position = start.position;
  let next = start.offset;
  for await (const { frame, offset } of frames(file, start.offset, end)) {
    if (frame.position !== position) throw damaged(segment, offset, `entry ${position} is not there`);
    mark(segment, position, offset);
    if (position >= from) entries.push({ position, record: frame.record });
    position += 1;
    next = offset + frame.size;
    if (entries.length === limit) return entries;
  }
  if (next < end) throw damaged(segment, next, `entry ${position} is broken`);
  return entries;
}

/** What a look through a whole segment found: the position after its last entry, and where its whole frames end. */
export interface Recovered {
  readonly next: Position;
  readonly size: number;
}

/**
 * Reads the last segment through. What follows its last whole frame is a torn tail, never acknowledged, and can be cut
 * off; unless a later whole frame says that the broken place was durable before: then it rejects, as data was damaged.
 */
export async function recover(file: FileHandle, segment: Segment, fileSize: number): Promise<Recovered> {
  let next = segment.first;
  let size = 0;
  for await (const { frame, offset } of frames(file, 0, fileSize)) {
    if (frame.position !== next) throw damaged(segment, offset, `entry ${next} is not there`);
    mark(segment, next, offset);
    next += 1;
    size = offset + frame.size;
  }
  if (size < fileSize && (await wasDurable(file, next, size, fileSize))) {
    throw damaged(segment, size, `entry ${next} is broken, and entries after it are whole`);
  }
  return { next, size };
}

/** Whether a whole frame of a later group stands behind the broken one of `position`. */
async function wasDurable(file: FileHandle, position: Position, offset: number, fileSize: number): Promise<boolean> {
  const tail = Buffer.allocUnsafeSlow(fileSize - offset);
  const { bytesRead } = await file.read(tail, 0, tail.length, offset);
  const bytes = tail.subarray(0, bytesRead);
  const furthest = position + bytes.length / headerBytes;
  for (let at = 1; at + headerBytes <= bytes.length; at++) {
    const claimed = bytes.readDoubleLE(at + 8);
    if (!(claimed > position && claimed <= furthest)) continue;
    const frame = readFrame(bytes, at);
    if (frame !== undefined && frame.position - frame.group > position) return true;
  }
  return false;
}
