import type { CopyObjectRequest, UploadPartCopyRequest } from "@aws-sdk/client-s3";
import { type Bucket, readBucket } from "./bucket.ts";
import { checkCopySource } from "./conditions.ts";
import { invalidArgument } from "./errors.ts";
import { readObject } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";
import type { Version } from "./versions.ts";

/**
 * The object that a copy takes its bytes from, when the conditions on it hold. InvalidArgument for a CopySource that
 * isn't `bucket/key`, URL-encoded, a version's id behind it or not.
 */
export async function copySource(
  parts: S3Parts,
  input: CopyObjectRequest | UploadPartCopyRequest,
): Promise<{ bucket: Bucket; head: Version }> {
  const text = input.CopySource ?? "";
  const [path = "", versionId] = text.split("?versionId=");
  const match = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path, text));
  if (!match) throw badSource(text);
  const { value: bucket } = await readBucket(parts.state, match[1], input.ExpectedSourceBucketOwner);
  const head = await readObject(parts, bucket, match[2] ?? "", versionId);
  checkCopySource(head, {
    IfMatch: input.CopySourceIfMatch,
    IfNoneMatch: input.CopySourceIfNoneMatch,
    IfModifiedSince: input.CopySourceIfModifiedSince,
    IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  });
  return { bucket, head };
}

function decoded(path: string, text: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw badSource(text);
  }
}

function badSource(text: string) {
  return invalidArgument(
    "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
    "x-amz-copy-source",
    text,
  );
}
