import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import type {
  AbortMultipartUploadRequest,
  CompletedPart,
  CompleteMultipartUploadOutput,
  CompleteMultipartUploadRequest,
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
  ListMultipartUploadsOutput,
  ListMultipartUploadsRequest,
  ListPartsOutput,
  ListPartsRequest,
  UploadPartCopyOutput,
  UploadPartCopyRequest,
  UploadPartOutput,
  UploadPartRequest,
} from "@aws-sdk/client-s3";
import { AwsError } from "../../aws/error.ts";
import type { ObjectHead, Objects } from "../../storage/objects/index.ts";
import type { Handlers } from "../service.ts";
import { canonicalUser, readBucket } from "./bucket.ts";
import { verified } from "./checksums.ts";
import { checkWrite } from "./conditions.ts";
import { copySource } from "./copy-source.ts";
import { invalidArgument, malformedXml, noSuchKey, noSuchUpload } from "./errors.ts";
import { encryptionOf, etagHeader, etagOf, headersOf } from "./headers.ts";
import { limitOf, writer } from "./list-form.ts";
import {
  endUpload,
  listParts,
  type Part,
  partKey,
  partsBucket,
  readUpload,
  type Upload,
  uploadKey,
} from "./multipart-store.ts";
import { checkNoLock } from "./object-lock.ts";
import { bodyOf, objectKey, storeObject } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";
import { rangeOf } from "./range.ts";

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const mostParts = 10_000;
const smallestPart = 5 * 1024 * 1024;

function partNumberOf(value: number | undefined): number {
  if (value !== undefined && value >= 1 && value <= mostParts) return value;
  const message = `Part number must be an integer between 1 and ${mostParts}, inclusive`;
  throw invalidArgument(message, "partNumber", String(value));
}

function invalidPart(): AwsError {
  return new AwsError(
    "InvalidPart",
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  );
}

/** The parts that an upload is made of, as the client lists them. */
function chosenParts(wanted: readonly CompletedPart[], uploaded: readonly Part[]): Part[] {
  if (wanted.length === 0) throw malformedXml();
  const byNumber = new Map(uploaded.map((part) => [part.partNumber, part]));
  const chosen = wanted.map(({ PartNumber, ETag }, index) => {
    if (index > 0 && (PartNumber ?? 0) <= (wanted[index - 1]?.PartNumber ?? 0)) {
      throw new AwsError(
        "InvalidPartOrder",
        "The list of parts was not in ascending order. The parts list must be specified in order by part number.",
      );
    }
    const part = byNumber.get(PartNumber ?? 0);
    if (!part || part.etag !== ETag?.replaceAll('"', "")) throw invalidPart();
    return part;
  });
  for (const part of chosen.slice(0, -1)) {
    if (part.size >= smallestPart) continue;
    throw new AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      details: {
        ProposedSize: String(part.size),
        MinSizeAllowed: String(smallestPart),
        PartNumber: String(part.partNumber),
        ETag: part.etag,
      },
    });
  }
  return chosen;
}

/** The bytes of all parts, one after the other. */
async function* bytesOf(objects: Objects, parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    const found = await objects.get(partsBucket, part.key);
    if (found?.head.etag !== part.etag) {
      found?.body.destroy();
      throw invalidPart();
    }
    yield* found.body;
  }
}

