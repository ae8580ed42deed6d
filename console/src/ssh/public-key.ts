import { Sha256 } from "@aws-crypto/sha256-js";

/** An SSH public key as people tell keys apart. */
export interface PublicKey {
  /** `ssh-ed25519` */
  readonly type: string;
  /** As ssh-keygen -l writes it: `SHA256:` and Base64 without padding. */
  readonly fingerprint: string;
  readonly comment: string | undefined;
}

/** Reads a line of an authorized_keys file, `<type> <Base64> <comment>`; undefined where it holds no key. */
export function publicKeyOf(line: string): PublicKey | undefined {
  const [, type, base64, comment] = /^\s*([\w@.-]+)\s+([A-Za-z0-9+/]+={0,2})(?:\s+(.*\S))?\s*$/.exec(line) ?? [];
  if (type === undefined || base64 === undefined || base64.length % 4 !== 0) return undefined;
  const hash = new Sha256();
  hash.update(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
  const digest = btoa(String.fromCharCode(...hash.digestSync()));
  return { type, fingerprint: `SHA256:${digest.replace(/=+$/, "")}`, comment };
}
