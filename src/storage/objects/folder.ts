import { createHash, randomUUID } from "node:crypto";
import { constants, type FileHandle, mkdir, open as openFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import type { RootDatabase } from "lmdb";
import { type Clock, systemClock } from "../../aws/clock.ts";
import { longestKey, openEnvironment } from "../environment.ts";
import { gate } from "../gate.ts";
import type { ObjectHead, ObjectMeta, Objects } from "./objects.ts";

/** A row of the index: what is known of an object, and the file that has its bytes. */
export interface Row extends ObjectMeta {
  readonly file: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: number;
}

export interface FolderObjectsOptions {
  /** Created when it isn't there. */
  readonly folder: string;
  readonly clock?: Clock;
}

/**
 * Opens objects in a folder: each one's bytes in a file of their own with a random name, never written twice, and an
 * index in LMDB that says which object is in which file. A file that no object refers to is listed as loose in the
 * index before it is there, in the same transaction that lets go of it: what a crash left over is removed here.
 */
export async function openFolderObjects(options: FolderObjectsOptions): Promise<Objects> {
  const { folder, clock = systemClock } = options;
  const files = join(folder, "files");
  await mkdir(files, { recursive: true, mode: 0o700 });
  const { root, commit } = openEnvironment(join(folder, "index"));
  const index = openIndex(root);
  const loose = root.openDB<boolean, string>({ name: "loose", encoding: "json" });

  const pathOf = (file: string): string => join(files, placeOf(file));

  /** A file that can't be removed now stays listed, and goes when the folder is opened next. */
  async function removeLoose(file: string): Promise<void> {
    try {
      await rm(pathOf(file), { force: true });
      await commit(() => loose.remove(file));
    } catch {}
  }

  for (const file of [...loose.getKeys()]) await removeLoose(file);

  /** Puts `row` in the place of what the name had, and makes that loose; resolves with the old row. */
  function exchange(name: Buffer, row: Row | undefined): Promise<Row | undefined> {
    return commit(() => {
      const old = index.get(name);
      if (old !== undefined) loose.put(old.file, true);
      if (row === undefined) index.remove(name);
      else {
        index.put(name, row);
        loose.remove(row.file);
      }
      return old;
    });
  }

  /** Opens an object's file. When it was replaced in between, the row is read anew. */
  async function openCurrent(name: Buffer): Promise<{ row: Row; handle: FileHandle } | undefined> {
    for (;;) {
      const row = index.get(name);
      if (row === undefined) return undefined;
      try {
        return { row, handle: await openFile(pathOf(row.file), "r") };
      } catch (error) {
        const gone = (error as NodeJS.ErrnoException).code === "ENOENT";
        if (!gone || index.get(name)?.file === row.file) throw error;
      }
    }
  }

  async function put(name: Buffer, body: Readable | Uint8Array, meta: Parameters<Objects["put"]>[3]): Promise<Row> {
    const file = randomUUID();
    await commit(() => loose.put(file, true));
    let row: Row;
    let old: Row | undefined;
    try {
      const written = await writeFile(pathOf(file), body);
      const { headers } = typeof meta === "function" ? meta() : meta;
      row = { file, ...written, lastModified: clock.now(), headers };
      old = await exchange(name, row);
    } catch (error) {
      await removeLoose(file);
      throw error;
    }
    if (old !== undefined) await removeLoose(old.file);
    return row;
  }

  const { pass, close } = gate("The objects are");

  return {
    put: (bucket, key, body, meta) => pass(async () => headOf(key, await put(nameOf(bucket, key), body, meta))),

    head: (bucket, key) =>
      pass(async () => {
        const row = index.get(nameOf(bucket, key));
        return row === undefined ? undefined : headOf(key, row);
      }),

    get: (bucket, key, range) =>
      pass(async () => {
        const current = await openCurrent(nameOf(bucket, key));
        if (current === undefined) return undefined;
        const { row, handle } = current;
        const start = range?.start ?? 0;
        const end = Math.min(range?.end ?? row.size - 1, row.size - 1);
        if (start <= end) return { head: headOf(key, row), body: handle.createReadStream({ start, end }) };
        await handle.close();
        return { head: headOf(key, row), body: Readable.from([]) };
      }),

    describe: (bucket, key, change) =>
      pass(async () => {
        const name = nameOf(bucket, key);
        const changed = await commit(() => {
          const old = index.get(name);
          if (old === undefined) return () => undefined;
          try {
            const row = { ...old, headers: change(headOf(key, old)) };
            index.put(name, row);
            return () => headOf(key, row);
          } catch (error) {
            // Not here: others' changes may be in the same transaction.
            return () => {
              throw error;
            };
          }
        });
        return changed();
      }),

    delete: (bucket, key) =>
      pass(async () => {
        const old = await exchange(nameOf(bucket, key), undefined);
        if (old === undefined) return false;
        await removeLoose(old.file);
        return true;
      }),

    list: (bucket, { prefix = "", after, limit }) =>
      pass(async () => {
        const heads: ObjectHead[] = [];
        const bucketBytes = nameOf(bucket, "").length;
        const first = nameOf(bucket, prefix);
        const following = after === undefined ? first : nameOf(bucket, after);
        const start = Buffer.compare(first, following) > 0 ? first : following;
        for (const { key: name, value } of index.getRange({ start })) {
          if (heads.length === limit || !name.subarray(0, first.length).equals(first)) break;
          if (after !== undefined && name.equals(following)) continue;
          heads.push(headOf(name.toString("utf8", bucketBytes), value));
        }
        return heads;
      }),

    async close() {
      await close();
      await root.close();
    },
  };
}

/** The objects' rows by name. */
export function openIndex(root: RootDatabase) {
  return root.openDB<Row, Buffer>({ name: "objects", encoding: "json", keyEncoding: "binary" });
}

/** Where a file lies below `files`. */
export function placeOf(file: string): string {
  return join(file.slice(0, 2), file);
}

/** The index's key: buckets have no NUL, so the first one ends the bucket. */
function nameOf(bucket: string, key: string): Buffer {
  const name = Buffer.from(`${bucket}\0${key}`);
  if (name.length > longestKey) {
    throw new RangeError(`An object's bucket and key have at most ${longestKey} bytes, not ${name.length}`);
  }
  return name;
}

function headOf(key: string, { size, etag, lastModified, headers }: Row): ObjectHead {
  return { key, size, etag, lastModified, headers };
}

/** Writes a new file through to the disk, a piece at a time. */
async function writeFile(path: string, body: Readable | Uint8Array): Promise<{ size: number; etag: string }> {
  const folder = dirname(path);
  if ((await mkdir(folder, { recursive: true, mode: 0o700 })) !== undefined) await syncFolder(dirname(folder));
  const handle = await openFile(path, "wx", 0o600);
  const md5 = createHash("md5");
  let size = 0;
  try {
    for await (const piece of body instanceof Uint8Array ? [body] : body) {
      const bytes = typeof piece === "string" ? Buffer.from(piece) : (piece as Uint8Array);
      md5.update(bytes);
      size += bytes.length;
      await handle.writeFile(bytes);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(folder);
  return { size, etag: md5.digest("hex") };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await openFile(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
