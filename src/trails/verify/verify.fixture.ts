import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { gzipSync } from "node:zlib";
import { accountId, region } from "../../aws/names.ts";
import type { DeliveredFile, PreviousDigest } from "../digest/chain.ts";
import { newChain } from "../digest/chain.ts";
import { digestKey, digestText, sha256, signedTextOf } from "../digest/digest-file.ts";
import { fingerprintOf } from "../digest/signing-key.ts";
import { logFileKey } from "../log-file.ts";
import type { Trail } from "../trail.ts";
import type { ObjectSource } from "./source.ts";
import type { VerificationKey, VerifyRequest } from "./verify.ts";

/** An object of the bucket, which a test may change. */
export interface Stored {
  body: Buffer;
  metadata: Record<string, string>;
  lastModified: number;
}

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const pem = createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }));
const der = createPublicKey(pem).export({ type: "pkcs1", format: "der" });
export const key: VerificationKey = { fingerprint: fingerprintOf(der), der };

export const bucket = "logs";
export const home = region("us-east-1");
export const hour = 3_600_000;
export const begin = Date.parse("2026-10-15T12:17:28Z");

const trail: Trail = {
  ...{ id: "1", account: accountId("123456789012"), homeRegion: home, name: "audit", bucket, multiRegion: true },
  ...{ globalServiceEvents: true, logging: [], logFileValidation: true, tags: [] },
};

const place = { account: trail.account, region: home };

const iso = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** A bucket as a trail of ours fills it: for each hour a digest that lists so many log files. */
export function filledBucket(filesOfHours: readonly number[], restartBefore: readonly number[] = []) {
  const objects = new Map<string, Stored>();
  const logs: string[] = [];
  const digests: string[] = [];
  let previous: PreviousDigest | undefined;
  for (const [index, count] of filesOfHours.entries()) {
    if (restartBefore.includes(index)) previous = undefined;
    const start = begin + index * hour;
    const end = start + hour;
    const files: DeliveredFile[] = [];
    for (let n = 0; n < count; n++) {
      const deliveredAt = start + 600_000 * (n + 1);
      const text = JSON.stringify({ Records: [{ eventID: `${index}-${n}` }] });
      const mark = Math.ceil(deliveredAt / 300_000) * 300_000;
      const file = { account: trail.account, region: home, folder: "CloudTrail", mark, records: [] };
      const named = { ...file, oldest: "", newest: "" };
      const path = logFileKey(trail, named, `${index}-${n}`);
      objects.set(path, { body: gzipSync(text), metadata: {}, lastModified: deliveredAt });
      logs.push(path);
      const time = iso(deliveredAt - 60_000);
      files.push({ bucket, key: path, hash: sha256(Buffer.from(text)), oldest: time, newest: time, deliveredAt });
    }
    const chain = { ...newChain(place, begin), end: start, ...(previous && { previous }) };
    const plan = { bucket, key: digestKey(trail, place, end), end, last: 0, fingerprint: key.fingerprint };
    const text = digestText(chain, plan, files);
    const hash = sha256(text);
    const signature = sign("sha256", Buffer.from(signedTextOf({ ...plan, hash }, chain)), pem).toString("hex");
    const metadata = { signature, "signature-algorithm": "SHA256withRSA" };
    objects.set(plan.key, { body: gzipSync(text), metadata, lastModified: end + 2_000 });
    digests.push(plan.key);
    previous = { bucket, key: plan.key, hash, signature };
  }
  return { objects, logs, digests, end: begin + filesOfHours.length * hour };
}

/** The bucket as verification reads it. */
export function sourceOf(objects: ReadonlyMap<string, Stored>): ObjectSource {
  const keys = () => [...objects.keys()].sort();
  return {
    original: true,
    concurrency: 4,
    async *list(_, prefix, after = "") {
      for (const path of keys())
        if (path.startsWith(prefix) && path > after)
          yield { key: path, lastModified: objects.get(path)?.lastModified ?? 0 };
    },
    async folders(_, prefix) {
      const below = keys().filter((path) => path.startsWith(prefix));
      return [...new Set(below.map((path) => path.slice(prefix.length).split("/")[0] as string))];
    },
    get: async (of, path) => (of === bucket ? objects.get(path) : undefined),
  };
}

/** Asks for everything there is, a minute after the newest digest. */
export function request(end: number, changes: Partial<VerifyRequest> = {}): VerifyRequest {
  return {
    root: { bucket, prefix: "" },
    from: undefined,
    to: undefined,
    until: end,
    now: end + 60_000,
    publicKeys: async () => [key],
    ...changes,
  };
}
