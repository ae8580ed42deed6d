import type { Readable } from "node:stream";
import type { PutObjectRequest } from "@aws-sdk/client-s3";
import { AwsError } from "../../aws/error.ts";
import type { ObjectHead, Objects } from "../../storage/objects/index.ts";
import { bucketPrefix } from "./bucket.ts";
import { invalidArgument, noSuchBucket, noSuchKey } from "./errors.ts";
import type { S3Parts } from "./parts.ts";

type Stores = Pick<S3Parts, "state" | "objects">;

const longestKey = 1024;

/** Takes text for an object's key: KeyTooLongError beyond 1,024 bytes of UTF-8. */
export function objectKey(value: string | undefined): string {
  const key = value ?? "";
  const size = Buffer.byteLength(key);
  if (size > longestKey) {
    throw new AwsError("KeyTooLongError", "Your key is too long", {
      details: { Size: String(size), MaxSizeAllowed: String(longestKey) },
    });
  }
  return key;
}

/** What the wire gives for a streaming member: the bytes, or a stream of them. */
export function bodyOf(body: PutObjectRequest["Body"]): Readable | Uint8Array {
  return (body as Readable | Uint8Array | undefined) ?? Buffer.alloc(0);
}

/** Versioning is never enabled, so the only version is "null". */
export function checkVersion(versionId: string | undefined): void {
  if (versionId === undefined || versionId === "null") return;
  throw invalidArgument("Invalid version id specified", "versionId", versionId);
}

/** The head of an object that must be there: NoSuchKey when it isn't. */
export async function readHead({ objects }: Stores, bucket: string, key: string): Promise<ObjectHead> {
  const head = await objects.head(bucket, key);
  if (!head) throw noSuchKey(key);
  return head;
}

/** Puts an object into a bucket that was there before; when it has been deleted meanwhile, nothing stays: NoSuchBucket. */
export async function storeObject(
  { state, objects }: Stores,
  bucket: string,
  key: string,
  body: Readable | Uint8Array,
  meta: Parameters<Objects["put"]>[3],
): Promise<ObjectHead> {
  const head = await objects.put(bucket, key, body, meta);
  if (!(await state.get(bucketPrefix + bucket))) {
    await objects.delete(bucket, key);
    throw noSuchBucket(bucket);
  }
  return head;
}
