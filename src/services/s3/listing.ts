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

type ListRequest = ListObjectsRequest | ListObjectVersionsRequest | ListObjectsV2Request;

/** A page of a list that begins after a key, with what every form of list answers of it. */
async function pageOf(objects: Objects, bucket: string, input: ListRequest, after: string) {
  const write = writer(input.EncodingType);
  const limit = limitOf(input.MaxKeys, "maxKeys");
  const { Prefix: prefix = "", Delimiter: delimiter = "" } = input;
  const { contents, commonPrefixes, next } = await listKeys(objects, bucket, { prefix, delimiter, after, limit });
  const answer = {
    IsTruncated: next !== undefined,
    Name: bucket,
    Prefix: write(prefix),
    ...(delimiter !== "" && { Delimiter: write(delimiter) }),
    MaxKeys: limit,
    ...(commonPrefixes.length > 0 && { CommonPrefixes: commonPrefixes.map((name) => ({ Prefix: write(name) })) }),
    ...(input.EncodingType && { EncodingType: input.EncodingType }),
  };
  return { answer, next, write, contents: contents.map((head) => wireObject(head, write)), commonPrefixes };
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
      const { Marker: marker = "", Delimiter: delimiter = "" } = input;
      const { answer, next, write, contents } = await pageOf(objects, bucket.name, input, marker);
      const Owner = canonicalUser(bucket.owner);
      return {
        ...answer,
        Marker: write(marker),
        // Without a delimiter the last key is the next marker.
        ...(next !== undefined && delimiter !== "" && { NextMarker: write(next) }),
        Contents: contents.map((object) => ({ ...object, Owner })),
      };
    },

    /** Versioning is never enabled, so each object has one version, "null". */
    async ListObjectVersions(input: ListObjectVersionsRequest): Promise<ListObjectVersionsOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const { KeyMarker: marker = "" } = input;
      const { answer, next, write, contents } = await pageOf(objects, bucket.name, input, marker);
      const version = { VersionId: "null", IsLatest: true, Owner: canonicalUser(bucket.owner) };
      return {
        ...answer,
        KeyMarker: write(marker),
        VersionIdMarker: input.VersionIdMarker ?? "",
        ...(next !== undefined && { NextKeyMarker: write(next), NextVersionIdMarker: "null" }),
        Versions: contents.map((object) => ({ ...object, ...version })),
      };
    },

    async ListObjectsV2(input: ListObjectsV2Request): Promise<ListObjectsV2Output> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const { StartAfter: startAfter, ContinuationToken: token } = input;
      const after = token === undefined ? (startAfter ?? "") : keyOfToken(token);
      const { answer, next, write, contents, commonPrefixes } = await pageOf(objects, bucket.name, input, after);
      const owner = input.FetchOwner ? { Owner: canonicalUser(bucket.owner) } : {};
      return {
        ...answer,
        Contents: contents.map((object) => ({ ...object, ...owner })),
        KeyCount: contents.length + commonPrefixes.length,
        ...(token !== undefined && { ContinuationToken: token }),
        ...(next !== undefined && { NextContinuationToken: tokenOf(next) }),
        ...(startAfter !== undefined && { StartAfter: write(startAfter) }),
      };
    },
  };
}
