import { createPrivateKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Endpoint } from "../aws-client.ts";
import { kmsSigningKey } from "./kms-signing-key.ts";
import { isRsa2048, type SigningKey, signingKeyOf } from "./signing-key.ts";

/** Reads the private key of digests from a PEM file; rejects in one line when there is none or it can't be that. */
async function pemKey(path: string): Promise<SigningKey> {
  const pem = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`The digest key ${path} can't be read (${error.code}); give another --digest-key`);
  });
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // Node's words could quote the file, and add nothing.
  }
  if (key && isRsa2048(key)) return signingKeyOf(key);
  throw new Error(
    `${path} holds no RSA private key of 2048 bits without a passphrase; make one with: openssl genrsa -out ${path} 2048`,
  );
}

const kmsArn = /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:(?:key|alias)\/[\w/-]+$/;

/**
 * How to come to the key that was given for digests: the path of a PEM file, which is read now, or the ARN of a key or
 * alias of the KMS at `kms`, which is asked each time. Rejects in one line that says what to do.
 */
export async function givenKey(given: string, kms: Endpoint | undefined): Promise<() => Promise<SigningKey>> {
  if (!given.startsWith("arn:")) {
    const key = await pemKey(given);
    return async () => key;
  }
  if (!kmsArn.test(given))
    throw new Error(`The digest key ${given} is no ARN of a KMS key or alias; give another --digest-key`);
  if (kms === undefined)
    throw new Error(`The digest key ${given} is in KMS: set endpoints.kms to where that is, or to aws`);
  return kmsSigningKey(given, kms);
}
