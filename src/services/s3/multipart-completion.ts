import { createHash } from "node:crypto";
import type { CompletedPart } from "@aws-sdk/client-s3";
import { AwsError } from "../../aws/error.ts";
import type { ObjectHead, Objects } from "../../storage/objects/index.ts";
import { checksumMember, keptAlgorithms, keptChecksums } from "./checksums.ts";
import { invalidRequest, malformedXml } from "./errors.ts";
import type { LaidOutPart } from "./multipart-layout.ts";
import { type Part, partsBucket } from "./multipart-store.ts";

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
const smallestPart = 5 * 1024 * 1024;

function invalidPart(): AwsError {
  return new AwsError(
    "InvalidPart",
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
  );
}

/** The parts that an upload is made of, as the client lists them. */
export function chosenParts(wanted: readonly CompletedPart[], uploaded: readonly Part[]): Part[] {
  if (wanted.length === 0) throw malformedXml();
  const byNumber = new Map(uploaded.map((part) => [part.partNumber, part]));
  const chosen = wanted.map(({ PartNumber, ETag, ...claims }, index) => {
    if (index > 0 && (PartNumber ?? 0) <= (wanted[index - 1]?.PartNumber ?? 0)) {
      throw new AwsError(
        "InvalidPartOrder",
        "The list of parts was not in ascending order. The parts list must be specified in order by part number.",
      );
    }
    const part = byNumber.get(PartNumber ?? 0);
    if (!part || part.etag !== ETag?.replaceAll('"', "")) throw invalidPart();
    const kept = keptChecksums(part.headers) as Record<string, unknown>;
    const claimed = Object.entries(claims).filter(([name]) => name.startsWith("Checksum"));
    if (claimed.some(([name, value]) => kept[name] !== undefined && kept[name] !== value)) throw invalidPart();
    return part;
  });
  for (const part of chosen.slice(0, -1)) {
    if (part.size >= smallestPart) continue;
    throw new AwsError("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      details: {
        ProposedSize: String(part.size),
        MinSizeAllowed: String(smallestPart),
        PartNumber: String(part.partNumber),
        ETag: part.etag,
      },
    });
  }
  return chosen;
}

/** A part as the completed object keeps it. */
export function laidOut({ partNumber: number, size, headers }: Part): LaidOutPart {
  const [name] = keptAlgorithms(headers);
  const checksum = name && keptChecksums(headers)[checksumMember(name)];
  return { number, size, ...(checksum !== undefined && { checksum }) };
}

/** Checks the size that the client says the object has: InvalidRequest when the parts have another. */
export function checkSize(parts: readonly Part[], claimed: number | undefined): void {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (claimed === undefined || Number(claimed) === size) return;
  throw invalidRequest(
    `The provided 'x-amz-mp-object-size' header value ${claimed} does not match what was computed: ${size}`,
  );
}

/** The bytes of all parts, one after the other. */
export async function* bytesOf(objects: Objects, parts: readonly Part[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) {
    const found = await objects.get(partsBucket, part.key);
    if (found?.head.etag !== part.etag) {
      found?.body.destroy();
      throw invalidPart();
    }
    yield* found.body;
  }
}

/** The ETag of an object in parts: not the MD5 of the bytes but of the parts' MD5s, and how many there are. */
export function multipartEtag(parts: readonly ObjectHead[]): string {
  const digests = parts.map((part) => Buffer.from(part.etag, "hex"));
  return `${createHash("md5").update(Buffer.concat(digests)).digest("hex")}-${parts.length}`;
}
