import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Credential } from "./credential.ts";

// The pieces of Signature Version 4 that requests and their chunks share.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html

export const ALGORITHM = "AWS4-HMAC-SHA256";

export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** The key derived from a secret for one day, Region and service. */
export function signingKey(secretAccessKey: string, { date, region, service, terminator }: Credential): Buffer {
  return [date, region, service, terminator].reduce<Buffer>(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    Buffer.from(`AWS4${secretAccessKey}`),
  );
}

export function scopeText({ date, region, service, terminator }: Credential): string {
  return `${date}/${region}/${service}/${terminator}`;
}

/** True when the signature is the one that the key gives for the text; compares in constant time. */
export function signatureMatches(key: Uint8Array, stringToSign: string, signature: string): boolean {
  const expected = createHmac("sha256", key).update(stringToSign).digest();
  const given = Buffer.from(signature, "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}
