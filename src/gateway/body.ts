import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { PassThrough, pipeline, type Readable, Transform } from "node:stream";
import { createGunzip, createInflate } from "node:zlib";
import { AwsError } from "../aws/error.ts";

/** The most that a request body which is read as a whole may hold, in bytes, before and after it is unpacked. */
const wholeBodyLimit = 8 * 1024 * 1024;

const tooLarge = () =>
  new AwsError("RequestEntityTooLarge", `Request body exceeds ${wholeBodyLimit} bytes`, { status: 413 });

function unpacked(request: Readable, encoding: string): Readable {
  const unpack = encoding === "gzip" ? createGunzip() : encoding === "deflate" ? createInflate() : undefined;
  // pipeline() hands the failure of either stream to the other, so the reader below sees it.
  return unpack ? pipeline(request, unpack, () => {}) : request;
}

/**
 * Reads a request body as a whole and undoes its content encoding.
 * Throws RequestEntityTooLarge (413) beyond the limit, MalformedInput when it can't be unpacked or breaks off.
 */
export async function wholeBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > wholeBodyLimit) throw tooLarge();
  const encoding = request.headers["content-encoding"]?.toLowerCase() ?? "identity";
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of unpacked(request, encoding)) {
      size += (chunk as Buffer).length;
      if (size > wholeBodyLimit) throw tooLarge();
      chunks.push(chunk as Buffer);
    }
  } catch (error) {
    if (error instanceof AwsError) throw error;
    throw new AwsError("MalformedInput", `The request body could not be read as ${encoding}`, { cause: error });
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
}

/** A request body as a stream of its own: whoever stops reading it half-way doesn't cut the client's connection. */
export function bodyStream(request: IncomingMessage): Readable {
  const body = new PassThrough();
  request.on("error", (error) => body.destroy(error));
  return request.pipe(body);
}

/**
 * Reads and forgets what the client still sends of a call that is answered: one that sends everything before it reads
 * gets its answer then, and the connection can go on.
 */
export function drain(request: IncomingMessage): void {
  request.unpipe();
  request.resume();
}

/** Passes a body on and fails at its end when it isn't what the signed x-amz-content-sha256 says. */
export function contentHashCheck(expected: string): Transform {
  const hash = createHash("sha256");
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      const matches = hash.digest("hex") === expected;
      done(
        matches
          ? null
          : new AwsError(
              "XAmzContentSHA256Mismatch",
              "The provided 'x-amz-content-sha256' header does not match what was computed.",
            ),
      );
    },
  });
}
