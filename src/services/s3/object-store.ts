import type { Readable } from "node:stream";
import type { PutObjectRequest } from "@aws-sdk/client-s3";
import { AwsError } from "../../aws/error.ts";
import type { ObjectHead } from "../../storage/objects/index.ts";
import { type Bucket, bucketPrefix, versioningOf } from "./bucket.ts";
import { type WriteConditions, writeGate } from "./conditions.ts";
import { invalidArgument, noSuchBucket, noSuchKey, noSuchVersion } from "./errors.ts";
import { checkDeletable, defaultLock } from "./object-lock.ts";
import type { S3Parts } from "./parts.ts";
import {
  deleteMarkerHeader,
  isVersionId,
  newestVersion,
  newVersionId,
  nextOrder,
  orderHeader,
  placeOf,
  type Version,
  versionWithId,
} from "./versions.ts";

type Headers = ObjectHead["headers"];

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

/** Takes text for a version's id: InvalidArgument when it can't be one. */
function checkVersionId(versionId: string): void {
  if (!isVersionId(versionId)) throw invalidArgument("Invalid version id specified", "versionId", versionId);
}

function newestObject(
  { objects }: Pick<S3Parts, "objects">,
  bucket: Bucket,
  key: string,
): Promise<Version | undefined> {
  return versioningOf(bucket)
    ? newestVersion(objects, bucket.name, key)
    : versionWithId(objects, bucket.name, key, "null");
}

/** The version that a key stands for; undefined when there is none or it is a delete marker. */
export async function currentObject(
  parts: Pick<S3Parts, "objects">,
  bucket: Bucket,
  key: string,
): Promise<Version | undefined> {
  const found = await newestObject(parts, bucket, key);
  return found?.isDeleteMarker ? undefined : found;
}

/** What an error says of the delete marker that it met. https://docs.aws.amazon.com/AmazonS3/latest/userguide/DeleteMarker.html */
const markerHeaders = (bucket: Bucket, { versionId }: Version) => ({
  "x-amz-delete-marker": "true",
  ...(versioningOf(bucket) && { "x-amz-version-id": versionId }),
});

/**
 * The version that is meant, which must have bytes: NoSuchKey, NoSuchVersion when there is none, MethodNotAllowed for a
 * delete marker that is asked for by its id.
 */
export async function readObject(
  parts: Pick<S3Parts, "objects">,
  bucket: Bucket,
  key: string,
  versionId: string | undefined,
): Promise<Version> {
  if (versionId === undefined) {
    const newest = await newestObject(parts, bucket, key);
    if (!newest) throw noSuchKey(key);
    if (newest.isDeleteMarker) throw noSuchKey(key, markerHeaders(bucket, newest));
    return newest;
  }
  checkVersionId(versionId);
  const found = await versionWithId(parts.objects, bucket.name, key, versionId);
  if (!found) throw noSuchVersion(key, versionId);
  if (!found.isDeleteMarker) return found;
  throw new AwsError("MethodNotAllowed", "The specified method is not allowed against this resource.", {
    status: 405,
    details: { Method: "GET", ResourceType: "DeleteMarker" },
    headers: {
      ...markerHeaders(bucket, found),
      allow: "DELETE",
      "last-modified": new Date(found.lastModified).toUTCString(),
    },
  });
}

/** The member that says which version an answer is about; none in a bucket that never had versioning. */
export function versionIdOf(bucket: Bucket, { versionId }: Version): { VersionId?: string } {
  return versioningOf(bucket) ? { VersionId: versionId } : {};
}

/** Where the next version of a key goes, and what the headers say of its place among the others. */
async function nextPlace({ objects, clock, random }: S3Parts, bucket: Bucket, key: string) {
  const versioning = versioningOf(bucket);
  if (versioning === undefined) return { versionId: "null", headers: {} };
  const order = nextOrder(clock, await newestVersion(objects, bucket.name, key));
  return versioning === "Enabled"
    ? { versionId: newVersionId(order, random), headers: {} }
    : { versionId: "null", headers: { [orderHeader]: order } };
}

interface Upload {
  readonly body: Readable | Uint8Array;
  /** Asked when the body has ended. */
  readonly meta: () => { readonly headers: Headers };
  readonly conditions?: WriteConditions;
}

/**
 * Puts an object into a bucket, as a new version or in the place of the null version. When the bucket has been deleted
 * meanwhile, nothing stays: NoSuchBucket. PreconditionFailed, NoSuchKey when a condition doesn't hold, before the body
 * is read or at its end.
 */
export async function storeObject(parts: S3Parts, bucket: Bucket, key: string, upload: Upload): Promise<Version> {
  const { state, objects, clock } = parts;
  const gate = writeGate(bucket.name, key, upload.conditions, () => currentObject(parts, bucket, key));
  await gate.check();
  const { versionId, headers } = await nextPlace(parts, bucket, key);
  const place = placeOf(bucket.name, key, versionId);
  const meta = () => {
    const said = upload.meta().headers;
    return { headers: { ...defaultLock(bucket, clock), ...said, ...headers } };
  };
  const head = await gate.enter(upload.body, (body) => objects.put(place.bucket, place.key, body, meta));
  if (!(await state.get(bucketPrefix + bucket.name))) {
    await objects.delete(place.bucket, place.key);
    throw noSuchBucket(bucket.name);
  }
  return { ...head, key, versionId, isDeleteMarker: false, place };
}

/** Changes what is kept with a version beside its bytes: NoSuchKey when it has gone meanwhile. */
export async function describeObject(
  { objects }: Pick<S3Parts, "objects">,
  version: Version,
  change: (headers: Headers) => Headers,
): Promise<Version> {
  const { place, key } = version;
  const head = await objects.describe(place.bucket, place.key, ({ headers }) => change(headers));
  if (!head) throw noSuchKey(key);
  return { ...version, headers: head.headers };
}

/** What a deletion did, as DeleteObject and DeleteObjects tell of it. */
interface Deletion {
  readonly VersionId?: string;
  readonly DeleteMarker?: true;
}

/** Deletes a key: for good without versioning, else by putting a delete marker on top of its versions. */
export async function deleteObject(parts: S3Parts, bucket: Bucket, key: string): Promise<Deletion> {
  const { objects } = parts;
  if (versioningOf(bucket) === undefined) {
    await objects.delete(bucket.name, key);
    return {};
  }
  const { versionId, headers } = await nextPlace(parts, bucket, key);
  const place = placeOf(bucket.name, key, versionId);
  await objects.put(place.bucket, place.key, Buffer.alloc(0), {
    headers: { ...headers, [deleteMarkerHeader]: "true" },
  });
  return { DeleteMarker: true, VersionId: versionId };
}

/** Deletes one version for good, if there is one: AccessDenied while Object Lock protects it. */
export async function deleteVersion(
  { objects, clock }: S3Parts,
  bucket: Bucket,
  key: string,
  versionId: string,
  bypassesGovernance: boolean | undefined,
): Promise<Deletion> {
  checkVersionId(versionId);
  const version = await versionWithId(objects, bucket.name, key, versionId);
  if (version) {
    checkDeletable(version, bypassesGovernance, clock);
    await objects.delete(version.place.bucket, version.place.key);
  }
  return { VersionId: versionId, ...(version?.isDeleteMarker && { DeleteMarker: true as const }) };
}
