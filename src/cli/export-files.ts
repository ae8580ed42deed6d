import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { addRecord, type LogFile, logFileBytes, logFileKey, maxLogFileBytes } from "../trails/index.ts";
import type { FoundEvent } from "./found-event.ts";

export interface Exported {
  readonly events: number;
  readonly files: number;
}

async function writeLogFile(out: string, file: LogFile, part: number): Promise<void> {
  const path = join(out, logFileKey({}, file, `export/${part}`));
  await mkdir(dirname(path), { recursive: true });
  // Events come newest first; in a log file they lie in the order of the journal.
  const { body } = await logFileBytes({ ...file, records: file.records.toReversed() });
  await writeFile(`${path}.part`, body);
  await rename(`${path}.part`, path);
}

/**
 * Writes events, which come newest first, as log files below `out` in CloudTrail's layout: one for each account, Region
 * and five minutes. The same events give the same files. No more than five minutes of events are in memory.
 */
export async function writeLogFiles(events: AsyncIterable<FoundEvent>, out: string): Promise<Exported> {
  let [count, files] = [0, 0];
  let open = new Map<string, LogFile>();
  let bytes = 0;
  let [mark, part] = [0, 0];

  async function write(): Promise<void> {
    for (const file of open.values()) await writeLogFile(out, file, part);
    files += open.size;
    open = new Map();
    bytes = 0;
  }

  for await (const { record } of events) {
    const line = Buffer.from(JSON.stringify(record));
    const next = new Map<string, LogFile>();
    addRecord(next, record, line);
    const its = [...next.values()][0]?.mark ?? 0;
    if (its !== mark || bytes + line.length > maxLogFileBytes) {
      await write();
      part = its === mark ? part + 1 : 0;
      mark = its;
    }
    bytes += addRecord(open, record, line);
    count += 1;
  }
  await write();
  return { events: count, files };
}
