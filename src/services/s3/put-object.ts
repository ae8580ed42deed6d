import type { PutObjectOutput, PutObjectRequest } from "@aws-sdk/client-s3";
import { checkObjectAcl } from "./acl.ts";
import { readBucket } from "./bucket.ts";
import { checksumHeaders, keptChecksums, verified } from "./checksums.ts";
import { encryptionOf, etagOf, headersFor } from "./headers.ts";
import { lockHeaders } from "./object-lock.ts";
import { bodyOf, objectKey, storeObject, versionIdOf } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";

/** Puts an object as PutObject asks, wherever its bytes come from. */
export async function putObject(parts: S3Parts, input: PutObjectRequest): Promise<PutObjectOutput> {
  const { state, clock } = parts;
  const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
  checkObjectAcl(bucket, input.ACL);
  const said = { ...headersFor(bucket, input), ...lockHeaders(bucket, input, clock) };
  const key = objectKey(input.Key);
  const { body, checksums } = verified(bodyOf(input.Body), input, "CRC64NVME");
  const version = await storeObject(parts, bucket, key, {
    body,
    meta: () => ({ headers: { ...said, ...checksumHeaders(checksums(), "FULL_OBJECT") } }),
    conditions: input,
  });
  return {
    ETag: etagOf(version),
    ...versionIdOf(bucket, version),
    ...encryptionOf(version.headers),
    ...keptChecksums(version.headers),
  };
}
