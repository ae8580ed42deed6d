import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { join } from "node:path";

// https://github.com/LMDB/lmdb/blob/mdb.master3/libraries/liblmdb/mdb.c: MDB_page, MDB_meta, in the machine's order, which
// is little-endian wherever Node.js runs today. Offsets from the start of a meta page.
const magic = { at: 24, value: 0xbeefc0de };
const pageSize = 48;
const roots = [88, 136];
const transaction = 152;
const metaBytes = 160;
const noPage = 0xffff_ffff_ffff_ffffn;

/**
 * What is wrong with the LMDB file in a folder; undefined when nothing is, or when there is none yet. LMDB maps the file as
 * it comes: one that is none of its own, or that was cut off, would end the process without a word.
 */
export function lmdbFault(folder: string): string | undefined {
  const path = join(folder, "data.mdb");
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    if (size === 0) return undefined;
    const first = metaAt(file, 0);
    const second = first && metaAt(file, first.readUInt32LE(pageSize));
    if (!first || !second) return `${path} is no LMDB file`;
    const isOlder = first.readBigUInt64LE(transaction) < second.readBigUInt64LE(transaction);
    const meta = isOlder ? second : first;
    const pages = BigInt(Math.floor(size / meta.readUInt32LE(pageSize)));
    const isCut = roots.some((root) => {
      const page = meta.readBigUInt64LE(root);
      return page !== noPage && page >= pages;
    });
    return isCut ? `${path} is cut off: ${size} bytes are less than what it begins with speaks of` : undefined;
  } finally {
    closeSync(file);
  }
}

function metaAt(file: number, offset: number): Buffer | undefined {
  const meta = Buffer.alloc(metaBytes);
  const isThere = readSync(file, meta, 0, metaBytes, offset) === metaBytes;
  return isThere && meta.readUInt32LE(magic.at) === magic.value && meta.readUInt32LE(pageSize) > 0 ? meta : undefined;
}
