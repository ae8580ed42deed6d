import { createPrivateKey, generateKeyPair } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Endpoint } from "../aws-client.ts";
import { givenKey } from "./given-key.ts";
import { fingerprintOf, type SigningKey, signingKeyOf } from "./signing-key.ts";

/** A public key of digests, as ListPublicKeys tells it. */
export interface PublicKey {
  /** Hex MD5 of the DER. */
  readonly fingerprint: string;
  /** PKCS #1 DER. */
  readonly der: Buffer;
  /** Milliseconds since 1970. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** The keys that digests are signed with: each Region has its own, and a new one before the old one's validity ends. */
export interface DigestKeys {
  /** The key for a digest that ends at `time`; made when there is none. */
  signingKey(region: string, time: number): Promise<SigningKey>;
  /** All keys of a Region that there ever were, the oldest first. */
  publicKeys(region: string): Promise<PublicKey[]>;
}

const day = 86_400_000;
// AWS's keys are valid for 30 days, and the next one's validity begins before that ends.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_ListPublicKeys.html
const validity = 30 * day;
const overlap = day;

/** A public key as its file has it. */
interface KeyFile {
  readonly publicKey: string;
  readonly validFrom: string;
  readonly validTo: string;
}

/** Writes a file that is there as a whole or not at all, through to the disk, for its owner's eyes only. */
async function writeFile(folder: string, name: string, text: string): Promise<void> {
  const temporary = join(folder, `${name}.new`);
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(folder, name));
  const directory = await open(folder, "r");
  await directory.sync().finally(() => directory.close());
}

/**
 * Opens the keys in a folder, one folder a Region: `<fingerprint>.json` with a public key and its validity, kept for
 * ever, and `<fingerprint>.pem` with the private key, removed when a later one takes over.
 * With `given`, the path of a PEM file or the ARN of a key or alias in the KMS at `kms`, that key signs for every Region,
 * and no private key is kept here.
 */
export async function openDigestKeys(options: {
  readonly folder: string;
  readonly given?: string;
  readonly kms?: Endpoint;
}): Promise<DigestKeys> {
  const { folder } = options;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const given = options.given === undefined ? undefined : await givenKey(options.given, options.kms);

  async function publicKeys(region: string): Promise<PublicKey[]> {
    const names = await readdir(join(folder, region)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    const keys = names
      .filter((name) => name.endsWith(".json"))
      .map(async (name) => {
        const file = JSON.parse(await readFile(join(folder, region, name), "utf8")) as KeyFile;
        const der = Buffer.from(file.publicKey, "base64");
        const [validFrom, validTo] = [Date.parse(file.validFrom), Date.parse(file.validTo)];
        return { fingerprint: fingerprintOf(der), der, validFrom, validTo };
      });
    return (await Promise.all(keys)).sort((a, b) => a.validFrom - b.validFrom);
  }

  async function publish(region: string, { fingerprint, der, validFrom, validTo }: PublicKey): Promise<void> {
    const file: KeyFile = {
      publicKey: der.toString("base64"),
      validFrom: new Date(validFrom).toISOString(),
      validTo: new Date(validTo).toISOString(),
    };
    await writeFile(join(folder, region), `${fingerprint}.json`, `${JSON.stringify(file, null, 2)}\n`);
  }

  /** The newest key that may sign for that time and whose private half is here. */
  async function kept(region: string, time: number): Promise<SigningKey | undefined> {
    const found = (await publicKeys(region)).filter(
      ({ validFrom, validTo }) => validFrom <= time && time < validTo - overlap,
    );
    for (const { fingerprint } of found.reverse()) {
      const pem = await readFile(join(folder, region, `${fingerprint}.pem`), "utf8").catch(
        (error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT") return undefined;
          throw error;
        },
      );
      if (pem !== undefined) return signingKeyOf(createPrivateKey(pem));
    }
    return undefined;
  }

  async function made(region: string, time: number): Promise<SigningKey> {
    const { privateKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
    const key = signingKeyOf(privateKey);
    const earlier = await publicKeys(region);
    const pem = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    await writeFile(join(folder, region), `${key.fingerprint}.pem`, pem);
    await publish(region, { ...key, validFrom: time, validTo: time + validity });
    // What a retired key could sign, nobody shall sign.
    for (const { fingerprint, validTo } of earlier)
      if (validTo < time) await rm(join(folder, region, `${fingerprint}.pem`), { force: true });
    return key;
  }

  /** The key that was given, whose validity grows as it is used: when it is replaced is not for us to say. */
  async function used(key: SigningKey, region: string, time: number): Promise<SigningKey> {
    const known = (await publicKeys(region)).find(({ fingerprint }) => fingerprint === key.fingerprint);
    const validFrom = Math.min(time, known?.validFrom ?? time);
    if (!known || time < known.validFrom || time >= known.validTo - overlap)
      await publish(region, { ...key, validFrom, validTo: Math.max(time + validity, known?.validTo ?? 0) });
    return key;
  }

  // One at a time: two digests that need a first key at once get the same.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    publicKeys,
    signingKey(region, time) {
      const found = turn.then(async () => {
        await mkdir(join(folder, region), { recursive: true, mode: 0o700 });
        return given ? used(await given(), region, time) : ((await kept(region, time)) ?? made(region, time));
      });
      turn = found.catch(() => undefined);
      return found;
    },
  };
}
