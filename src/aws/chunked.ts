import { createHash, type Hash } from "node:crypto";
import { pipeline, type Readable, Transform, type TransformCallback } from "node:stream";
import { type Credential, credentialOf } from "./credential.ts";
import { AwsError } from "./error.ts";
import type { WireRequest } from "./http.ts";
import { signatureFaults } from "./signature-fault.ts";
import { scopeText, sha256, signatureMatches, signingKey } from "./signing.ts";

/** A body out of its aws-chunked framing; the trailers are there when it has ended. */
export interface ChunkedBody extends Readable {
  /** By lower-case name, such as `x-amz-checksum-crc32`. */
  readonly trailers: Readonly<Record<string, string>>;
  /** The names of x-amz-trailer, lower case: the body fails at its end when one of them didn't come. */
  readonly announced: readonly string[];
}

const maximumLine = 4096;
const maximumTrailers = 64;

/**
 * Takes a body out of aws-chunked framing. With a secret, the signature of every chunk is checked, and of the trailer.
 * The stream fails with the AwsError that S3 answers: IncompleteBody, MalformedTrailerError, SignatureDoesNotMatch.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html
 */
export function decodeChunked(
  stream: Readable,
  head: Omit<WireRequest, "body">,
  secretAccessKey: string | undefined,
): ChunkedBody {
  const declared = head.headers["x-amz-decoded-content-length"];
  const decoder = new ChunkedDecoder(
    declared === undefined ? undefined : Number(declared),
    announcedBy(head),
    signerOf(head, secretAccessKey),
  );
  // pipeline() hands the failure of one to the other: who reads the body sees it.
  return pipeline(stream, decoder, () => {});
}

/** The body as one that trailers follow, if it came in aws-chunked framing. */
export function asChunked(body: unknown): ChunkedBody | undefined {
  return body instanceof ChunkedDecoder ? body : undefined;
}

function announcedBy({ headers }: Omit<WireRequest, "body">): string[] {
  const names = (headers["x-amz-trailer"] ?? "").split(",").map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== "");
}

/** Checks the chain of chunk signatures: each one signs the one before it. */
interface ChunkSigner {
  chunk(hash: string, signature: string): void;
  trailer(text: string, signature: string): void;
}

function signerOf(head: Omit<WireRequest, "body">, secretAccessKey: string | undefined): ChunkSigner | undefined {
  const credential = credentialOf(head);
  const signed = head.headers["x-amz-content-sha256"]?.startsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  if (!signed || !credential || secretAccessKey === undefined) return undefined;
  return chunkSigner(credential, head.headers["x-amz-date"] ?? "", secretAccessKey);
}

function chunkSigner(credential: Credential, signedAt: string, secretAccessKey: string): ChunkSigner {
  const key = signingKey(secretAccessKey, credential);
  const scope = scopeText(credential);
  let previous = credential.signature;
  const check = (lines: readonly string[], signature: string) => {
    if (!signatureMatches(key, lines.join("\n"), signature)) throw signatureFaults.restXml.mismatch({});
    previous = signature;
  };
  return {
    chunk: (hash, signature) =>
      check(["AWS4-HMAC-SHA256-PAYLOAD", signedAt, scope, previous, sha256(""), hash], signature),
    trailer: (text, signature) =>
      check(["AWS4-HMAC-SHA256-TRAILER", signedAt, scope, previous, sha256(text)], signature),
  };
}

const incomplete = (why: string) => new AwsError("IncompleteBody", why);
const malformedTrailer = () =>
  new AwsError(
    "MalformedTrailerError",
    "The request contained trailing data that was not well-formed or did not conform to our published schema.",
  );

class ChunkedDecoder extends Transform implements ChunkedBody {
  readonly trailers: Record<string, string> = Object.create(null);
  readonly announced: readonly string[];
  readonly #length: number | undefined;
  readonly #signer: ChunkSigner | undefined;
  #state: "size" | "data" | "end of data" | "trailers" | "done" = "size";
  #line: Buffer = Buffer.alloc(0);
  #left = 0;
  #received = 0;
  #signature = "";
  #hash: Hash | undefined;

  constructor(length: number | undefined, announced: readonly string[], signer: ChunkSigner | undefined) {
    super();
    this.#length = length;
    this.announced = announced;
    this.#signer = signer;
  }

  override _transform(bytes: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      let rest = bytes;
      while (rest.length > 0) rest = this.#state === "data" ? this.#data(rest) : this.#readLine(rest);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      this.#finish();
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  #finish(): void {
    // Some clients end after the last chunk's size, without the empty line.
    const ended = this.#state === "done" || (this.#state === "trailers" && this.#line.length === 0);
    if (!ended) throw incomplete("The request body terminated unexpectedly");
    if (this.#length !== undefined && this.#length !== this.#received)
      throw incomplete(
        "You did not provide the number of bytes specified by the x-amz-decoded-content-length HTTP header",
      );
    if (this.#state === "trailers") this.#endOfTrailers();
    if (!this.announced.every((name) => name in this.trailers)) throw malformedTrailer();
  }

  #data(bytes: Buffer): Buffer {
    const part = bytes.subarray(0, this.#left);
    this.#left -= part.length;
    this.#received += part.length;
    this.#hash?.update(part);
    this.push(part);
    if (this.#left === 0) this.#endOfChunk("end of data");
    return bytes.subarray(part.length);
  }

  #endOfChunk(next: "end of data" | "trailers"): void {
    this.#signer?.chunk(this.#hash?.digest("hex") ?? "", this.#signature);
    this.#state = next;
  }

  #readLine(bytes: Buffer): Buffer {
    const end = bytes.indexOf(10);
    const part = end < 0 ? bytes : bytes.subarray(0, end);
    if (this.#line.length + part.length > maximumLine)
      throw incomplete("A chunk of the request body has no valid size");
    this.#line = Buffer.concat([this.#line, part]);
    if (end < 0) return bytes.subarray(bytes.length);
    const line = this.#line.toString("latin1").replace(/\r$/, "");
    this.#line = Buffer.alloc(0);
    this.#takeLine(line);
    return bytes.subarray(end + 1);
  }

  #takeLine(line: string): void {
    if (this.#state === "size") this.#takeSize(line);
    else if (this.#state === "trailers") this.#takeTrailer(line);
    else if (this.#state === "done") throw incomplete("The request body goes on after its last chunk");
    else if (line !== "") throw incomplete("A chunk of the request body is longer than its size");
    else this.#state = "size";
  }

  #takeSize(line: string): void {
    const match = /^([0-9a-fA-F]{1,12})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line);
    if (!match?.[1]) throw incomplete("A chunk of the request body has no valid size");
    this.#left = Number.parseInt(match[1], 16);
    this.#signature = match[2] ?? "";
    if (this.#signer) this.#hash = createHash("sha256");
    this.#state = "data";
    if (this.#left === 0) this.#endOfChunk("trailers");
  }

  #takeTrailer(line: string): void {
    if (line === "") {
      this.#endOfTrailers();
      this.#state = "done";
      return;
    }
    const colon = line.indexOf(":");
    if (colon < 1 || Object.keys(this.trailers).length >= maximumTrailers)
      throw incomplete("A trailer of the request body can't be read");
    this.trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
  }

  #endOfTrailers(): void {
    const { "x-amz-trailer-signature": signature, ...others } = this.trailers;
    if (!this.#signer || Object.keys(others).length === 0) return;
    const text = Object.entries(others)
      .map(([name, value]) => `${name}:${value}\n`)
      .join("");
    this.#signer.trailer(text, signature ?? "");
  }
}
