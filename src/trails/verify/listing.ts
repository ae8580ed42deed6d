import type { FoundDigest, ListedDigest } from "./digest.ts";
import { type DigestName, logFileMark, parseDigestKey } from "./layout.ts";
import type { ObjectSource } from "./source.ts";

const day = 86_400_000;
const dayPath = (time: number): string => new Date(time).toISOString().slice(0, 10).replaceAll("-", "/");

/** A part of time; undefined: open. */
export interface Span {
  readonly from: number | undefined;
  readonly to: number | undefined;
}

/** The objects of a folder that has one folder for each day, of the days of the span and the one that follows. */
async function* daysOf(source: ObjectSource, bucket: string, path: string, { from, to }: Span) {
  const after = from === undefined ? undefined : `${path}${dayPath(from)}`;
  const last = to === undefined ? undefined : `${path}${dayPath(to + day)}/~`;
  for await (const object of source.list(bucket, path, after)) {
    if (last !== undefined && object.key > last) return;
    yield object;
  }
}

/** The digest files of a folder, `…/CloudTrail-Digest/<Region>/`. */
export async function listDigests(
  source: ObjectSource,
  bucket: string,
  path: string,
  span: Span,
): Promise<ListedDigest[]> {
  const found: ListedDigest[] = [];
  for await (const object of daysOf(source, bucket, path, span)) {
    const name = parseDigestKey(object.key);
    if (name) found.push({ ...object, bucket, name });
  }
  return found;
}

/** The log files of a folder, `…/CloudTrail/<Region>/`, with the mark that they are named for. */
export async function* listLogFiles(source: ObjectSource, bucket: string, path: string, span: Span) {
  for await (const object of daysOf(source, bucket, path, span)) {
    const mark = logFileMark(object.key);
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = span;
    if (mark !== undefined && from <= mark && mark <= to) yield { ...object, mark };
  }
}

/** The digests of a chain that cover a span: from the first that ends in it to the first that ends after it. */
export function covering<Digest extends { readonly name: DigestName }>(
  chain: readonly Digest[],
  { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: Span,
): Digest[] {
  const last = chain.findIndex(({ name }) => name.end >= to);
  return chain.slice(0, last < 0 ? chain.length : last + 1).filter(({ name }) => name.end > from);
}

/** What of a Region's digests tells whether a log file should be in one. */
export interface Coverage {
  readonly digests: readonly FoundDigest[];
  /** The newest digest of each trail that delivers there, and how often its digests come. */
  readonly newest: readonly { readonly end: number; readonly interval: number }[];
  readonly now: number;
  readonly original: boolean;
}

/** What it means that no digest names a log file. */
export function unnamed(
  { mark, lastModified }: { readonly mark: number; readonly lastModified: number },
  { digests, newest, now, original }: Coverage,
): "LogUnnamed" | "LogPending" | "LogUnproved" {
  if (newest.length === 0) return "LogUnproved";
  const newestEnd = Math.max(...newest.map(({ end }) => end));
  const interval = Math.max(...newest.map((chain) => chain.interval));
  // When it was delivered. Files that were copied have later times; then only their name tells.
  const recent = original && now - lastModified < 2 * interval;
  const delivered = lastModified <= newestEnd || recent ? lastModified : mark;
  // A trail that still makes digests may name it in its next one; and putting a file takes a while.
  const awaited = newest.some(
    (chain) => now - chain.end < 2 * chain.interval && delivered > chain.end - Math.min(chain.interval, 600_000),
  );
  if (awaited || delivered > newestEnd) return "LogPending";
  return digests.some(({ start, end }) => start < delivered && delivered <= end) ? "LogUnnamed" : "LogUnproved";
}
