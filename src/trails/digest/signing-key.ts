import { createHash, createPublicKey, type KeyObject, sign as signWith } from "node:crypto";

/** A key that digests are signed with. */
export interface SigningKey {
  /** Hex MD5 of the DER. */
  readonly fingerprint: string;
  /** The public key, PKCS #1 DER. */
  readonly der: Buffer;
  /** RSASSA-PKCS1-v1_5 with SHA-256, in lower-case hex; the same text has the same signature. */
  sign(text: string): Promise<string>;
}

/** The hex MD5 of a PKCS #1 DER. AWS doesn't say what its fingerprints are; those in its examples are this. */
export function fingerprintOf(der: Uint8Array): string {
  return createHash("md5").update(der).digest("hex");
}

/** A key's public half as ListPublicKeys and SigningKey have it. */
export function publicHalf(key: KeyObject): Pick<SigningKey, "fingerprint" | "der"> {
  const der = key.export({ type: "pkcs1", format: "der" });
  return { fingerprint: fingerprintOf(der), der };
}

/** Whether the key is one of RSA of 2,048 bits, as CloudTrail's are. */
export function isRsa2048(key: KeyObject): boolean {
  return key.asymmetricKeyType === "rsa" && key.asymmetricKeyDetails?.modulusLength === 2048;
}

/** A private RSA key as one that signs digests. */
export function signingKeyOf(privateKey: KeyObject): SigningKey {
  return {
    ...publicHalf(createPublicKey(privateKey)),
    sign: async (text) => signWith("sha256", Buffer.from(text), privateKey).toString("hex"),
  };
}
