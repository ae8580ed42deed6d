import type { CopyObjectRequest, UploadPartCopyRequest } from "@aws-sdk/client-s3";
import type { ObjectHead } from "../../storage/objects/index.ts";
import { readBucket } from "./bucket.ts";
import { checkCopySource } from "./conditions.ts";
import { invalidArgument } from "./errors.ts";
import { checkVersion, readHead } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";

/**
 * The object that a copy takes its bytes from, when the conditions on it hold. InvalidArgument for a CopySource that
 * isn't `bucket/key`, URL-encoded.
 */
export async function copySource(
  parts: S3Parts,
  input: CopyObjectRequest | UploadPartCopyRequest,
): Promise<{ bucket: string; head: ObjectHead }> {
  const text = input.CopySource ?? "";
  const [path = "", query] = text.split("?versionId=");
  const match = /^\/?([^/]+)\/(.+)$/s.exec(decoded(path, text));
  if (!match) throw badSource(text);
  checkVersion(query);
  const { value: bucket } = await readBucket(parts.state, match[1], input.ExpectedSourceBucketOwner);
  const head = await readHead(parts, bucket.name, match[2] ?? "");
  checkCopySource(head, {
    IfMatch: input.CopySourceIfMatch,
    IfNoneMatch: input.CopySourceIfNoneMatch,
    IfModifiedSince: input.CopySourceIfModifiedSince,
    IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
  });
  return { bucket: bucket.name, head };
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
