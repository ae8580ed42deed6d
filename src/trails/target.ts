import type { AccountId, Region } from "../aws/names.ts";

/** What a trail needs to know of a bucket. */
export interface TargetBucket {
  readonly owner: AccountId;
  readonly region: Region;
  /** The bucket policy as JSON; absent when it has none. */
  readonly policy?: string;
}

/** Where log files go. The S3 service implements it on the embedded buckets; `server` hands it to the trails. */
export interface LogTarget {
  /** Puts the object; resolves when it is durable, rejects with an AwsError that has S3's code (`NoSuchBucket`, `AccessDenied`). */
  putObject(bucket: string, key: string, body: Uint8Array, headers: Readonly<Record<string, string>>): Promise<void>;
  /** Undefined when there is no such bucket. */
  bucket(name: string): Promise<TargetBucket | undefined>;
}
