import { createHash } from "node:crypto";
import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, gunzipSync } from "node:zlib";
import { sha256 } from "../digest/digest-file.ts";

// Up to these sizes it is quicker to work at once than piece by piece; a small file may still hold a lot.
const smallBytes = 128 * 1024;
const smallText = 4 * 1024 * 1024;

/** Hex SHA-256 of gzip'd bytes before compression, however many they are; undefined when they aren't gzip. */
export async function hashOfContent(body: Buffer): Promise<string | undefined> {
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
