import * as z from "zod/mini";
import { signedText } from "../digest/signed-text.ts";
import type { DigestName } from "./layout.ts";
import type { Platform } from "./platform.ts";
import type { ListedObject, StoredObject } from "./source.ts";

const text = z.string();
const nullable = z.nullish(z.string());

// What verification needs of a digest; digests may have more.
const schema = z.object({
  digestStartTime: text,
  digestEndTime: text,
  digestS3Bucket: text,
  digestS3Object: text,
  digestPublicKeyFingerprint: text,
  previousDigestS3Bucket: nullable,
  previousDigestS3Object: nullable,
  previousDigestHashValue: nullable,
  previousDigestSignature: nullable,
  logFiles: z.array(z.object({ s3Bucket: text, s3Object: text, hashValue: text, hashAlgorithm: z.literal("SHA-256") })),
});

/** What a digest file says. */
export type DigestContent = z.output<typeof schema>;

/** A digest file that is there. */
export interface ListedDigest extends ListedObject {
  readonly bucket: string;
  readonly name: DigestName;
}

/** A digest file as it was found. */
export interface FoundDigest extends ListedDigest {
  /** Undefined: it isn't gzip'd JSON that says what digests say. */
  readonly content: DigestContent | undefined;
  /** Hex SHA-256 of its text. */
  readonly hash: string;
  /** As the object's metadata has it. */
  readonly signature: string | undefined;
  /** The time that it covers, after `start` and up to `end`; milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  /** When a backfill digest was made and signed. */
  readonly generated: number | undefined;
}

// A digest of an hour with a hundred thousand log files has 40 MB.
const mostText = 512 * 1024 * 1024;

/** Reads a digest file. */
export async function readDigest(
  platform: Platform,
  { bucket, name, ...listed }: ListedDigest,
  { body, metadata }: StoredObject,
): Promise<FoundDigest> {
  let bytes: Uint8Array = new Uint8Array();
  let content: DigestContent | undefined;
  try {
    bytes = await platform.gunzip(body, mostText);
    content = schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    // What isn't a digest has no content: that is a finding, not a failure.
  }
  const start = Date.parse(content?.digestStartTime ?? "");
  const end = Date.parse(content?.digestEndTime ?? "");
  const valid = !Number.isNaN(start) && !Number.isNaN(end);
  return {
    ...listed,
    bucket,
    name,
    content: valid ? content : undefined,
    hash: await platform.sha256(bytes),
    signature: metadata.signature,
    start: valid ? start : name.end,
    end: valid ? end : name.end,
    generated: Date.parse(metadata["backfill-generation-timestamp"] ?? "") || undefined,
  };
}

/** Whether the signature is that of the digest by the key, a PKCS #1 DER. */
export async function isSigned(
  platform: Platform,
  { content, hash }: FoundDigest,
  signature: string,
  key: Uint8Array,
): Promise<boolean> {
  if (!content || !/^([0-9a-fA-F]{2})+$/.test(signature)) return false;
  const signed = signedText({
    endTime: content.digestEndTime,
    bucket: content.digestS3Bucket,
    key: content.digestS3Object,
    hash,
    previousSignature: content.previousDigestSignature ?? undefined,
  });
  const bytes = Uint8Array.from(signature.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return platform.isSigned(signed, bytes, key);
}