// Not the MD5 of the bytes but of the parts' MD5s, and how many there are.
function multipartEtag(parts: readonly ObjectHead[]): string {
  const digests = parts.map((part) => Buffer.from(part.etag, "hex"));
  return `${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-${parts.length}`;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html */
export function multipartHandlers(parts: S3Parts): Handlers {
  const { state, objects, clock, random } = parts;

  async function storePart(uploadKeyed: string, uploadId: string, number: number, body: Readable) {
    const head = await objects.put(partsBucket, partKey(uploadId, number), body, { headers: {} });
    if (!(await state.get(uploadKeyed))) {
      await objects.delete(partsBucket, partKey(uploadId, number));
      throw noSuchUpload(uploadId);
    }
    return head;
  }

  return {
    async CreateMultipartUpload(input: CreateMultipartUploadRequest): Promise<CreateMultipartUploadOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      checkNoLock(input);
      const uploadId = random.hex(64);
      const upload: Upload = { key: objectKey(input.Key), initiated: clock.now(), headers: headersOf(input) };
      await state.commit([{ key: uploadKey(bucket.name, uploadId), value: upload }]);
      return {
        Bucket: bucket.name,
        Key: upload.key,
        UploadId: uploadId,
        ...encryptionOf(upload.headers),
        ...(input.ChecksumAlgorithm !== undefined && { ChecksumAlgorithm: input.ChecksumAlgorithm }),
        ...(input.ChecksumType !== undefined && { ChecksumType: input.ChecksumType }),
      };
    },

    async UploadPart(input: UploadPartRequest): Promise<UploadPartOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const number = partNumberOf(input.PartNumber);
      const { key, id, value } = await readUpload(parts, bucket.name, input);
      const { body, sent } = verified(bodyOf(input.Body), input);
      const head = await storePart(key, id, number, body);
      return { ETag: etagOf(head), ...encryptionOf(value.headers), ...sent() };
    },

    async UploadPartCopy(input: UploadPartCopyRequest): Promise<UploadPartCopyOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const number = partNumberOf(input.PartNumber);
      const { key, id, value } = await readUpload(parts, bucket.name, input);
      const source = await copySource(parts, input);
      const range = rangeOf(input.CopySourceRange, source.head.size);
      const found = await objects.get(source.bucket, source.head.key, range);
      if (!found) throw noSuchKey(source.head.key);
      const head = await storePart(key, id, number, found.body);
      return {
        CopyPartResult: { ETag: etagOf(head), LastModified: new Date(head.lastModified) },
        ...encryptionOf(value.headers),
      };
    },

    async CompleteMultipartUpload(input: CompleteMultipartUploadRequest): Promise<CompleteMultipartUploadOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const { id, value: upload, version } = await readUpload(parts, bucket.name, input);
      if (input.IfMatch !== undefined || input.IfNoneMatch !== undefined) {
        checkWrite(await objects.head(bucket.name, upload.key), input, () => noSuchKey(upload.key));
      }
      const chosen = chosenParts(input.MultipartUpload?.Parts ?? [], await listParts(parts, id));
      const body = Readable.from(bytesOf(objects, chosen), { objectMode: false });
      const headers = { ...upload.headers, [etagHeader]: multipartEtag(chosen) };
      const head = await storeObject(parts, bucket.name, upload.key, body, { headers });
      await endUpload(parts, bucket.name, id, version);
      return {
        Location: `/${bucket.name}/${upload.key}`,
        Bucket: bucket.name,
        Key: upload.key,
        ETag: etagOf(head),
        ...encryptionOf(headers),
      };
    },

    async AbortMultipartUpload(input: AbortMultipartUploadRequest): Promise<object> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const { id, version } = await readUpload(parts, bucket.name, input);
      if (!(await endUpload(parts, bucket.name, id, version))) throw noSuchUpload(id);
      return {};
    },

    async ListParts(input: ListPartsRequest): Promise<ListPartsOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const { id, value: upload } = await readUpload(parts, bucket.name, input);
      const limit = limitOf(input.MaxParts, "maxParts");
      const after = Number(input.PartNumberMarker ?? 0);
      const found = await listParts(parts, id, after, limit + 1);
      const shown = found.slice(0, limit);
      const Owner = canonicalUser(bucket.owner);
      return {
        Bucket: bucket.name,
        Key: upload.key,
        UploadId: id,
        PartNumberMarker: String(after),
        NextPartNumberMarker: String(shown.at(-1)?.partNumber ?? 0),
        MaxParts: limit,
        IsTruncated: found.length > limit,
        Parts: shown.map((part) => ({
          PartNumber: part.partNumber,
          LastModified: new Date(part.lastModified),
          ETag: etagOf(part),
          Size: part.size,
        })),
        Initiator: Owner,
        Owner,
        StorageClass: "STANDARD",
      };
    },

    async ListMultipartUploads(input: ListMultipartUploadsRequest): Promise<ListMultipartUploadsOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const write = writer(input.EncodingType);
      const limit = limitOf(input.MaxUploads, "maxUploads");
      const { Prefix: prefix = "", KeyMarker: keyMarker = "", UploadIdMarker: idMarker = "" } = input;
      const place = uploadKey(bucket.name);
      const uploads = (await state.list(place))
        .map((entry) => ({ ...(entry.value as Upload), id: entry.key.slice(place.length) }))
        .filter(({ key }) => key.startsWith(prefix))
        .filter(({ key, id }) => key > keyMarker || (key === keyMarker && idMarker !== "" && id > idMarker))
        .sort((one, other) => (one.key < other.key || (one.key === other.key && one.id < other.id) ? -1 : 1));
      const shown = uploads.slice(0, limit);
      const last = uploads.length > limit ? shown.at(-1) : undefined;
      const Owner = canonicalUser(bucket.owner);
      return {
        Bucket: bucket.name,
        KeyMarker: write(keyMarker),
        UploadIdMarker: idMarker,
        ...(last && { NextKeyMarker: write(last.key), NextUploadIdMarker: last.id }),
        ...(prefix !== "" && { Prefix: write(prefix) }),
        MaxUploads: limit,
        IsTruncated: last !== undefined,
        Uploads: shown.map(({ id, key, initiated }) => ({
          UploadId: id,
          Key: write(key),
          Initiated: new Date(initiated),
          StorageClass: "STANDARD",
          Owner,
          Initiator: Owner,
        })),
        ...(input.EncodingType && { EncodingType: input.EncodingType }),
      };
    },
  };
}
