import type { Platform } from "../../../src/trails/verify/platform.ts";
import { gunzip } from "./gunzip.ts";

// CloudTrail ends a log file at 50 MB; what has more isn't one of its.
const mostContent = 512 * 1024 * 1024;

async function sha256(bytes: Uint8Array): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A value of DER with its tag and length. */
function der(tag: number, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  const head = length < 128 ? [length] : [0x80 + bytes.length, ...bytes];
  return Uint8Array.from([tag, ...head, ...parts.flatMap((part) => [...part])]);
}

// The algorithm rsaEncryption, 1.2.840.113549.1.1.1, without parameters.
const rsaEncryption = Uint8Array.from([
  0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
]);

/** The SubjectPublicKeyInfo around an RSA key's PKCS #1 DER, which is what browsers take (RFC 3279, 2.3.1). */
const publicKeyInfo = (pkcs1: Uint8Array): Uint8Array =>
  der(0x30, rsaEncryption, der(0x03, Uint8Array.from([0]), pkcs1));

const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** Verification as a browser does it, with Web Crypto. */
export const webPlatform: Platform = {
  sha256,
  gunzip,
  async hashOfContent(body) {
    try {
      return await sha256(await gunzip(body, mostContent));
    } catch {
      return undefined;
    }
  },
  async isSigned(text, signature, publicKey) {
    const info = publicKeyInfo(publicKey) as Uint8Array<ArrayBuffer>;
    const key = await crypto.subtle.importKey("spki", info, algorithm, false, ["verify"]);
    return crypto.subtle.verify(algorithm, key, signature as Uint8Array<ArrayBuffer>, new TextEncoder().encode(text));
  },
};
