import { type FoundDigest, isSigned, type ListedDigest } from "./digest.ts";
import { belowRoot, parseDigestKey } from "./layout.ts";
import type { Platform } from "./platform.ts";
import { type Finding, finding } from "./problems.ts";

/** What a chain is checked with. */
export interface ChainContext {
  readonly platform: Platform;
  /** The chain's name for whoever reads of it. */
  readonly label: string;
  /** See ObjectSource. */
  readonly original: boolean;
  /** The public keys, PKCS #1 DER, by fingerprint. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
  /** Only digests that end after it were read; undefined: all. */
  readonly from: number | undefined;
  /** There are digests before those that were read. */
  readonly hasEarlier: boolean;
}

export interface CheckedChain {
  readonly findings: readonly Finding[];
  /** The digests that can be relied upon. */
  readonly proved: readonly FoundDigest[];
}

export const s3Uri = (bucket: string, key: string): string => `s3://${bucket}/${key}`;

/** A time range for whoever reads it. */
export const range = (from: number, to: number): string => `${isoSeconds(from)} to ${isoSeconds(to)}`;
export const isoSeconds = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** The usual length of the time that one digest of a chain covers, in milliseconds. */
export function usualInterval(digests: readonly FoundDigest[]): number {
  const lengths = digests.filter(({ content }) => content).map(({ start, end }) => end - start);
  return lengths.sort((a, b) => a - b)[Math.floor(lengths.length / 2)] ?? 3_600_000;
}

/** Two names of one object: in a copy, buckets and what stands before `AWSLogs/` may differ. */
export function locationOf(original: boolean, bucket: string, key: string): string {
  return original ? s3Uri(bucket, key) : belowRoot(key);
}

/** Checks a digest by itself: format, place, key and signature. */
async function checkDigest(
  digest: FoundDigest,
  laterSignature: string | undefined,
  context: ChainContext,
): Promise<Finding[]> {
  const { bucket, key, content } = digest;
  const { original, keys } = context;
  const object = s3Uri(bucket, key);
  if (!content) return [finding("DigestInvalidFormat", object)];
  const said = locationOf(original, content.digestS3Bucket, content.digestS3Object);
  if (said !== locationOf(original, bucket, key))
    return [finding("DigestMoved", object, s3Uri(content.digestS3Bucket, content.digestS3Object))];
  if (digest.signature === undefined && original) return [finding("DigestUnsigned", object)];
  const signature = digest.signature ?? laterSignature;
  if (signature === undefined) return [finding("DigestSignatureAbsent", object)];
  const publicKey = keys.get(content.digestPublicKeyFingerprint);
  if (!publicKey) return [finding("DigestKeyUnknown", object, content.digestPublicKeyFingerprint)];
  return (await isSigned(context.platform, digest, signature, publicKey))
    ? []
    : [finding("DigestSignatureWrong", object)];
}

/** Checks a chain both ways: each digest, and each against the one that it names; `digests` in the order of their ends. */
export async function checkChain(digests: readonly FoundDigest[], context: ChainContext): Promise<CheckedChain> {
  const { original, label, from = Number.NEGATIVE_INFINITY, hasEarlier } = context;
  const at = (bucket: string, key: string) => locationOf(original, bucket, key);
  const found = new Map(digests.map((digest) => [at(digest.bucket, digest.key), digest]));
  const named = new Map<string, string>();
  for (const { content } of digests) {
    const { previousDigestS3Bucket: bucket, previousDigestS3Object: key, previousDigestSignature } = content ?? {};
    if (bucket && key && previousDigestSignature) named.set(at(bucket, key), previousDigestSignature);
  }

  const findings: Finding[] = [];
  const proved: FoundDigest[] = [];
  const interval = usualInterval(digests);
  for (const [index, digest] of digests.entries()) {
    const own = await checkDigest(digest, named.get(at(digest.bucket, digest.key)), context);
    findings.push(...own);
    const { content } = digest;
    if (!content) continue;
    if (own.every(({ level }) => level === "notice")) proved.push(digest);

    const object = s3Uri(digest.bucket, digest.key);
    const before = digests[index - 1];
    const { previousDigestS3Bucket: bucket, previousDigestS3Object: key } = content;
    if (!bucket || !key) {
      if (before) findings.push(finding("ChainRestarted", label, range(before.end, digest.start)));
      else if (hasEarlier) findings.push(finding("ChainRestarted", label, `up to ${isoSeconds(digest.start)}`));
      else if (Number.isFinite(from) && digest.start > from)
        findings.push(finding("HeadMissing", label, range(from, digest.start)));
      continue;
    }
    const previous = found.get(at(bucket, key));
    if (!previous) {
      if ((parseDigestKey(key)?.end ?? digest.start) <= from) continue;
      findings.push(finding("DigestNotFound", s3Uri(bucket, key)));
      if (!before) findings.push(finding("DigestsMissing", label, `up to ${isoSeconds(digest.start)}`));
      else if (before.end < digest.start) {
        const missing = Math.max(1, Math.round((digest.start - before.end) / interval));
        const detail = `${range(before.end, digest.start)}: about ${missing} digest${missing === 1 ? "" : "s"} missing`;
        findings.push(finding("DigestsMissing", label, detail));
      }
      continue;
    }
    if (previous.content && previous.hash !== content.previousDigestHashValue)
      findings.push(finding("PreviousHashWrong", object, s3Uri(bucket, key)));
    const { signature } = previous;
    if (signature !== undefined && signature !== content.previousDigestSignature)
      findings.push(finding("PreviousSignatureWrong", object, s3Uri(bucket, key)));
  }
  return { findings, proved };
}

/** What is known of a trail in a Region from CloudTrail itself. */
export interface TrailStatus {
  /** It is logging, with log file validation: digests keep coming. */
  readonly makesDigests: boolean;
  readonly latestDigestDelivery: number | undefined;
}

/** Up to when digests are to be expected. */
export interface Expectation {
  readonly now: number;
  /** The person says that there are digests up to then. */
  readonly until: number | undefined;
  readonly status: TrailStatus | undefined;
}

const minute = 60_000;

/** How long after its end a digest may come. */
const lateness = (interval: number) => Math.min(Math.max(interval / 2, 5_000), 15 * minute);

/** Looks whether a chain's newest digests are missing: nothing later names those. `newest` is the newest that is there. */
export function checkTail(newest: ListedDigest, interval: number, label: string, expected: Expectation): Finding[] {
  const { now, until, status } = expected;
  const { lastModified, bucket, key } = newest;
  const { end } = newest.name;
  const after = `after ${s3Uri(bucket, key)}`;
  const late = end + interval + lateness(interval);
  if (until !== undefined && end + interval <= until)
    return [finding("TailMissing", label, `${range(end, until)}, ${after}`)];
  const latest = status?.latestDigestDelivery;
  // S3 tells times in whole seconds, and the time of delivery is noted after the object is there.
  const slack = Math.max(2_000, Math.min(interval / 2, minute));
  if (latest !== undefined && latest > lastModified + slack)
    return [finding("TailMissing", label, `CloudTrail delivered one at ${isoSeconds(latest)}, ${after}`)];
  if (late > now) return [];
  if (status) return status.makesDigests ? [finding("TailMissing", label, `${range(end, now)}, ${after}`)] : [];
  return until === undefined ? [finding("TailOld", label, isoSeconds(end))] : [];
}
