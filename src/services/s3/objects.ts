import type {
  CopyObjectOutput,
  CopyObjectRequest,
  DeleteObjectRequest,
  DeleteObjectsOutput,
  DeleteObjectsRequest,
  GetObjectOutput,
  GetObjectRequest,
  GetObjectTaggingOutput,
  GetObjectTaggingRequest,
  HeadObjectOutput,
  HeadObjectRequest,
  PutObjectOutput,
  PutObjectRequest,
} from "@aws-sdk/client-s3";
import type { ObjectHead } from "../../storage/objects/index.ts";
import type { Handlers } from "../service.ts";
import { readBucket } from "./bucket.ts";
import { checksumHeaders, keptChecksums, verified } from "./checksums.ts";
import { checkRead, checkWrite } from "./conditions.ts";
import { copySource } from "./copy-source.ts";
import { invalidRequest, malformedXml, noSuchKey, notImplemented } from "./errors.ts";
import { describedBy, encryptionOf, etagHeader, etagOf, headersOf, tagsOf } from "./headers.ts";
import { checkNoLock } from "./object-lock.ts";
import { bodyOf, checkVersion, objectKey, readHead, storeObject } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";
import { type ByteRange, rangeOf } from "./range.ts";

/** The answer to a reading of an object, without its bytes. */
function readOutput(head: ObjectHead, range: ByteRange | undefined, input: GetObjectRequest | HeadObjectRequest) {
  return {
    ...describedBy(head.headers),
    AcceptRanges: "bytes",
    LastModified: new Date(head.lastModified),
    ETag: etagOf(head),
    ContentLength: range ? range.end - range.start + 1 : head.size,
    ...(range && { ContentRange: `bytes ${range.start}-${range.end}/${head.size}` }),
    ...(input.ResponseCacheControl !== undefined && { CacheControl: input.ResponseCacheControl }),
    ...(input.ResponseContentDisposition !== undefined && { ContentDisposition: input.ResponseContentDisposition }),
    ...(input.ResponseContentEncoding !== undefined && { ContentEncoding: input.ResponseContentEncoding }),
    ...(input.ResponseContentLanguage !== undefined && { ContentLanguage: input.ResponseContentLanguage }),
    ...(input.ResponseContentType !== undefined && { ContentType: input.ResponseContentType }),
    ...(input.ResponseExpires !== undefined && { Expires: input.ResponseExpires }),
    // A checksum is one of the whole object.
    ...(input.ChecksumMode === "ENABLED" && !range && keptChecksums(head.headers)),
  } as Omit<GetObjectOutput, "Body">;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/uploading-downloading-objects.html */
export function objectHandlers(parts: S3Parts): Handlers {
  const { state, objects } = parts;

  async function readable(input: GetObjectRequest | HeadObjectRequest) {
    const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
    checkVersion(input.VersionId);
    const head = await readHead(parts, bucket.name, objectKey(input.Key));
    checkRead(head, input);
    if (input.PartNumber !== undefined && (input.PartNumber !== 1 || head.headers[etagHeader])) throw notImplemented();
    return { bucket, head, range: rangeOf(input.Range, head.size) };
  }

  async function getObject(input: GetObjectRequest): Promise<GetObjectOutput> {
    const { bucket, head, range } = await readable(input);
    const found = await objects.get(bucket.name, head.key, range);
    if (!found) throw noSuchKey(head.key);
    if (found.head.etag !== head.etag || found.head.lastModified !== head.lastModified) {
      // Replaced in between: what was checked is no longer there.
      found.body.destroy();
      return getObject(input);
    }
    return { ...readOutput(head, range, input), Body: found.body as NonNullable<GetObjectOutput["Body"]> };
  }

  return {
    async PutObject(input: PutObjectRequest): Promise<PutObjectOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      checkNoLock(input);
      const key = objectKey(input.Key);
      if (input.IfMatch !== undefined || input.IfNoneMatch !== undefined) {
        checkWrite(await objects.head(bucket.name, key), input, () => noSuchKey(key));
      }
      const { body, sent } = verified(bodyOf(input.Body), input);
      const head = await storeObject(parts, bucket.name, key, body, () => ({
        headers: { ...headersOf(input), ...checksumHeaders(sent()) },
      }));
      return { ETag: etagOf(head), ...encryptionOf(head.headers), ...sent() };
    },

    GetObject: getObject,

    async HeadObject(input: HeadObjectRequest): Promise<HeadObjectOutput> {
      const { head, range } = await readable(input);
      return readOutput(head, range, input);
    },

    async DeleteObject(input: DeleteObjectRequest): Promise<object> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      checkVersion(input.VersionId);
      await objects.delete(bucket.name, objectKey(input.Key));
      return {};
    },

    async DeleteObjects(input: DeleteObjectsRequest): Promise<DeleteObjectsOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const wanted = input.Delete?.Objects ?? [];
      if (wanted.length === 0 || wanted.length > 1000) throw malformedXml();
      const deleted: { Key: string }[] = [];
      for (const { Key, VersionId } of wanted) {
        const key = objectKey(Key);
        checkVersion(VersionId);
        await objects.delete(bucket.name, key);
        deleted.push({ Key: key });
      }
      return input.Delete?.Quiet ? {} : { Deleted: deleted };
    },

    async CopyObject(input: CopyObjectRequest): Promise<CopyObjectOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      checkNoLock(input);
      const key = objectKey(input.Key);
      const source = await copySource(parts, input);
      const replaces = input.MetadataDirective === "REPLACE";
      const changes =
        replaces || input.StorageClass || input.ServerSideEncryption || input.WebsiteRedirectLocation || input.Tagging;
      if (!changes && source.bucket === bucket.name && source.head.key === key) {
        throw invalidRequest(
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        );
      }
      if (input.IfMatch !== undefined || input.IfNoneMatch !== undefined) {
        checkWrite(await objects.head(bucket.name, key), input, () => noSuchKey(key));
      }
      const found = await objects.get(source.bucket, source.head.key);
      if (!found) throw noSuchKey(source.head.key);
      const headers = copiedHeaders(found.head.headers, input);
      const head = await storeObject(parts, bucket.name, key, found.body, { headers });
      return {
        CopyObjectResult: {
          ETag: etagOf(head),
          LastModified: new Date(head.lastModified),
          ...keptChecksums(head.headers),
        },
        ...encryptionOf(headers),
      };
    },

    async GetObjectTagging(input: GetObjectTaggingRequest): Promise<GetObjectTaggingOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      checkVersion(input.VersionId);
      const head = await readHead(parts, bucket.name, objectKey(input.Key));
      return { TagSet: tagsOf(head.headers) };
    },
  };
}

/** What is kept with a copy: the source's description or the request's, the storage as the request says. */
function copiedHeaders(source: Readonly<Record<string, string>>, input: CopyObjectRequest): Record<string, string> {
  const asked = headersOf(input);
  const own = (name: string) => name.startsWith("x-amz-server-side-encryption") || name === "x-amz-storage-class";
  const described = (headers: Readonly<Record<string, string>>, wanted: (name: string) => boolean) =>
    Object.entries(headers).filter(([name]) => wanted(name));
  const isTagging = (name: string) => name === "x-amz-tagging";
  const isChecksum = (name: string) => name.startsWith("x-amz-checksum-");
  const isContent = (name: string) => !own(name) && !isTagging(name) && !isChecksum(name) && name !== etagHeader;
  return Object.fromEntries([
    ...described(input.MetadataDirective === "REPLACE" ? asked : source, isContent),
    ...described(input.TaggingDirective === "REPLACE" ? asked : source, isTagging),
    // A multipart object's checksum is one of its parts' checksums, the copy has no parts.
    ...(source[etagHeader] === undefined ? described(source, isChecksum) : []),
    ...described(asked, own),
  ]);
}
