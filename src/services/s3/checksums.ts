import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { Crc32, Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import type { PutObjectRequest } from "@aws-sdk/client-s3";
import { AwsError } from "../../aws/error.ts";
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
  readonly name: string;
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

type Claims = Partial<Pick<PutObjectRequest, ChecksumMember | "ContentMD5">>;

/** The checksum members that the client sent, for its answer. */
export function sentChecksums(input: Claims): Partial<Record<ChecksumMember, string>> {
  return Object.fromEntries(
    algorithms.flatMap(({ member }) => (input[member] === undefined ? [] : [[member, input[member]]])),
  );
}

/** The same as headers, to be kept with the object. */
export function checksumHeaders(input: Claims): Record<string, string> {
  return Object.fromEntries(
    algorithms.flatMap(({ member, header }) => (input[member] === undefined ? [] : [[header, input[member]]])),
  );
}

/** The checksums that are kept with an object. */
export function keptChecksums(headers: Readonly<Record<string, string>>): Partial<Record<ChecksumMember, string>> {
  return Object.fromEntries(
    algorithms.flatMap(({ member, header }) => (headers[header] === undefined ? [] : [[member, headers[header]]])),
  );
}

/**
 * The body as it comes in, failing at its end with BadDigest when its bytes don't have the MD5 or a checksum that the
 * client sent, and with IncompleteBody when the client goes away. A claim that can't be one is refused at once:
 * InvalidDigest, InvalidRequest.
 */
export function verified(body: Readable | Uint8Array, input: Claims): Readable {
  return Readable.from(checked(body instanceof Readable ? body : [body], claimsOf(input)), { objectMode: false });
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

function claimsOf(input: Claims): Claim[] {
  const claims: Claim[] = [];
  const { ContentMD5 } = input;
  if (ContentMD5 !== undefined) {
    if (Buffer.from(ContentMD5, "base64").length !== 16) {
      throw new AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.");
    }
    const message = "The Content-MD5 you specified did not match what we received.";
    claims.push(claim(hashed("md5"), ContentMD5, message));
  }
  for (const { member, header, name, bytes, start } of algorithms) {
    const sent = input[member];
    if (sent === undefined) continue;
    if (Buffer.from(sent, "base64").length !== bytes) throw invalidRequest(`Value for ${header} header is invalid.`);
    claims.push(claim(start(), sent, `The ${name} you specified did not match the calculated checksum.`));
  }
  return claims;
}

function claim(checksum: Checksum, sent: string, message: string): Claim {
  return {
    checksum,
    async settle() {
      const computed = Buffer.from(await checksum.digest());
      if (!computed.equals(Buffer.from(sent, "base64"))) throw new AwsError("BadDigest", message);
    },
  };
}
