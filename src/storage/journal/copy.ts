import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { lostName } from "./segment.ts";
import { listLost, listSegments } from "./segments.ts";

/**
 * Begins to copy a journal that may be in use: what it has now is in the copy that `finish` makes, and what comes until
 * then. A write that is under way leaves a torn tail there, which the next start cuts off. `finish` rejects when the
 * journal gave up segments in between.
 */
export async function copyJournal(folder: string, to: string): Promise<{ finish(): Promise<void> }> {
  const [first] = await listSegments(folder);
  return {
    async finish() {
      await mkdir(to, { recursive: true, mode: 0o700 });
      const segments = await listSegments(folder);
      if (first && segments[0]?.path !== first.path)
        throw new Error("The journal gave up old entries meanwhile; make the backup again");
      for (const position of await listLost(folder)) await writeFile(join(to, lostName(position)), "");
      // The newest last: what is in a segment is in the copy of no later one.
      for (const { path } of segments) await copyFile(path, join(to, basename(path)));
    },
  };
}
