import { crc32 } from "node:zlib";
import type { Position } from "./journal.ts";

/**
 * A frame on disk: CRC-32 of all that follows · record's length · position · place in its group, then the record.
 * The place in the group says what was durable when the frame was written: everything before the group's first entry.
 * So a damaged frame in front of a whole one can be told apart: same group, and it was never acknowledged; an earlier
 * group, and acknowledged data was damaged.
 */
export interface Frame {
  readonly position: Position;
  readonly group: number;
  readonly record: Buffer;
  /** Bytes from the frame's start to the next frame's. */
  readonly size: number;
}

export const headerBytes = 20;

/** Writes the header of `record`'s frame into `target` at `offset`. */
export function writeHeader(target: Buffer, offset: number, position: Position, group: number, record: Buffer): void {
  target.writeUInt32LE(record.length, offset + 4);
  target.writeDoubleLE(position, offset + 8);
  target.writeUInt32LE(group, offset + 16);
  const checksum = crc32(record, crc32(target.subarray(offset + 4, offset + headerBytes)));
  target.writeUInt32LE(checksum, offset);
}

/** The frame's whole size, as its header claims; undefined when the header itself isn't whole. */
export function claimedSize(bytes: Buffer, offset: number): number | undefined {
  return bytes.length - offset < headerBytes ? undefined : headerBytes + bytes.readUInt32LE(offset + 4);
}

/** The frame at `offset`, or undefined when there is no whole and undamaged one. The record shares `bytes`' memory. */
export function readFrame(bytes: Buffer, offset: number): Frame | undefined {
  const size = claimedSize(bytes, offset);
  if (size === undefined || bytes.length - offset < size) return undefined;
  if (crc32(bytes.subarray(offset + 4, offset + size)) !== bytes.readUInt32LE(offset)) return undefined;
  return {
    position: bytes.readDoubleLE(offset + 8),
    group: bytes.readUInt32LE(offset + 16),
    record: bytes.subarray(offset + headerBytes, offset + size),
    size,
  };
}
