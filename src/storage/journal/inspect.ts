import { open } from "node:fs/promises";
import type { Entry, Position } from "./journal.ts";
import { readEntries, recover } from "./segment.ts";
import { listSegments } from "./segments.ts";

/** What a look at the end of a journal found. */
export interface JournalEnd {
  readonly end: Position;
  /** The newest entry; undefined in an empty journal. */
  readonly newest: Entry | undefined;
  /** Bytes behind it that are no whole entry: of a write that a crash broke off, or that is under way. */
  readonly tornBytes: number;
}

/**
 * Looks at the end of a journal and changes nothing; it may be in use. Rejects with the file and the offset when
 * acknowledged entries of the last segment are damaged.
 */
export async function inspectJournal(folder: string): Promise<JournalEnd> {
  const segments = await listSegments(folder);
  const last = segments.at(-1);
  if (!last) return { end: 0, newest: undefined, tornBytes: 0 };
  const file = await open(last.path, "r");
  try {
    const { size: fileSize } = await file.stat();
    const { next, size } = await recover(file, last, fileSize);
    const end = next - 1;
    const [newest] = end < last.first ? [] : await readEntries(file, { ...last, size }, end, 1);
    return { end, newest, tornBytes: fileSize - size };
  } finally {
    await file.close();
  }
}
