import type {
  DeletedObject,
  DeleteObjectOutput,
  DeleteObjectRequest,
  DeleteObjectsOutput,
  DeleteObjectsRequest,
  GetObjectOutput,
  GetObjectRequest,
  HeadObjectOutput,
  HeadObjectRequest,
  PutObjectRequest,
  _Error as S3Error,
} from "@aws-sdk/client-s3";
import { AwsError } from "../../aws/error.ts";
import type { Handlers } from "../service.ts";
import { type Bucket, readBucket } from "./bucket.ts";
import { keptChecksums } from "./checksums.ts";
import { checkDelete, checkRead } from "./conditions.ts";
import { invalidRequest, malformedXml, noSuchKey } from "./errors.ts";
import { describedBy, etagOf } from "./headers.ts";
import { layoutOf } from "./multipart-layout.ts";
import { lockDescribedBy } from "./object-lock.ts";
import { currentObject, deleteObject, deleteVersion, objectKey, readObject, versionIdOf } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";
import { putObject } from "./put-object.ts";
import { type ByteRange, rangeOf } from "./range.ts";
import type { Version } from "./versions.ts";

type ReadRequest = GetObjectRequest | HeadObjectRequest;

/** What is to be read: a version, all of it or a range, which may be one of the parts it was uploaded in. */
interface Readable {
  readonly bucket: Bucket;
  readonly version: Version;
  readonly range: ByteRange | undefined;
  readonly partsCount?: number;
}

/** The answer to a reading of an object, without its bytes. */
function readOutput({ bucket, version, range, partsCount }: Readable, input: ReadRequest) {
  return {
    ...describedBy(version.headers),
    ...lockDescribedBy(version.headers),
    ...versionIdOf(bucket, version),
    AcceptRanges: "bytes",
    LastModified: new Date(version.lastModified),
    ETag: etagOf(version),
    ContentLength: range ? range.end - range.start + 1 : version.size,
    ...(range && { ContentRange: `bytes ${range.start}-${range.end}/${version.size}` }),
    ...(partsCount !== undefined && { PartsCount: partsCount }),
    ...(input.ResponseCacheControl !== undefined && { CacheControl: input.ResponseCacheControl }),
    ...(input.ResponseContentDisposition !== undefined && { ContentDisposition: input.ResponseContentDisposition }),
    ...(input.ResponseContentEncoding !== undefined && { ContentEncoding: input.ResponseContentEncoding }),
    ...(input.ResponseContentLanguage !== undefined && { ContentLanguage: input.ResponseContentLanguage }),
    ...(input.ResponseContentType !== undefined && { ContentType: input.ResponseContentType }),
    ...(input.ResponseExpires !== undefined && { Expires: input.ResponseExpires }),
    // A checksum is one of the whole object.
    ...(input.ChecksumMode === "ENABLED" && !range && keptChecksums(version.headers)),
  } as Omit<GetObjectOutput, "Body">;
}

/** The bytes that a part number means: none but the first in an object that didn't come in parts. */
function partOf(version: Version, number: number): Pick<Readable, "range" | "partsCount"> {
  const layout = layoutOf(version.headers);
  const index = layout ? layout.findIndex((part) => part.number === number) : number - 1;
  const part = layout?.[index];
  if (index < 0 || (layout ? !part : index > 0)) {
    throw new AwsError("InvalidPartNumber", "The requested partnumber is not satisfiable", {
      status: 416,
      details: { PartNumberRequested: String(number), ActualPartCount: String(layout?.length ?? 1) },
    });
  }
  if (!layout || !part) return { range: undefined };
  const start = layout.slice(0, index).reduce((sum, { size }) => sum + size, 0);
  return { range: { start, end: start + part.size - 1 }, partsCount: layout.length };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/uploading-downloading-objects.html */
export function objectHandlers(parts: S3Parts): Handlers {
  const { state, objects } = parts;

  async function readable(input: ReadRequest): Promise<Readable> {
    const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
    const version = await readObject(parts, bucket, objectKey(input.Key), input.VersionId);
    checkRead(version, input);
    if (input.PartNumber === undefined) return { bucket, version, range: rangeOf(input.Range, version.size) };
    if (input.Range !== undefined)
      throw invalidRequest("Cannot specify both Range header and partNumber query parameter");
    return { bucket, version, ...partOf(version, input.PartNumber) };
  }

  async function getObject(input: GetObjectRequest): Promise<GetObjectOutput> {
    const wanted = await readable(input);
    const { place, key, etag, lastModified } = wanted.version;
    const found = await objects.get(place.bucket, place.key, wanted.range);
    if (!found) throw noSuchKey(key);
    if (found.head.etag !== etag || found.head.lastModified !== lastModified) {
      // Replaced in between: what was checked is no longer there.
      found.body.destroy();
      return getObject(input);
    }
    return { ...readOutput(wanted, input), Body: found.body as NonNullable<GetObjectOutput["Body"]> };
  }

  async function deleteOne(
    bucket: Bucket,
    { Key, VersionId, ETag }: { Key: string | undefined; VersionId?: string | undefined; ETag?: string | undefined },
    bypasses: boolean | undefined,
  ): Promise<DeleteObjectOutput> {
    const key = objectKey(Key);
    if (ETag !== undefined) checkDelete(await currentObject(parts, bucket, key), { IfMatch: ETag });
    return VersionId === undefined
      ? deleteObject(parts, bucket, key)
      : deleteVersion(parts, bucket, key, VersionId, bypasses);
  }

  return {
    PutObject: (input: PutObjectRequest) => putObject(parts, input),

    GetObject: getObject,

    async HeadObject(input: HeadObjectRequest): Promise<HeadObjectOutput> {
      return readOutput(await readable(input), input);
    },

    async DeleteObject(input: DeleteObjectRequest): Promise<DeleteObjectOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const which = { Key: input.Key, VersionId: input.VersionId, ETag: input.IfMatch };
      return deleteOne(bucket, which, input.BypassGovernanceRetention);
    },

    async DeleteObjects(input: DeleteObjectsRequest): Promise<DeleteObjectsOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const wanted = input.Delete?.Objects ?? [];
      if (wanted.length === 0 || wanted.length > 1000) throw malformedXml();
      const Deleted: DeletedObject[] = [];
      const Errors: S3Error[] = [];
      for (const one of wanted) {
        const { Key, VersionId } = one;
        const named = { ...(Key !== undefined && { Key }), ...(VersionId !== undefined && { VersionId }) };
        try {
          const done = await deleteOne(bucket, { ...one, Key }, input.BypassGovernanceRetention);
          Deleted.push({
            ...named,
            ...(done.DeleteMarker && { DeleteMarker: true, DeleteMarkerVersionId: done.VersionId as string }),
          });
        } catch (error) {
          // One that can't be deleted doesn't keep the others.
          if (!(error instanceof AwsError)) throw error;
          Errors.push({ ...named, Code: error.code, Message: error.message });
        }
      }
      return {
        ...(!input.Delete?.Quiet && Deleted.length > 0 && { Deleted }),
        ...(Errors.length > 0 && { Errors }),
      };
    },
  };
}
