import type { AccountId, Region } from "../aws/names.ts";

/** What a trail needs to know of a bucket. */
export interface TargetBucket {
  /** Absent where it isn't an account of OpenTrail's. */
  readonly owner?: AccountId;
  readonly region: Region;
  /** The bucket policy as JSON; absent when it has none. */
  readonly policy?: string;
  /** Log files are put with OpenTrail's own credentials, and whose bucket it is decides; it needs no statements for CloudTrail. */
  readonly ownCredentials?: true;
}

/** Where log files go. The S3 service implements it on the embedded buckets; `server` hands it to the trails. */
export interface LogTarget {
  /** Puts the object; resolves when it is durable, rejects with an AwsError that has S3's code (`NoSuchBucket`, `AccessDenied`). */
  putObject(bucket: string, key: string, body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<void>;
  /** Undefined when there is no such bucket. */
  bucket(name: string): Promise<TargetBucket | undefined>;
}
