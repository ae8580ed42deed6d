import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createGzip } from "node:zlib";
import type { CloudTrailRecord } from "../record/record.ts";
import { accountFolder, type Trail } from "./trail.ts";

/** A log file in the making: records of one account, Region, category and five minutes. */
export interface LogFile {
  readonly account: string;
  readonly region: string;
  readonly folder: string;
  /** The five-minute mark that the file is named for, milliseconds since 1970. */
  readonly mark: number;
  /** In the order of the journal, byte for byte as they lie there. */
  readonly records: Buffer[];
  /** The eventTime of its oldest and of its newest record. */
  oldest: string;
  newest: string;
}

/** AWS's limit for a log file, 50 MB before compression. */
export const maxLogFileBytes = 50_000_000;

const fiveMinutes = 5 * 60 * 1000;
const framing = '{"Records":[]}'.length;

// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/get-and-view-cloudtrail-log-files.html
const folders: Readonly<Record<string, string>> = { NetworkActivity: "CloudTrail-NetworkActivity" };

/**
 * Adds a record to the log file it belongs to and tells by how many bytes the files grew. AWS names a file for its
 * newest event, rounded up to five minutes: that mark is what sorts them.
 */
export function addRecord(files: Map<string, LogFile>, record: CloudTrailRecord, bytes: Buffer): number {
  const account = record.recipientAccountId;
  const region = record.awsRegion;
  const folder = folders[record.eventCategory] ?? "CloudTrail";
  const mark = Math.ceil(Date.parse(record.eventTime) / fiveMinutes) * fiveMinutes;
  const id = `${mark}/${account}/${region}/${folder}`;
  const file = files.get(id);
  const { eventTime } = record;
  if (file) {
    file.records.push(bytes);
    if (eventTime < file.oldest) file.oldest = eventTime;
    if (eventTime > file.newest) file.newest = eventTime;
    return bytes.length + 1;
  }
  files.set(id, { account, region, folder, mark, records: [bytes], oldest: eventTime, newest: eventTime });
  return bytes.length + framing;
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** The 16 letters and digits that keep names apart: from the plan's seed, so that a repeated delivery has the same names. */
function uniquePart(seed: string, file: LogFile): string {
  const hash = createHash("sha256")
    .update(`${seed}/${file.mark}/${file.account}/${file.region}/${file.folder}`)
    .digest();
  return Array.from(hash.subarray(0, 16), (byte) => letters[byte % letters.length]).join("");
}

/**
 * The key of a log file: `[prefix/]AWSLogs/[<organization>/]<account>/CloudTrail/<region>/YYYY/MM/DD/<account>_CloudTrail_<region>_<mark>_<unique>.json.gz`.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
 */
export function logFileKey(trail: Pick<Trail, "keyPrefix" | "organization">, file: LogFile, seed: string): string {
  const { account, region, folder, mark } = file;
  const time = new Date(mark).toISOString();
  const day = time.slice(0, 10).replaceAll("-", "/");
  const minute = `${time.slice(0, 16).replaceAll(/[-:]/g, "")}Z`;
  const name = `${account}_${folder}_${region}_${minute}_${uniquePart(seed, file)}.json.gz`;
  return `${accountFolder(trail, account)}/${folder}/${region}/${day}/${name}`;
}

/** The file's bytes: gzip of `{"Records":[…]}` on one line, the records unchanged; and the hex SHA-256 of that line. */
export async function logFileBytes({ records }: LogFile): Promise<{ body: Buffer; hash: string }> {
  const hash = createHash("sha256");
  const hashed = (piece: Buffer) => {
    hash.update(piece);
    return piece;
  };
  function* pieces() {
    yield hashed(Buffer.from('{"Records":['));
    for (const [index, record] of records.entries()) {
      if (index > 0) yield hashed(Buffer.from(","));
      yield hashed(record);
    }
    yield hashed(Buffer.from("]}"));
  }
  const body = await buffer(Readable.from(pieces()).pipe(createGzip()));
  return { body, hash: hash.digest("hex") };
}
