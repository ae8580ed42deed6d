import type { Clock } from "../../aws/clock.ts";
import type { Random } from "../../aws/random.ts";
import type { ObjectHead, Objects } from "../../storage/objects/index.ts";

/** One version of an object: its bytes, or a delete marker, which has none. */
export interface Version extends ObjectHead {
  /** "null" for what was put while versioning was not enabled. */
  readonly versionId: string;
  readonly isDeleteMarker: boolean;
  /** Where its bytes lie. */
  readonly place: { readonly bucket: string; readonly key: string };
}

/** Headers that only this folder reads: what the null version's place among the others is, and that it is a marker. */
export const orderHeader = "version-order";
export const deleteMarkerHeader = "delete-marker";

// A version with an id lies in a name space beside the bucket, as no bucket's name has an underscore, and under a name
// that sorts by the key first, then newest first. A NUL ends the key there, so one in the key is escaped.
const idLength = 32;
const orderLength = 12;
const oldest = "f".repeat(orderLength);
const largest = 2 ** (4 * orderLength) - 1;
const ticksPerMs = 100;
const end = "\0\0";
const behindAll = `${end}\u{10ffff}`;

const escaped = (text: string) => text.replaceAll("\0", "\0\u0001");

/** The name space of a bucket's versions that have an id. */
export function versionsOfBucket(bucket: string): string {
  return `_versions.${bucket}`;
}

/** Where a version lies. */
export function placeOf(bucket: string, key: string, versionId: string): Version["place"] {
  return versionId === "null"
    ? { bucket, key }
    : { bucket: versionsOfBucket(bucket), key: escaped(key) + end + versionId };
}

/** Whether text can be a version's id. */
export function isVersionId(text: string): boolean {
  return text === "null" || (text.length === idLength && /^[0-9A-Za-z]+$/.test(text));
}

const orderOf = ({ versionId, headers }: Version) =>
  versionId === "null" ? (headers[orderHeader] ?? oldest) : versionId.slice(0, orderLength);

/** An order that comes before all of the key's versions: the time, counted down, and later than `newest`. */
export function nextOrder(clock: Clock, newest: Version | undefined): string {
  const last = newest === undefined ? 0 : largest - Number.parseInt(orderOf(newest), 16);
  return (largest - Math.max(clock.now() * ticksPerMs, last + 1)).toString(16).padStart(orderLength, "0");
}

/** The id of a new version; ids of one key sort newest first. */
export function newVersionId(order: string, random: Random): string {
  return order + random.alphanumeric(idLength - orderLength);
}

function nullVersion(bucket: string, head: ObjectHead): Version {
  const isDeleteMarker = head.headers[deleteMarkerHeader] !== undefined;
  return { ...head, versionId: "null", isDeleteMarker, place: { bucket, key: head.key } };
}

function namedVersion(bucket: string, head: ObjectHead): Version {
  const at = head.key.length - idLength;
  return {
    ...head,
    key: head.key.slice(0, at - end.length).replaceAll("\0\u0001", "\0"),
    versionId: head.key.slice(at),
    isDeleteMarker: head.headers[deleteMarkerHeader] !== undefined,
    place: { bucket: versionsOfBucket(bucket), key: head.key },
  };
}

function newestFirst(one: Version, other: Version): number {
  return orderOf(one) < orderOf(other) ? -1 : 1;
}

/** What a key stands for, a delete marker too: the newest of its versions. */
export async function newestVersion(objects: Objects, bucket: string, key: string): Promise<Version | undefined> {
  const [named] = await objects.list(versionsOfBucket(bucket), { prefix: escaped(key) + end, limit: 1 });
  const unnamed = await objects.head(bucket, key);
  const found = [...(named ? [namedVersion(bucket, named)] : []), ...(unnamed ? [nullVersion(bucket, unnamed)] : [])];
  return found.sort(newestFirst)[0];
}

/** The version of a key with an id, a delete marker too. */
export async function versionWithId(objects: Objects, bucket: string, key: string, versionId: string) {
  const place = placeOf(bucket, key, versionId);
  const head = await objects.head(place.bucket, place.key);
  if (!head) return undefined;
  return versionId === "null" ? nullVersion(bucket, head) : namedVersion(bucket, head);
}

const pageSize = 1000;

async function* headsFrom(objects: Objects, bucket: string, prefix: string, after: string | undefined) {
  let last = after;
  for (;;) {
    const heads = await objects.list(bucket, { prefix, limit: pageSize, ...(last !== undefined && { after: last }) });
    yield* heads;
    if (heads.length < pageSize) return;
    last = heads.at(-1)?.key;
  }
}

/** All versions of each key that has the prefix and follows `after` ("": from the first), by key, each key's newest first. */
export async function* versionsByKey(
  objects: Objects,
  bucket: string,
  prefix: string,
  after: string,
): AsyncGenerator<readonly [Version, ...Version[]]> {
  const nulls = headsFrom(objects, bucket, prefix, after === "" ? undefined : after);
  const beyond = after === "" ? undefined : escaped(after) + behindAll;
  const named = headsFrom(objects, versionsOfBucket(bucket), escaped(prefix), beyond);
  const take = async (from: AsyncGenerator<ObjectHead>, make: typeof nullVersion) => {
    const { value } = await from.next();
    return value ? make(bucket, value) : undefined;
  };
  let unnamed = await take(nulls, nullVersion);
  let one = await take(named, namedVersion);
  while (unnamed ?? one) {
    const key = firstKey(unnamed, one);
    const versions: Version[] = [];
    if (unnamed?.key === key) {
      versions.push(unnamed);
      unnamed = await take(nulls, nullVersion);
    }
    while (one?.key === key) {
      versions.push(one);
      one = await take(named, namedVersion);
    }
    yield versions.sort(newestFirst) as [Version, ...Version[]];
  }
}

/** All versions of one key, newest first. */
export async function versionsOfKey(objects: Objects, bucket: string, key: string): Promise<readonly Version[]> {
  // Of all keys that begin with it, it is the first.
  const { value: versions } = await versionsByKey(objects, bucket, key, "").next();
  return versions?.[0].key === key ? versions : [];
}

function firstKey(one: Version | undefined, other: Version | undefined): string {
  if (!one || !other) return (one ?? other)?.key ?? "";
  return Buffer.compare(Buffer.from(one.key), Buffer.from(other.key)) <= 0 ? one.key : other.key;
}
