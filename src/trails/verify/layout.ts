import type { ObjectSource } from "./source.ts";

/** Where a trail's files lie: what stands before `AWSLogs/`. */
export interface Root {
  readonly bucket: string;
  /** Empty, or ends with a slash. */
  readonly prefix: string;
}

/** The folder of one account below a root, `AWSLogs/[<organization>/]<account>/`. */
export interface AccountFolder extends Root {
  readonly account: string;
  /** The id of the organization whose trail put files there. */
  readonly organization: string | undefined;
  readonly path: string;
}

/** What the key of a digest file says. */
export interface DigestName {
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  readonly homeRegion: string;
  /** Milliseconds since 1970. */
  readonly end: number;
  readonly backfill: boolean;
}

// `20261015T120500Z` or `20261015T1205Z`
function timeOf(stamp: string): number {
  const [, year, month, day, hour, minute, second = "00"] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)?Z$/.exec(stamp) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** The folders that an account's files of a kind lie in, `CloudTrail-Digest` and those of log files. */
export const digestFolder = "CloudTrail-Digest";
const logFolder = /^CloudTrail(?!-Digest$)(-[A-Za-z]+)?$/;

/** The names of the folders of log files in an account's: `CloudTrail`, `CloudTrail-Insight` … */
export async function logFolders(source: ObjectSource, { bucket, path }: AccountFolder): Promise<string[]> {
  return (await source.folders(bucket, path)).filter((name) => logFolder.test(name));
}

const digestName = /\/(\d{12})_CloudTrail-Digest_([a-z0-9-]+)_(.+)_([a-z0-9-]+)_(\d{8}T\d{6}Z)(_backfill)?\.json\.gz$/;
const logName = /\/\d{12}_CloudTrail(?:-[A-Za-z]+)?_[a-z0-9-]+_(\d{8}T\d{4}Z)_[A-Za-z0-9]+\.json\.gz$/;

/** What the key of a digest file says; undefined when it isn't one's. */
export function parseDigestKey(key: string): DigestName | undefined {
  const [, account, region, trail, homeRegion, stamp, backfill] = digestName.exec(key) ?? [];
  if (!account || !region || !trail || !homeRegion || !stamp) return undefined;
  return { account, region, trail, homeRegion, end: timeOf(stamp), backfill: backfill !== undefined };
}

/** The five-minute mark that a log file is named for; undefined when the key isn't one's. */
export function logFileMark(key: string): number | undefined {
  const stamp = logName.exec(key)?.[1];
  return stamp === undefined ? undefined : timeOf(stamp);
}

/** The root of a file's key; undefined when the key isn't below an `AWSLogs/`. */
export function rootOf(bucket: string, key: string): Root | undefined {
  const prefix = /^(|.*\/)AWSLogs\/(?:o-[a-z0-9]+\/)?\d{12}\//.exec(key)?.[1];
  return prefix === undefined ? undefined : { bucket, prefix };
}

/** The part of a key that doesn't depend on where it was copied to: from `AWSLogs/` on. */
export function belowRoot(key: string): string {
  const root = rootOf("", key);
  return root ? key.slice(root.prefix.length) : key;
}

/** The accounts that have files below a root, those of organizations too. */
export async function accountFolders(source: ObjectSource, root: Root): Promise<AccountFolder[]> {
  const top = `${root.prefix}AWSLogs/`;
  const found: AccountFolder[] = [];
  for (const name of await source.folders(root.bucket, top)) {
    const below = name.startsWith("o-") ? await source.folders(root.bucket, `${top}${name}/`) : [""];
    for (const inner of below) {
      const account = inner || name;
      const path = inner ? `${top}${name}/${inner}/` : `${top}${name}/`;
      const organization = inner ? name : undefined;
      if (/^\d{12}$/.test(account)) found.push({ ...root, account, organization, path });
    }
  }
  return found;
}
