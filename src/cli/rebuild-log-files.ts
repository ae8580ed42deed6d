import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { z } from "zod";
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

/** What Event history's table needs of a record, whoever wrote it. */
const record = z.looseObject({
  eventID: z.string(),
  eventTime: z.iso.datetime(),
  eventName: z.string(),
  eventSource: z.string(),
  awsRegion: z.string(),
  sourceIPAddress: z.string(),
  recipientAccountId: z.string(),
  eventCategory: z.string(),
  userAgent: z.string().optional(),
  errorCode: z.string().optional(),
  requestID: z.string().optional(),
  userIdentity: z.looseObject({}),
});
const logFileContent = z.object({ Records: z.array(record) });

/** Unpacked; trails' own log files have 50 MB at most. */
const mostBytes = 256 * 1024 * 1024;

function recordsIn(content: Buffer): CloudTrailRecord[] {
  const document = JSON.parse(content.toString()) as { Records: CloudTrailRecord[] };
  logFileContent.parse(document);
  // Not what comes out of the check, which has the members in an order of its own.
  return document.Records;
}

// A parser's message shows what it read, of several lines perhaps.
function whyNot(error: unknown): string {
  if (error instanceof SyntaxError) return "it is not JSON";
  if (!(error instanceof z.ZodError)) return (error as Error).message;
  const [issue] = error.issues;
  return `${issue?.path.join(".")}: ${issue?.message}`;
}

/** The records of the files, one file at a time. Rejects in one line when a file isn't what a trail delivered. */
export async function* recordsOf(objects: Objects, files: readonly Place[]): AsyncGenerator<RecordsOfFile> {
  for (const { bucket, key } of files) {
    const name = `s3://${bucket}/${key}`;
    const object = await objects.get(bucket, key);
    if (!object) continue;
    let records: CloudTrailRecord[];
    try {
      records = recordsIn(await unzip(await buffer(object.body), { maxOutputLength: mostBytes }));
    } catch (error) {
      throw new Error(`${name} is no log file that can be read: ${whyNot(error)}`, { cause: error });
    }
    yield { name, records };
  }
}
