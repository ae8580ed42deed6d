import { createHash, createPublicKey, verify as verifySignature } from "node:crypto";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, gunzipSync } from "node:zlib";
import { sha256 } from "../digest/digest-file.ts";
import { fingerprintOf } from "../digest/signing-key.ts";
import type { Platform } from "./platform.ts";
import type { ObjectSource } from "./source.ts";
import { type Report, type VerificationKey, type VerifyRequest, verifyOn } from "./verify.ts";

// Up to these sizes it is quicker to work at once than piece by piece; a small file may still hold a lot.
const smallBytes = 128 * 1024;
const smallText = 4 * 1024 * 1024;

async function hashOfContent(body: Uint8Array): Promise<string | undefined> {
  if (body.length <= smallBytes) {
    try {
      return sha256(gunzipSync(body, { maxOutputLength: smallText }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ERR_BUFFER_TOO_LARGE") return undefined;
    }
  }
  const hash = createHash("sha256");
  const hashed = new Writable({
    write(piece: Buffer, _, done) {
      hash.update(piece);
      done();
    },
  });
  try {
    await pipeline(Readable.from([body]), createGunzip(), hashed);
  } catch {
    return undefined;
  }
  return hash.digest("hex");
}

/** Verification as Node does it. */
const node: Platform = {
  sha256: async (bytes) => sha256(bytes),
  gunzip: async (body, most) => gunzipSync(body, { maxOutputLength: most }),
  hashOfContent,
  async isSigned(text, signature, publicKey) {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: "der", type: "pkcs1" });
    return verifySignature("sha256", Buffer.from(text), key, signature);
  },
};

/** A public key, PKCS #1 DER, by its fingerprint. */
export function verificationKey(der: Uint8Array): VerificationKey {
  return { fingerprint: fingerprintOf(der), der };
}

/** Verifies what trails have delivered, here. */
export const verify = (source: ObjectSource, request: VerifyRequest): Promise<Report> =>
  verifyOn(node, source, request);
