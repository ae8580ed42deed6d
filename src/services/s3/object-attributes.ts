import type { GetObjectAttributesOutput, GetObjectAttributesRequest, StorageClass } from "@aws-sdk/client-s3";
import type { Handlers } from "../service.ts";
import { readBucket } from "./bucket.ts";
import { checksumMember, keptAlgorithms, keptChecksums } from "./checksums.ts";
import { invalidArgument } from "./errors.ts";
import { etagOf } from "./headers.ts";
import { limitOf } from "./list-form.ts";
import { layoutOf } from "./multipart-layout.ts";
import { objectKey, readObject, versionIdOf } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";
import type { Version } from "./versions.ts";

const attributes = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

/** The parts of an object that came in parts; they stand in the answer one by one only where they have checksums. */
function objectParts(
  { headers }: Version,
  input: GetObjectAttributesRequest,
): GetObjectAttributesOutput["ObjectParts"] {
  const layout = layoutOf(headers);
  if (!layout) return undefined;
  const [algorithm] = keptAlgorithms(headers);
  if (!algorithm || layout.every(({ checksum }) => checksum === undefined)) return { TotalPartsCount: layout.length };
  const limit = limitOf(input.MaxParts, "max-parts");
  const after = Number(input.PartNumberMarker ?? 0);
  const found = layout.filter(({ number }) => number > after);
  const shown = found.slice(0, limit);
  return {
    TotalPartsCount: layout.length,
    PartNumberMarker: String(after),
    NextPartNumberMarker: String(shown.at(-1)?.number ?? 0),
    MaxParts: limit,
    IsTruncated: found.length > limit,
    Parts: shown.map(({ number, size, checksum }) => ({
      PartNumber: number,
      Size: size,
      ...(checksum !== undefined && { [checksumMember(algorithm)]: checksum }),
    })),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectAttributes.html */
export function objectAttributeHandlers(parts: S3Parts): Handlers {
  return {
    async GetObjectAttributes(input: GetObjectAttributesRequest): Promise<GetObjectAttributesOutput> {
      const { value: bucket } = await readBucket(parts.state, input.Bucket, input.ExpectedBucketOwner);
      const wanted: readonly string[] = input.ObjectAttributes ?? [];
      const unknown = wanted.find((name) => !attributes.includes(name));
      if (unknown !== undefined)
        throw invalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", unknown);
      const version = await readObject(parts, bucket, objectKey(input.Key), input.VersionId);
      const checksums = keptChecksums(version.headers);
      const shown: GetObjectAttributesOutput = {
        ETag: etagOf(version).replaceAll('"', ""),
        ...(checksums.ChecksumType && { Checksum: checksums }),
        ObjectParts: objectParts(version, input),
        StorageClass: (version.headers["x-amz-storage-class"] ?? "STANDARD") as StorageClass,
        ObjectSize: version.size,
      };
      return {
        LastModified: new Date(version.lastModified),
        ...versionIdOf(bucket, version),
        ...Object.fromEntries(Object.entries(shown).filter(([name]) => wanted.includes(name))),
      };
    },
  };
}
