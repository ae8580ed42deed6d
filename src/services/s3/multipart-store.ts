import type { ObjectHead } from "../../storage/objects/index.ts";
import type { StateEntry } from "../../storage/state/index.ts";
import { noSuchUpload } from "./errors.ts";
import type { S3Parts } from "./parts.ts";

/** A multipart upload under way. */
export type Upload = {
  readonly key: string;
  /** Milliseconds since 1970. */
  readonly initiated: number;
  /** What will be kept with the object. */
  readonly headers: { readonly [name: string]: string };
  readonly checksumAlgorithm?: string;
};

type Stores = Pick<S3Parts, "state" | "objects">;

// Parts lie in a name space of their own: no bucket's name has an underscore.
export const partsBucket = "_parts";

export function uploadKey(bucket: string, uploadId = ""): string {
  return `s3/uploads/${bucket}/${uploadId}`;
}

export function partKey(uploadId: string, partNumber: number): string {
  return `${uploadId}/${String(partNumber).padStart(5, "0")}`;
}

/** An upload that must be under way for the key: NoSuchUpload when it isn't. */
export async function readUpload(
  { state }: Stores,
  bucket: string,
  key: string,
  uploadId: string | undefined,
): Promise<StateEntry<Upload>> {
  const entry = await state.get(uploadKey(bucket, uploadId ?? "-"));
  const upload = entry?.value as Upload | undefined;
  if (!entry || upload?.key !== key) throw noSuchUpload(uploadId ?? "");
  return { ...entry, value: upload };
}

/** The parts of an upload that follow a part number, in order. */
export async function listParts(
  { objects }: Stores,
  uploadId: string,
  after = 0,
  limit = 10_000,
): Promise<(ObjectHead & { readonly partNumber: number })[]> {
  const heads = await objects.list(partsBucket, { prefix: `${uploadId}/`, after: partKey(uploadId, after), limit });
  return heads.map((head) => ({ ...head, partNumber: Number(head.key.slice(uploadId.length + 1)) }));
}

/** Ends an upload: first nobody finds it any more, then its parts go. False when it had ended already. */
export async function endUpload(stores: Stores, bucket: string, uploadId: string, version?: number): Promise<boolean> {
  const expect = version === undefined ? {} : { expect: version };
  const ended = await stores.state.commit([{ key: uploadKey(bucket, uploadId), value: undefined, ...expect }]);
  if (ended) await removeParts(stores, uploadId);
  return ended;
}

export async function removeParts(stores: Stores, uploadId: string): Promise<void> {
  for (const part of await listParts(stores, uploadId)) await stores.objects.delete(partsBucket, part.key);
}

/** Ends all uploads to a bucket that is deleted. */
export async function forgetUploads(stores: Stores, bucket: string): Promise<void> {
  for (const { key } of await stores.state.list(uploadKey(bucket))) {
    await endUpload(stores, bucket, key.slice(uploadKey(bucket).length));
  }
}
