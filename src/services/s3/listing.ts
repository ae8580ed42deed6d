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
import { keptAlgorithms, keptChecksums } from "./checksums.ts";
import { invalidArgument } from "./errors.ts";
import { etagOf } from "./headers.ts";
import { limitOf, type Write, writer } from "./list-form.ts";
import type { S3Parts } from "./parts.ts";
import { isVersionId, type Version, versionsByKey, versionsOfKey } from "./versions.ts";

interface Wanted {
  readonly prefix: string;
  readonly delimiter: string;
  /** The key or common prefix that the page before ended with. */
  readonly after: string;
  readonly limit: number;
}

interface Found {
  readonly contents: readonly Version[];
  readonly commonPrefixes: readonly string[];
  /** What the next page follows: a version, or a common prefix; undefined on the last page. */
  readonly next: { readonly key: string; readonly versionId?: string } | undefined;
}

/** What a list shows of a key: the versions, of which the first is the newest. */
type Shown = (versions: readonly [Version, ...Version[]]) => readonly Version[];

// Follows every character that may continue a prefix.
const lastCharacter = "\u{10ffff}";

/** One page of what is shown of keys, and of what they have in common up to the delimiter, in the order of their UTF-8 bytes. */
async function listKeys(
  objects: Objects,
  bucket: string,
  wanted: Wanted,
  show: Shown,
  first: readonly Version[] = [],
): Promise<Found> {
  const { prefix, delimiter, limit } = wanted;
  const contents: Version[] = [];
  const commonPrefixes: string[] = [];
  if (limit === 0) return { contents, commonPrefixes, next: undefined };

  const commonPrefixOf = (key: string) => {
    const at = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    return at < 0 ? undefined : key.slice(0, at + delimiter.length);
  };
  let last: NonNullable<Found["next"]> = { key: wanted.after };
  const isFull = () => contents.length + commonPrefixes.length === limit;
  for (const version of first) {
    if (isFull()) return { contents, commonPrefixes, next: last };
    contents.push(version);
    last = version;
  }
  // A page that ended with a common prefix goes on behind all of its keys.
  const { key } = last;
  let common = key.startsWith(prefix) && commonPrefixOf(key) === key ? key : undefined;
  let after: string | undefined = common === undefined ? key : common + lastCharacter;
  while (after !== undefined) {
    const groups = versionsByKey(objects, bucket, prefix, after);
    after = undefined;
    for await (const versions of groups) {
      const shown = show(versions);
      if (shown.length === 0) continue;
      const ofKey = commonPrefixOf(versions[0].key);
      if (ofKey !== undefined) {
        if (ofKey === common) continue;
        if (isFull()) return { contents, commonPrefixes, next: last };
        commonPrefixes.push(ofKey);
        last = { key: ofKey };
        common = ofKey;
        after = ofKey + lastCharacter;
        break;
      }
      for (const version of shown) {
        if (isFull()) return { contents, commonPrefixes, next: last };
        contents.push(version);
        last = version;
      }
    }
  }
  return { contents, commonPrefixes, next: undefined };
}

const currentOnly: Shown = ([newest]) => (newest.isDeleteMarker ? [] : [newest]);
const everyVersion: Shown = (versions) => versions;

function wireObject(head: ObjectHead, write: Write) {
  return {
    Key: write(head.key),
    LastModified: new Date(head.lastModified),
    ETag: etagOf(head),
    Size: head.size,
    StorageClass: (head.headers["x-amz-storage-class"] ?? "STANDARD") as "STANDARD",
    ...checksumsListed(head),
  };
}

function checksumsListed({ headers }: ObjectHead) {
  const { ChecksumType } = keptChecksums(headers);
  return ChecksumType && { ChecksumAlgorithm: keptAlgorithms(headers), ChecksumType };
}

type ListRequest = ListObjectsRequest | ListObjectVersionsRequest | ListObjectsV2Request;

