import { createPublicKey, verify as verifySignature } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { sha256, signedText } from "../digest/digest-file.ts";
import type { DigestName } from "./layout.ts";
import type { ListedObject, StoredObject } from "./source.ts";

const text = z.string();
const nullable = z.string().nullish();

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

/** A digest file as it was found. */
export interface FoundDigest extends ListedObject {
  readonly bucket: string;
  readonly name: DigestName;
  /** Undefined: it isn't gzip'd JSON that says what digests say. */
  readonly content: DigestContent | undefined;
  /** Hex SHA-256 of its text. */
  readonly hash: string;
  /** As the object's metadata has it. */
  readonly signature: string | undefined;
  /** The time that it covers, after `start` and up to `end`; milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
}

// A digest of an hour with a hundred thousand log files has 40 MB.
const mostText = 512 * 1024 * 1024;

/** Reads a digest file. */
export function readDigest(
  bucket: string,
  listed: ListedObject,
  name: DigestName,
  { body, metadata }: StoredObject,
): FoundDigest {
  let bytes = Buffer.alloc(0);
  let content: DigestContent | undefined;
  try {
    bytes = gunzipSync(body, { maxOutputLength: mostText });
    content = schema.parse(JSON.parse(bytes.toString()));
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
    hash: sha256(bytes),
    signature: metadata.signature,
    start: valid ? start : name.end,
    end: valid ? end : name.end,
  };
}

/** Whether the signature is that of the digest by the key, a PKCS #1 DER. */
export function isSigned({ content, hash }: FoundDigest, signature: string, key: Buffer): boolean {
  if (!content || !/^([0-9a-fA-F]{2})+$/.test(signature)) return false;
  const signed = signedText({
    endTime: content.digestEndTime,
    bucket: content.digestS3Bucket,
    key: content.digestS3Object,
    hash,
    previousSignature: content.previousDigestSignature ?? undefined,
  });
  const publicKey = createPublicKey({ key, format: "der", type: "pkcs1" });
  return verifySignature("sha256", Buffer.from(signed), publicKey, Buffer.from(signature, "hex"));
}
