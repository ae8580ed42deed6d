import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { Crc32, Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import type { ChecksumType, PutObjectRequest } from "@aws-sdk/client-s3";
import { AwsError } from "../../aws/error.ts";
import { asChunked } from "../../aws/index.ts";
import { incompleteBody, invalidRequest } from "./errors.ts";

interface Checksum {
  update(bytes: Uint8Array): void;
  digest(): Promise<Uint8Array>;
}

function hashed(algorithm: "md5" | "sha1" | "sha256"): Checksum {
  const hash = createHash(algorithm);
  return { update: (bytes) => void hash.update(bytes), digest: async () => hash.digest() };
}

type ChecksumMember = "ChecksumCRC32" | "ChecksumCRC32C" | "ChecksumCRC64NVME" | "ChecksumSHA1" | "ChecksumSHA256";

interface Algorithm {
  readonly member: ChecksumMember;
  readonly header: string;
  readonly name: ChecksumName;
  readonly bytes: number;
  readonly start: () => Checksum;
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
const algorithms: readonly Algorithm[] = [
  { member: "ChecksumCRC32", header: "x-amz-checksum-crc32", name: "CRC32", bytes: 4, start: () => new Crc32() },
  { member: "ChecksumCRC32C", header: "x-amz-checksum-crc32c", name: "CRC32C", bytes: 4, start: () => new Crc32c() },
  {
    member: "ChecksumCRC64NVME",
    header: "x-amz-checksum-crc64nvme",
    name: "CRC64NVME",
    bytes: 8,
    start: () => new Crc64Nvme(),
  },
  { member: "ChecksumSHA1", header: "x-amz-checksum-sha1", name: "SHA1", bytes: 20, start: () => hashed("sha1") },
  {
    member: "ChecksumSHA256",
    header: "x-amz-checksum-sha256",
    name: "SHA256",
    bytes: 32,
    start: () => hashed("sha256"),
  },
];

export type ChecksumName = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";

type Claims = Partial<Pick<PutObjectRequest, ChecksumMember | "ContentMD5">>;

type Checksums = Partial<Record<ChecksumMember, string>>;

/** How a checksum of an object that came in parts was made: of all bytes, or of the parts' checksums. */
const typeHeader = "x-amz-checksum-type";

/** Checksums as headers, to be kept with the object. */
export function checksumHeaders(input: Checksums, type: ChecksumType): Record<string, string> {
  const headers = algorithms.flatMap(({ member, header }) =>
    input[member] === undefined ? [] : [[header, input[member]]],
  );
  return headers.length === 0 ? {} : { ...Object.fromEntries(headers), [typeHeader]: type };
}

/** The checksums that are kept with an object, and how they were made. */
export function keptChecksums(headers: Readonly<Record<string, string>>): Checksums & { ChecksumType?: ChecksumType } {
  const found = algorithms.flatMap(({ member, header }) =>
    headers[header] === undefined ? [] : [[member, headers[header]]],
  );
  if (found.length === 0) return {};
  return { ...Object.fromEntries(found), ChecksumType: (headers[typeHeader] ?? "FULL_OBJECT") as ChecksumType };
}

/** The names of the algorithms whose checksums are kept with an object. */
export function keptAlgorithms(headers: Readonly<Record<string, string>>): ChecksumName[] {
  return algorithms.filter(({ header }) => headers[header] !== undefined).map(({ name }) => name);
}

/** Takes text for the name of an algorithm: InvalidRequest when S3 has none of that name. */
export function checksumName(text: string | undefined): ChecksumName | undefined {
  if (text === undefined) return undefined;
  const algorithm = algorithms.find(({ name }) => name === text.toUpperCase());
  if (algorithm) return algorithm.name;
  throw invalidRequest(
    "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, SHA1, SHA256, CRC64NVME]",
  );
}

/** The member of inputs and outputs for an algorithm's checksum. */
export function checksumMember(name: ChecksumName): ChecksumMember {
  return algorithmOf(name).member;
}

function algorithmOf(name: ChecksumName): Algorithm {
  return algorithms.find((algorithm) => algorithm.name === name) as Algorithm;
}

/** The checksum of checksums, as an object in parts has it: `…-3` for three of them. */
export async function compositeChecksum(name: ChecksumName, parts: readonly string[]): Promise<Checksums> {
  const { member, start } = algorithmOf(name);
  const checksum = start();
  for (const part of parts) checksum.update(Buffer.from(part, "base64"));
  return { [member]: `${Buffer.from(await checksum.digest()).toString("base64")}-${parts.length}` };
}

/** An upload whose bytes are checked as they are read. */
export interface Verified {
  readonly body: Readable;
  /** The checksums that the client sent or that were made of the bytes; there once the body has ended. */
  readonly checksums: () => Checksums;
}

/**
 * An upload that fails at its end with BadDigest when its bytes don't have the MD5 or a checksum that the client sent,
 * in a header or a trailer, and with IncompleteBody when the client goes away. A claim that can't be one: InvalidDigest,
 * InvalidRequest. A client that sends no checksum has the one of the algorithm `otherwise` made for it; with `only`, it must be that one.
 */
export function verified(
  body: Readable | Uint8Array,
  input: Claims,
  otherwise: ChecksumName,
  only?: ChecksumName,
): Verified {
  const chunked = asChunked(body);
  const trailing = (chunked?.announced ?? []).map((name) => {
    const algorithm = algorithms.find(({ header }) => header === name);
    if (algorithm) return algorithm;
    throw invalidRequest("The value specified in the x-amz-trailer header is not supported");
  });
  const other = [...algorithms.filter(({ member }) => input[member] !== undefined), ...trailing].find(
    ({ name }) => only !== undefined && name !== only,
  );
  if (other && only) {
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${only.toLowerCase()}, actual checksum Type: ${other.name.toLowerCase()}`,
    );
  }
  const claims = [
    ...claimsOf(input),
    ...trailing.map((algorithm) =>
      claim(algorithm, () => {
        const sent = chunked?.trailers[algorithm.header] ?? "";
        return checkedValue(sent, algorithm, `${algorithm.header} trailing header`);
      }),
    ),
  ];
  const made: Checksums = {};
  if (trailing.length === 0 && !algorithms.some(({ member }) => input[member] !== undefined)) {
    const { member, start } = algorithmOf(otherwise);
    const checksum = start();
    const settle = async () => {
      made[member] = Buffer.from(await checksum.digest()).toString("base64");
    };
    claims.push({ checksum, settle });
  }
  const pieces = body instanceof Readable ? body : [body];
  return {
    body: Readable.from(checked(pieces, claims), { objectMode: false }),
    checksums: () => ({
      ...Object.fromEntries(algorithms.flatMap(({ member }) => (input[member] ? [[member, input[member]]] : []))),
      ...Object.fromEntries(trailing.map(({ member, header }) => [member, chunked?.trailers[header]])),
      ...made,
    }),
  };
}

async function* checked(body: Readable | Uint8Array[], claims: readonly Claim[]): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body as AsyncIterable<Uint8Array>) {
      for (const { checksum } of claims) checksum.update(piece);
      yield piece;
    }
  } catch (error) {
    throw isBrokenOff(error) ? incompleteBody(error) : error;
  }
  for (const claim of claims) await claim.settle();
}

function isBrokenOff(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ECONNRESET" || code === "ERR_STREAM_PREMATURE_CLOSE";
}

interface Claim {
  readonly checksum: Checksum;
  settle(): Promise<void>;
}

const contentMd5 = { name: "Content-MD5", start: () => hashed("md5") };

function claimsOf(input: Claims): Claim[] {
  const claims: Claim[] = [];
  const { ContentMD5 } = input;
  if (ContentMD5 !== undefined) {
    if (Buffer.from(ContentMD5, "base64").length !== 16) {
      throw new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.");
    }
    claims.push(claim(contentMd5, () => ContentMD5, "what we received"));
  }
  for (const algorithm of algorithms) {
    const sent = input[algorithm.member];
    if (sent === undefined) continue;
    const value = checkedValue(sent, algorithm, `${algorithm.header} header`);
    claims.push(claim(algorithm, () => value));
  }
  return claims;
}

function checkedValue(sent: string, { bytes }: Algorithm, place: string): string {
  if (Buffer.from(sent, "base64").length === bytes) return sent;
  throw invalidRequest(`Value for ${place} is invalid.`);
}

/** What the bytes must have is known at their end, when it stands in a trailer. */
function claim(
  { name, start }: Pick<Algorithm, "start"> & { readonly name: string },
  sent: () => string,
  against = "the calculated checksum",
): Claim {
  const checksum = start();
  return {
    checksum,
    async settle() {
      const computed = Buffer.from(await checksum.digest());
      if (computed.equals(Buffer.from(sent(), "base64"))) return;
      throw new AwsError("BadDigest", `The ${name} you specified did not match ${against}.`);
    },
  };
}
