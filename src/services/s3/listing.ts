import type {
  ListObjectsOutput,
  ListObjectsRequest,
  ListObjectsV2Output,
  ListObjectsV2Request,
  ListObjectVersionsOutput,
  ListObjectVersionsRequest,
} from "@aws-sdk/client-s3";
import type { ObjectHead, Objects } from "../../storage/objects/index.ts";
import type { Handlers } from "../service.ts";
import { canonicalUser, readBucket } from "./bucket.ts";
import { invalidArgument } from "./errors.ts";
import { etagOf } from "./headers.ts";
import { limitOf, mostKeys, type Write, writer } from "./list-form.ts";
import type { S3Parts } from "./parts.ts";

interface Wanted {
  readonly prefix: string;
  readonly delimiter: string;
  readonly after: string;
  readonly limit: number;
}

interface Found {
  readonly contents: readonly ObjectHead[];
  readonly commonPrefixes: readonly string[];
  /** The key or common prefix that the next page follows; undefined on the last page. */
  readonly next: string | undefined;
}

// Follows every character that may continue a prefix.
const lastCharacter = "\u{10ffff}";

/** One page of keys and of what they have in common up to the delimiter, in the order of their UTF-8 bytes. */
async function listKeys(objects: Objects, bucket: string, wanted: Wanted): Promise<Found> {
  const { prefix, delimiter, limit } = wanted;
  const contents: ObjectHead[] = [];
  const commonPrefixes: string[] = [];
  if (limit === 0) return { contents, commonPrefixes, next: undefined };

  const commonPrefixOf = (key: string) => {
    const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    return at < 0 ? undefined : key.slice(0, at + delimiter.length);
  };
  // A page that ended with a common prefix goes on behind all of its keys.
  let last = wanted.after;
  let shown = last.startsWith(prefix) && commonPrefixOf(last) === last ? last : undefined;
  let after = shown === undefined ? last : shown + lastCharacter;
  for (;;) {
    const heads = await objects.list(bucket, { prefix, limit: mostKeys, ...(after !== "" && { after }) });
    let skipped = false;
    for (const head of heads) {
      after = head.key;
      const common = commonPrefixOf(head.key);
      if (common !== undefined && common === shown) continue;
      if (contents.length + commonPrefixes.length === limit) return { contents, commonPrefixes, next: last };
      if (common === undefined) {
        contents.push(head);
        last = head.key;
        continue;
      }
      commonPrefixes.push(common);
      shown = last = common;
      after = common + lastCharacter;
      skipped = true;
      break;
    }
    if (!skipped && heads.length < mostKeys) return { contents, commonPrefixes, next: undefined };
  }
}

function wireObject(head: ObjectHead, write: Write) {
  return {
    Key: write(head.key),
    LastModified: new Date(head.lastModified),
    ETag: etagOf(head),
    Size: head.size,
    StorageClass: (head.headers["x-amz-storage-class"] ?? "STANDARD") as "STANDARD",
  };
}

function wirePrefixes(prefixes: readonly string[], write: Write) {
  return prefixes.length > 0 && { CommonPrefixes: prefixes.map((prefix) => ({ Prefix: write(prefix) })) };
}

function tokenOf(key: string): string {
  return Buffer.from(key).toString("base64");
}

function keyOfToken(token: string): string {
  const key = Buffer.from(token, "base64").toString();
  if (tokenOf(key) === token) return key;
  throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ListingKeysUsingAPIs.html */
export function listingHandlers({ state, objects }: S3Parts): Handlers {
  return {
    async ListObjects(input: ListObjectsRequest): Promise<ListObjectsOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const write = writer(input.EncodingType);
      const limit = limitOf(input.MaxKeys, "maxKeys");
      const { Prefix: prefix = "", Delimiter: delimiter = "", Marker: marker = "" } = input;
      const found = await listKeys(objects, bucket.name, { prefix, delimiter, after: marker, limit });
      const Owner = canonicalUser(bucket.owner);
      return {
        IsTruncated: found.next !== undefined,
        Marker: write(marker),
        // Without a delimiter the last key is the next marker.
        ...(found.next !== undefined && delimiter !== "" && { NextMarker: write(found.next) }),
        Contents: found.contents.map((head) => ({ ...wireObject(head, write), Owner })),
        Name: bucket.name,
        Prefix: write(prefix),
        ...(delimiter !== "" && { Delimiter: write(delimiter) }),
        MaxKeys: limit,
        ...wirePrefixes(found.commonPrefixes, write),
        ...(input.EncodingType && { EncodingType: input.EncodingType }),
      };
    },

    /** Versioning is never enabled, so each object has one version, "null". */
    async ListObjectVersions(input: ListObjectVersionsRequest): Promise<ListObjectVersionsOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const write = writer(input.EncodingType);
      const limit = limitOf(input.MaxKeys, "maxKeys");
      const { Prefix: prefix = "", Delimiter: delimiter = "", KeyMarker: marker = "" } = input;
      const found = await listKeys(objects, bucket.name, { prefix, delimiter, after: marker, limit });
      const version = { VersionId: "null", IsLatest: true, Owner: canonicalUser(bucket.owner) };
      return {
        IsTruncated: found.next !== undefined,
        KeyMarker: write(marker),
        VersionIdMarker: input.VersionIdMarker ?? "",
        ...(found.next !== undefined && { NextKeyMarker: write(found.next), NextVersionIdMarker: "null" }),
        Versions: found.contents.map((head) => ({ ...wireObject(head, write), ...version })),
        Name: bucket.name,
        Prefix: write(prefix),
        ...(delimiter !== "" && { Delimiter: write(delimiter) }),
        MaxKeys: limit,
        ...wirePrefixes(found.commonPrefixes, write),
        ...(input.EncodingType && { EncodingType: input.EncodingType }),
      };
    },

    async ListObjectsV2(input: ListObjectsV2Request): Promise<ListObjectsV2Output> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const write = writer(input.EncodingType);
      const limit = limitOf(input.MaxKeys, "maxKeys");
      const { Prefix: prefix = "", Delimiter: delimiter = "", StartAfter: startAfter } = input;
      const token = input.ContinuationToken;
      const after = token === undefined ? (startAfter ?? "") : keyOfToken(token);
      const found = await listKeys(objects, bucket.name, { prefix, delimiter, after, limit });
      const owner = input.FetchOwner ? { Owner: canonicalUser(bucket.owner) } : {};
      return {
        IsTruncated: found.next !== undefined,
        Contents: found.contents.map((head) => ({ ...wireObject(head, write), ...owner })),
        Name: bucket.name,
        Prefix: write(prefix),
        ...(delimiter !== "" && { Delimiter: write(delimiter) }),
        MaxKeys: limit,
        ...wirePrefixes(found.commonPrefixes, write),
        ...(input.EncodingType && { EncodingType: input.EncodingType }),
        KeyCount: found.contents.length + found.commonPrefixes.length,
        ...(token !== undefined && { ContinuationToken: token }),
        ...(found.next !== undefined && { NextContinuationToken: tokenOf(found.next) }),
        ...(startAfter !== undefined && { StartAfter: write(startAfter) }),
      };
    },
  };
}
