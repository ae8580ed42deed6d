import type { CopyObjectOutput, CopyObjectRequest } from "@aws-sdk/client-s3";
import type { Handlers } from "../service.ts";
import { checkObjectAcl } from "./acl.ts";
import { type Bucket, readBucket, versioningOf } from "./bucket.ts";
import { checksumHeaders, checksumName, keptAlgorithms, keptChecksums, verified } from "./checksums.ts";
import { copySource } from "./copy-source.ts";
import { invalidRequest, noSuchKey } from "./errors.ts";
import { encryptionOf, etagOf, headersFor, taggingHeader } from "./headers.ts";
import { lockHeaders } from "./object-lock.ts";
import { objectKey, storeObject, versionIdOf } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";

type Headers = Readonly<Record<string, string>>;

const isContent = (name: string) =>
  /^(cache-control|content-.*|expires|x-amz-meta-.*|x-amz-website-redirect-location)$/.test(name);
const isTagging = (name: string) => name === taggingHeader;
const isStorage = (name: string) => name.startsWith("x-amz-server-side-encryption") || name === "x-amz-storage-class";

/** What is kept with a copy: the source's description or the request's, the storage as the request says. */
function copiedHeaders(source: Headers, bucket: Bucket, input: CopyObjectRequest): Record<string, string> {
  const asked = headersFor(bucket, input);
  const described = (headers: Headers, wanted: (name: string) => boolean) =>
    Object.entries(headers).filter(([name]) => wanted(name));
  return Object.fromEntries([
    ...described(input.MetadataDirective === "REPLACE" ? asked : source, isContent),
    ...described(input.TaggingDirective === "REPLACE" ? asked : source, isTagging),
    ...described(asked, isStorage),
  ]);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/copy-object.html */
export function copyHandlers(parts: S3Parts): Handlers {
  const { state, objects, clock } = parts;
  return {
    async CopyObject(input: CopyObjectRequest): Promise<CopyObjectOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      checkObjectAcl(bucket, input.ACL);
      const lock = lockHeaders(bucket, input, clock);
      const key = objectKey(input.Key);
      const source = await copySource(parts, input);
      const { place, headers: sourceHeaders } = source.head;
      const changes =
        input.MetadataDirective === "REPLACE" ||
        input.StorageClass ||
        input.ServerSideEncryption ||
        input.WebsiteRedirectLocation ||
        input.Tagging ||
        input.CopySource?.includes("?versionId=");
      if (!changes && source.bucket.name === bucket.name && source.head.key === key) {
        throw invalidRequest(
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        );
      }
      const found = await objects.get(place.bucket, place.key);
      if (!found) throw noSuchKey(source.head.key);
      // A checksum of parts' checksums is the source's alone: the copy has no parts.
      const algorithm = checksumName(input.ChecksumAlgorithm) ?? keptAlgorithms(sourceHeaders)[0] ?? "CRC64NVME";
      const { body, checksums } = verified(found.body, {}, algorithm);
      const said = { ...copiedHeaders(sourceHeaders, bucket, input), ...lock };
      const version = await storeObject(parts, bucket, key, {
        body,
        meta: () => ({ headers: { ...said, ...checksumHeaders(checksums(), "FULL_OBJECT") } }),
        conditions: input,
      });
      return {
        CopyObjectResult: {
          ETag: etagOf(version),
          LastModified: new Date(version.lastModified),
          ...keptChecksums(version.headers),
        },
        ...(versioningOf(source.bucket) && { CopySourceVersionId: source.head.versionId }),
        ...versionIdOf(bucket, version),
        ...encryptionOf(version.headers),
      };
    },
  };
}
