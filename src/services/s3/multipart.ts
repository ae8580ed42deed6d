import { Readable } from "node:stream";
import type {
  AbortMultipartUploadRequest,
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
import type { Handlers } from "../service.ts";
import { checkObjectAcl } from "./acl.ts";
import { canonicalUser, readBucket, versioningOf } from "./bucket.ts";
import {
  checksumHeaders,
  checksumMember,
  checksumName,
  compositeChecksum,
  keptChecksums,
  type Verified,
  verified,
} from "./checksums.ts";
import { copySource } from "./copy-source.ts";
import { invalidArgument, invalidRequest, noSuchKey, noSuchUpload } from "./errors.ts";
import { encryptionOf, etagHeader, etagOf, headersFor } from "./headers.ts";
import { limitOf, writer } from "./list-form.ts";
import { bytesOf, checkSize, chosenParts, laidOut, multipartEtag } from "./multipart-completion.ts";
import { layoutHeaders } from "./multipart-layout.ts";
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
import { lockHeaders } from "./object-lock.ts";
import { bodyOf, objectKey, storeObject, versionIdOf } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";
import { copiedRange } from "./range.ts";

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const mostParts = 10_000;

function partNumberOf(value: number | undefined): number {
  if (value !== undefined && value >= 1 && value <= mostParts) return value;
  const message = `Part number must be an integer between 1 and ${mostParts}, inclusive`;
  throw invalidArgument(message, "partNumber", String(value));
}

function partChecksums({ headers }: Part) {
  const { ChecksumType: _, ...checksums } = keptChecksums(headers);
  return checksums;
}

function checksumMembers(checksum: Upload["checksum"]) {
  return checksum && { ChecksumAlgorithm: checksum.name, ChecksumType: checksum.type };
}

/** How an upload's checksums are made; CRC64NVME, of all bytes, where the client doesn't say. */
function checksumOf({ ChecksumAlgorithm, ChecksumType: asked }: CreateMultipartUploadRequest): Upload["checksum"] {
  const name = checksumName(ChecksumAlgorithm);
  if (name === undefined) {
    if (asked !== undefined)
      throw invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
    return undefined;
  }
  const type = asked ?? (name === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE");
  const only = name === "CRC64NVME" ? "FULL_OBJECT" : name.startsWith("SHA") ? "COMPOSITE" : type;
  if (type !== only) {
    throw invalidRequest(`The ${type} checksum type cannot be used with the ${name.toLowerCase()} checksum algorithm.`);
  }
  return { name, type };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html */
export function multipartHandlers(parts: S3Parts): Handlers {
  const { state, objects, clock, random } = parts;

  async function storePart(uploadKeyed: string, uploadId: string, number: number, { body, checksums }: Verified) {
    const head = await objects.put(partsBucket, partKey(uploadId, number), body, () => ({
      headers: checksumHeaders(checksums(), "FULL_OBJECT"),
    }));
    if (!(await state.get(uploadKeyed))) {
      await objects.delete(partsBucket, partKey(uploadId, number));
      throw noSuchUpload(uploadId);
    }
    return head;
  }

  /** The bytes of an upload's parts, and the object's checksum, which must be what the client says it is. */
  async function completedBody(
    { checksum }: Upload,
    chosen: readonly Part[],
    input: CompleteMultipartUploadRequest,
  ): Promise<Verified> {
    const body = Readable.from(bytesOf(objects, chosen), { objectMode: false });
    if (checksum?.type !== "COMPOSITE") return verified(body, input, checksum?.name ?? "CRC64NVME", checksum?.name);
    const member = checksumMember(checksum.name);
    const composite = await compositeChecksum(
      checksum.name,
      chosen.map((part) => keptChecksums(part.headers)[member] ?? ""),
    );
    const claimed = input[member];
    if (claimed !== undefined && claimed !== composite[member] && claimed !== composite[member]?.split("-")[0])
      throw new AwsError("BadDigest", `The ${checksum.name} you specified did not match the calculated checksum.`);
    return { body, checksums: () => composite };
  }

  return {
    async CreateMultipartUpload(input: CreateMultipartUploadRequest): Promise<CreateMultipartUploadOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      checkObjectAcl(bucket, input.ACL);
      const uploadId = random.hex(64);
      const checksum = checksumOf(input);
      const upload: Upload = {
        key: objectKey(input.Key),
        initiated: clock.now(),
        headers: { ...headersFor(bucket, input), ...lockHeaders(bucket, input, clock) },
        ...(checksum && { checksum }),
      };
      await state.commit([{ key: uploadKey(bucket.name, uploadId), value: upload }]);
      return {
        Bucket: bucket.name,
        Key: upload.key,
        UploadId: uploadId,
        ...encryptionOf(upload.headers),
        ...checksumMembers(upload.checksum),
      };
    },

    async UploadPart(input: UploadPartRequest): Promise<UploadPartOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const number = partNumberOf(input.PartNumber);
      const { key, id, value } = await readUpload(parts, bucket.name, input);
      const upload = verified(bodyOf(input.Body), input, value.checksum?.name ?? "CRC64NVME", value.checksum?.name);
      const head = await storePart(key, id, number, upload);
      return { ETag: etagOf(head), ...encryptionOf(value.headers), ...upload.checksums() };
    },

    async UploadPartCopy(input: UploadPartCopyRequest): Promise<UploadPartCopyOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const number = partNumberOf(input.PartNumber);
      const { key, id, value } = await readUpload(parts, bucket.name, input);
      const source = await copySource(parts, input);
      const range = copiedRange(input.CopySourceRange, source.head.size);
      const { place } = source.head;
      const found = await objects.get(place.bucket, place.key, range);
      if (!found) throw noSuchKey(source.head.key);
      const part = verified(found.body, {}, value.checksum?.name ?? "CRC64NVME");
      const head = await storePart(key, id, number, part);
      return {
        CopyPartResult: { ETag: etagOf(head), LastModified: new Date(head.lastModified), ...part.checksums() },
        ...(versioningOf(source.bucket) && { CopySourceVersionId: source.head.versionId }),
        ...encryptionOf(value.headers),
      };
    },

    async CompleteMultipartUpload(input: CompleteMultipartUploadRequest): Promise<CompleteMultipartUploadOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const { id, value: upload, version: keptVersion } = await readUpload(parts, bucket.name, input);
      const chosen = chosenParts(input.MultipartUpload?.Parts ?? [], await listParts(parts, id));
      checkSize(chosen, input.MpuObjectSize);
      const { body, checksums } = await completedBody(upload, chosen, input);
      const said = { ...upload.headers, ...layoutHeaders(chosen.map(laidOut)), [etagHeader]: multipartEtag(chosen) };
      const version = await storeObject(parts, bucket, upload.key, {
        body,
        meta: () => ({ headers: { ...said, ...checksumHeaders(checksums(), upload.checksum?.type ?? "FULL_OBJECT") } }),
        conditions: input,
      });
      await endUpload(parts, bucket.name, id, keptVersion);
      return {
        Location: `/${bucket.name}/${upload.key}`,
        Bucket: bucket.name,
        Key: upload.key,
        ETag: etagOf(version),
        ...versionIdOf(bucket, version),
        ...encryptionOf(version.headers),
        ...keptChecksums(version.headers),
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
          ...partChecksums(part),
        })),
        ...checksumMembers(upload.checksum),
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
        Uploads: shown.map(({ id, key, initiated, checksum }) => ({
          UploadId: id,
          Key: write(key),
          Initiated: new Date(initiated),
          StorageClass: "STANDARD",
          Owner,
          Initiator: Owner,
          ...checksumMembers(checksum),
        })),
        ...(input.EncodingType && { EncodingType: input.EncodingType }),
      };
    },
  };
}
