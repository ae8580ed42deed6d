import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { RecordsOfFile } from "../history/index.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { versionsOfBucket } from "../services/s3/index.ts";
import type { Objects } from "../storage/objects/index.ts";
import type { State } from "../storage/state/index.ts";
import { logsFolder, trailsToDeliver } from "../trails/index.ts";

/** Where a log file lies. */
export interface Place {
  readonly bucket: string;
  readonly key: string;
}

const unzip = promisify(gunzip);
const pageSize = 1_000;
// <account>_CloudTrail_<Region>_20261101T1205Z_<unique>.json.gz: the minutes that it is of. A version's name goes on after it.
const logFile = /\/CloudTrail\/[^\0]*_CloudTrail_[^_]+_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_\w+\.json\.gz(\0|$)/;

/** Log files of the trails' buckets that are OpenTrail's own, of the time from `from` to `to` (milliseconds), oldest first. */
export async function deliveredLogFiles(state: State, objects: Objects, from: number, to: number): Promise<Place[]> {
  const found = new Map<string, Place & { readonly time: number }>();
  for (const { trail } of await trailsToDeliver(state)) {
    for (const bucket of [trail.bucket, versionsOfBucket(trail.bucket)]) {
      const prefix = `${logsFolder(trail)}/`;
      let after: string | undefined;
      do {
        const page = await objects.list(bucket, { prefix, limit: pageSize, ...(after !== undefined && { after }) });
        for (const { key } of page) {
          const [, year, month, day, hour, minute] = logFile.exec(key)?.map(Number) ?? [];
          if (year === undefined) continue;
          const time = Date.UTC(year, (month ?? 1) - 1, day, hour, minute);
          if (time >= from && time <= to) found.set(`${bucket}/${key}`, { bucket, key, time });
        }
        after = page.length < pageSize ? undefined : page.at(-1)?.key;
      } while (after !== undefined);
    }
  }
  return [...found.values()].sort((one, other) => one.time - other.time);
}

/** The records of the files, one file at a time. Rejects in one line when a file isn't what a trail delivered. */
export async function* recordsOf(objects: Objects, files: readonly Place[]): AsyncGenerator<RecordsOfFile> {
  for (const { bucket, key } of files) {
    const name = `s3://${bucket}/${key}`;
    const object = await objects.get(bucket, key);
    if (!object) continue;
    try {
      const text = await unzip(await buffer(object.body));
      const { Records } = JSON.parse(text.toString()) as { Records: CloudTrailRecord[] };
      yield { name, records: Records };
    } catch (error) {
      throw new Error(`${name} is no log file that can be read: ${(error as Error).message}`, { cause: error });
    }
  }
}
