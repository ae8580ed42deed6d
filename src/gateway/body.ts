import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { PassThrough, type Readable, Transform } from "node:stream";
import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";
import { AwsError } from "../aws/error.ts";

/** The most that a request body which is read as a whole may hold, in bytes, before and after it is unpacked. */
export const wholeBodyLimit = 8 * 1024 * 1024;

/** A client that sends must send at least so many bytes in this time; a whole body must have come within the other. */
export const pace = { windowMs: 30_000, bytes: 4 * 1024, wholeBodyMs: 300_000 };

/** What is read and forgotten of a body that is too large to be taken, so that its sender can read why. */
export const forgottenLimit = 64 * 1024 * 1024;

const tooLarge = () =>
  new AwsError("RequestEntityTooLarge", `Request body exceeds ${wholeBodyLimit} bytes`, { status: 413 });

// S3's own words: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
const tooSlow = () =>
  new AwsError(
    "RequestTimeout",
    "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.",
  );

/** Calls `stalled` when the client sends next to nothing of a body that is waited for; returns what ends the watch. */
function watchPace(request: IncomingMessage, stalled: () => void): () => void {
  const { socket } = request;
  if (request.complete || request.destroyed) return () => {};
  let seen = socket.bytesRead;
  const timer = setInterval(() => {
    const { bytesRead } = socket;
    // What has come and isn't read yet waits for OpenTrail, not for the client.
    const isStalled = request.readableLength === 0 && bytesRead - seen < pace.bytes;
    seen = bytesRead;
    if (isStalled || request.destroyed) clearInterval(timer);
    if (isStalled) stalled();
  }, pace.windowMs);
  return () => clearInterval(timer);
}

/** Calls `refuse` when a body that is read as a whole comes too slowly; returns what ends the watch. */
function watchWhole(request: IncomingMessage, refuse: (why: AwsError) => void): () => void {
  if (request.complete) return () => {};
  const slow = () => refuse(tooSlow());
  const endOfWatch = watchPace(request, slow);
  const deadline = setTimeout(slow, pace.wholeBodyMs);
  return () => {
    endOfWatch();
    clearTimeout(deadline);
  };
}

/** What has come of a body when it ended, or when it turned out to be larger than what is read as a whole. */
export interface Beginning {
  readonly bytes: Buffer;
  readonly isWhole: boolean;
}

/**
 * Reads a body up to the limit. The request stays as it is when there is more, or when this rejects (RequestTimeout, a
 * client that went away), so that it can be answered.
 */
export function beginningOf(request: IncomingMessage): Promise<Beginning> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const end = (isWhole: boolean) => {
      stop();
      resolve({ bytes: chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size), isWhole });
    };
    const fail = (error: Error) => {
      stop();
      reject(error);
    };
    const more = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > wholeBodyLimit) end(false);
    };
    const ended = () => end(true);
    const broken = () => fail(new Error("the client went away"));
    const endOfWatch = watchWhole(request, fail);
    const stop = () => {
      endOfWatch();
      request.off("data", more).off("end", ended).off("error", broken).off("close", broken).pause();
    };
    request.on("data", more).on("end", ended).on("error", broken).on("close", broken);
  });
}

const unpackers: Readonly<Record<string, (packed: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
};

/**
 * Reads a request body as a whole and undoes its content encoding. Throws RequestEntityTooLarge (413) beyond the limit,
 * RequestTimeout when it comes too slowly, MalformedInput when it can't be unpacked or breaks off.
 */
export async function wholeBody(request: IncomingMessage): Promise<Buffer> {
  if (Number(request.headers["content-length"] ?? 0) > wholeBodyLimit) throw tooLarge();
  const encoding = request.headers["content-encoding"]?.toLowerCase() ?? "identity";
  try {
    const { bytes: body, isWhole } = await beginningOf(request);
    if (!isWhole) throw tooLarge();
    const unpack = body.length > 0 ? unpackers[encoding] : undefined;
    return (await unpack?.(body, { maxOutputLength: wholeBodyLimit })) ?? body;
  } catch (error) {
    if (error instanceof AwsError) throw error;
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new AwsError("MalformedInput", `The request body could not be read as ${encoding}`, { cause: error });
  }
}

/**
 * A request body as a stream of its own: whoever stops reading it half-way doesn't cut the client's connection. Fails with
 * RequestTimeout when it comes too slowly.
 */
export function bodyStream(request: IncomingMessage): Readable {
  const body = new PassThrough();
  request.on("error", (error) => body.destroy(error));
  const endOfWatch = watchPace(request, () => body.destroy(tooSlow()));
  body.on("close", endOfWatch);
  request.on("end", endOfWatch);
  return request.pipe(body);
}

/**
 * Reads and forgets what the client still sends of a call that is answered: one that sends everything before it reads
 * gets its answer then, and the connection can go on. One that doesn't go on sending is cut off, and one that would send
 * `most` bytes more.
 */
export function drain(request: IncomingMessage, most = Number.POSITIVE_INFINITY): void {
  request.unpipe();
  if (request.complete) {
    request.resume();
    return;
  }
  let left = most;
  const endOfWatch = watchPace(request, () => request.destroy());
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) request.destroy();
  });
  request.on("error", () => {});
  request.on("close", endOfWatch).on("end", endOfWatch);
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
