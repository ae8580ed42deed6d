import { createHash } from "node:crypto";
import { accountFolder, type Trail } from "../trail.ts";
import type { Chain, ChainPlace, DeliveredFile, DigestPlan } from "./chain.ts";
import { signedText } from "./signed-text.ts";

const isoSeconds = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;

/**
 * The key of a digest file, named for its end: `[prefix/]AWSLogs/[<organization>/]<account>/CloudTrail-Digest/<Region>/YYYY/MM/DD/…`.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
export function digestKey(trail: Trail, { account, region }: ChainPlace, end: number): string {
  const { name, homeRegion } = trail;
  const time = isoSeconds(end);
  const day = time.slice(0, 10).replaceAll("-", "/");
  const file = `${account}_CloudTrail-Digest_${region}_${name}_${homeRegion}_${time.replaceAll(/[-:]/g, "")}.json.gz`;
  return `${accountFolder(trail, account)}/CloudTrail-Digest/${region}/${day}/${file}`;
}

/** Hex SHA-256, as digests have it of log files and of each other. */
export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** What a digest file says, in the order of AWS's keys: a plan, the chain it continues and the log files it lists. */
export function digestText(
  { account, end: start, previous }: Chain,
  plan: Pick<DigestPlan, "bucket" | "key" | "end" | "fingerprint">,
  files: readonly DeliveredFile[],
): Buffer {
  const digest = {
    awsAccountId: account,
    digestStartTime: isoSeconds(start),
    digestEndTime: isoSeconds(plan.end),
    digestS3Bucket: plan.bucket,
    digestS3Object: plan.key,
    digestPublicKeyFingerprint: plan.fingerprint,
    digestSignatureAlgorithm: "SHA256withRSA",
    newestEventTime:
      files
        .map(({ newest }) => newest)
        .sort()
        .at(-1) ?? null,
    oldestEventTime: files.map(({ oldest }) => oldest).sort()[0] ?? null,
    previousDigestS3Bucket: previous?.bucket ?? null,
    previousDigestS3Object: previous?.key ?? null,
    previousDigestHashValue: previous?.hash ?? null,
    previousDigestHashAlgorithm: previous ? "SHA-256" : null,
    previousDigestSignature: previous?.signature ?? null,
    logFiles: files.map((file) => ({
      s3Bucket: file.bucket,
      s3Object: file.key,
      hashValue: file.hash,
      hashAlgorithm: "SHA-256",
      newestEventTime: file.newest,
      oldestEventTime: file.oldest,
    })),
  };
  return Buffer.from(JSON.stringify(digest));
}

/** The text that the signature of a planned digest is of. */
export function signedTextOf({ end, bucket, key, hash }: Omit<DigestPlan, "signature">, { previous }: Chain): string {
  return signedText({ endTime: isoSeconds(end), bucket, key, hash, previousSignature: previous?.signature });
}

/** The user metadata that goes with a digest. */
export const digestMetadata = ({ signature }: DigestPlan) => ({
  "x-amz-meta-signature": signature,
  "x-amz-meta-signature-algorithm": "SHA256withRSA",
});
