import { brotliDecompressSync, gunzipSync, inflateSync } from "node:zlib";

// What is larger unpacked isn't looked into; it also bounds what a small packed body can grow to.
const options = { maxOutputLength: 8 * 1024 * 1024 };
const unpackers: Readonly<Record<string, (packed: Buffer) => Buffer>> = {
  gzip: (packed) => gunzipSync(packed, options),
  deflate: (packed) => inflateSync(packed, options),
  br: (packed) => brotliDecompressSync(packed, options),
};

/** A body out of its content encoding, to be looked into; as it is when it can't be taken out. */
export function unpackedBody(body: Buffer, encoding: string | undefined): Buffer {
  const unpack = unpackers[encoding?.toLowerCase() ?? ""];
  if (!unpack || body.length === 0) return body;
  try {
    return unpack(body);
  } catch {
    return body;
  }
}