/** A page of a list that begins after a key, with what every form of list answers of it. */
async function pageOf(
  objects: Objects,
  bucket: string,
  input: ListRequest,
  after: string,
  show = currentOnly,
  first: readonly Version[] = [],
) {
  const write = writer(input.EncodingType);
  const limit = limitOf(input.MaxKeys, "maxKeys");
  const { Prefix: prefix = "", Delimiter: delimiter = "" } = input;
  const wanted = { prefix, delimiter, after, limit };
  const { contents, commonPrefixes, next } = await listKeys(objects, bucket, wanted, show, first);
  const answer = {
    IsTruncated: next !== undefined,
    Name: bucket,
    Prefix: write(prefix),
    ...(delimiter !== "" && { Delimiter: write(delimiter) }),
    MaxKeys: limit,
    ...(commonPrefixes.length > 0 && { CommonPrefixes: commonPrefixes.map((name) => ({ Prefix: write(name) })) }),
    ...(input.EncodingType && { EncodingType: input.EncodingType }),
  };
  return { answer, next, write, contents, commonPrefixes };
}

function tokenOf(key: string): string {
  return Buffer.from(key).toString("base64");
}

function keyOfToken(token: string): string {
  const key = Buffer.from(token, "base64").toString();
  if (tokenOf(key) === token) return key;
  throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
}

const idOf = ({ key, versionId }: Version) => `${versionId}/${key}`;

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
        ...(next !== undefined && delimiter !== "" && { NextMarker: write(next.key) }),
        Contents: contents.map((version) => ({ ...wireObject(version, write), Owner })),
      };
    },

    async ListObjectVersions(input: ListObjectVersionsRequest): Promise<ListObjectVersionsOutput> {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const { KeyMarker: marker = "", VersionIdMarker: idMarker = "" } = input;
      if (idMarker !== "" && marker === "")
        throw invalidArgument(
          "A version-id marker cannot be specified without a key marker.",
          "version-id-marker",
          idMarker,
        );
      if (idMarker !== "" && !isVersionId(idMarker))
        throw invalidArgument("Invalid version id specified", "version-id-marker", idMarker);
      // The page before may have ended amid the versions of a key.
      const ofMarker = idMarker === "" ? [] : await versionsOfKey(objects, bucket.name, marker);
      const newest = new Set<string>();
      const show: Shown = (versions) => {
        newest.add(idOf(versions[0]));
        return everyVersion(versions);
      };
      if (ofMarker[0]) newest.add(idOf(ofMarker[0]));
      const rest = ofMarker.slice(ofMarker.findIndex(({ versionId }) => versionId === idMarker) + 1);
      const { answer, next, write, contents } = await pageOf(objects, bucket.name, input, marker, show, rest);
      const Owner = canonicalUser(bucket.owner);
      const wire = (version: Version) => ({
        Key: write(version.key),
        VersionId: version.versionId,
        IsLatest: newest.has(idOf(version)),
        LastModified: new Date(version.lastModified),
        Owner,
      });
      const versions = contents.filter(({ isDeleteMarker }) => !isDeleteMarker);
      const markers = contents.filter(({ isDeleteMarker }) => isDeleteMarker);
      return {
        ...answer,
        KeyMarker: write(marker),
        VersionIdMarker: idMarker,
        ...(next && { NextKeyMarker: write(next.key) }),
        ...(next?.versionId !== undefined && { NextVersionIdMarker: next.versionId }),
        Versions: versions.map((version) => ({ ...wireObject(version, write), ...wire(version) })),
        ...(markers.length > 0 && { DeleteMarkers: markers.map(wire) }),
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
        Contents: contents.map((version) => ({ ...wireObject(version, write), ...owner })),
        KeyCount: contents.length + commonPrefixes.length,
        ...(token !== undefined && { ContinuationToken: token }),
        ...(next !== undefined && { NextContinuationToken: tokenOf(next.key) }),
        ...(startAfter !== undefined && { StartAfter: write(startAfter) }),
      };
    },
  };
}
