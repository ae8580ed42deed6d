import { copyFile, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { copyEnvironment, openEnvironment } from "../environment.ts";
import { openIndex, placeOf, type Row } from "./folder.ts";

/** What decides whether an object is copied. */
export interface CopiedObject {
  readonly bucket: string;
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

const isGone = (error: unknown) => (error as NodeJS.ErrnoException).code === "ENOENT";

/**
 * Begins to copy a folder of objects that may be in use: its index as it is now. `objects` are those of the index;
 * `finish` copies the bytes of what `keep` names, and resolves with their number. An object that is replaced meanwhile is
 * copied as it is then, one that is deleted is not.
 */
export async function copyObjects(folder: string, to: string) {
  await copyEnvironment(join(folder, "index"), join(to, "index"));

  async function withIndex<Result>(work: (index: ReturnType<typeof openIndex>) => Promise<Result>): Promise<Result> {
    const { root } = openEnvironment(join(to, "index"));
    try {
      return await work(openIndex(root));
    } finally {
      await root.close();
    }
  }

  /** Copies the row's bytes, or those of the row that took its place. */
  async function copyBytes(name: Buffer, row: Row, now: ReturnType<typeof openIndex>): Promise<Row | undefined> {
    const target = join(to, "files", placeOf(row.file));
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    try {
      await copyFile(join(folder, "files", placeOf(row.file)), target);
      return row;
    } catch (error) {
      const current = now.get(name);
      if (!isGone(error) || current?.file === row.file) throw error;
      return current && copyBytes(name, current, now);
    }
  }

  return {
    objects: () => withIndex(async (index) => [...index.getRange()].map(({ key, value }) => described(key, value))),

    finish: (keep: (object: CopiedObject) => boolean) =>
      withIndex(async (index) => {
        const live = openEnvironment(join(folder, "index"), true);
        try {
          const now = openIndex(live.root);
          let count = 0;
          for (const { key, value } of [...index.getRange()]) {
            const copied = keep(described(key, value)) ? await copyBytes(key, value, now) : undefined;
            if (!copied) await index.remove(key);
            else if (copied !== value) await index.put(key, copied);
            if (copied) count += 1;
          }
          return count;
        } finally {
          await live.root.close();
        }
      }),
  };
}

function described(name: Buffer, { lastModified }: Row): CopiedObject {
  const end = name.indexOf(0);
  return { bucket: name.toString("utf8", 0, end), key: name.toString("utf8", end + 1), lastModified };
}
