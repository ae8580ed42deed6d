import type { ChecksumType } from "@aws-sdk/client-s3";
import type { ObjectHead } from "../../storage/objects/index.ts";
import type { ChecksumName } from "./checksums.ts";
import { noSuchUpload } from "./errors.ts";
import { objectKey } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";

/** A multipart upload under way. */
export type Upload = {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly initiated: number;
  /** What will be kept with the object. */
  readonly headers: { readonly [name: string]: string };
  /** The algorithm of its checksums, and whether the object's is made of all bytes or of the parts' checksums. */
  readonly checksum?: { readonly name: ChecksumName; readonly type: ChecksumType };
};

export interface Part extends ObjectHead {
  readonly partNumber: number;
}

type Stores = Pick<S3Parts, "state" | "objects">;

/** Where parts lie: a name space of their own, as no bucket's name has an underscore. */
export const partsBucket = "_parts";

/** Where the state keeps an upload; without an id, the prefix of all to the bucket. */
export function uploadKey(bucket: string, uploadId = ""): string {
  return `s3/uploads/${bucket}/${uploadId}`;
}

/** Where a part lies in `partsBucket`; keys stand in the order of the part numbers. */
export function partKey(uploadId: string, partNumber: number): string {
  return `${uploadId}/${String(partNumber).padStart(5, "0")}`;
}

/** An upload that must be under way for the key: NoSuchUpload when it isn't. `key` is where the state keeps it. */
export async function readUpload(
  { state }: Stores,
  bucket: string,
  input: { readonly Key?: string | undefined; readonly UploadId?: string | undefined },
): Promise<{ key: string; id: string; value: Upload; version: number }> {
  const id = input.UploadId ?? "";
  const entry = /^[0-9a-f]{64}$/.test(id) ? await state.get(uploadKey(bucket, id)) : undefined;
  const value = entry?.value as Upload | undefined;
  if (!entry || value?.key !== objectKey(input.Key)) throw noSuchUpload(id);
  return { key: entry.key, id, value, version: entry.version };
}

/** The parts of an upload that follow a part number, in order. */
export async function listParts({ objects }: Stores, uploadId: string, after = 0, limit = 10_000): Promise<Part[]> {
  const heads = await objects.list(partsBucket, { prefix: `${uploadId}/`, after: partKey(uploadId, after), limit });
  return heads.map((head) => ({ ...head, partNumber: Number(head.key.slice(uploadId.length + 1)) }));
}

async function removeParts(stores: Stores, uploadId: string): Promise<void> {
  for (const part of await listParts(stores, uploadId)) await stores.objects.delete(partsBucket, part.key);
}

/** Ends an upload and removes its parts. False when it had ended already. */
export async function endUpload(stores: Stores, bucket: string, uploadId: string, version: number): Promise<boolean> {
  // Before, so that a crash leaves an upload that can be aborted, no parts that nobody knows; after, for a part that
  // came in between.
  await removeParts(stores, uploadId);
  const ended = await stores.state.commit([{ key: uploadKey(bucket, uploadId), value: undefined, expect: version }]);
  await removeParts(stores, uploadId);
  return ended;
}

/** Ends all uploads to a bucket that is deleted. */
export async function endUploads(stores: Stores, bucket: string): Promise<void> {
  const prefix = uploadKey(bucket);
  for (const { key, version } of await stores.state.list(prefix)) {
    await endUpload(stores, bucket, key.slice(prefix.length), version);
  }
}
