import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { systemRandom } from "../../aws/random.ts";
import { clientOf, openStores, TestClock } from "../service.fixture.ts";
import { createS3 } from "./index.ts";

let s3: ReturnType<typeof clientOf>;

beforeEach(async () => {
  s3 = clientOf("s3", createS3({ ...(await openStores()), clock: new TestClock(), random: systemRandom }));
});

async function bucketOf(keys: readonly string[], Bucket = "pictures") {
  await s3.call("CreateBucket", { Bucket });
  for (const Key of keys) await s3.call("PutObject", { Bucket, Key });
}

interface Page {
  readonly Contents: readonly { readonly Key: string }[];
  readonly CommonPrefixes?: readonly { readonly Prefix: string }[];
}
const keysOf = (page: Page) => page.Contents.map((object) => object.Key);
const prefixesOf = (page: Page) => (page.CommonPrefixes ?? []).map((common) => common.Prefix);

test("a list shows folders as common prefixes", async () => {
  await bucketOf(["a.txt", "holiday/1.jpg", "holiday/sea/2.jpg", "work/3.jpg", "z.txt"]);
  const top = await s3.call("ListObjectsV2", { Bucket: "pictures", Delimiter: "/" });
  expect(keysOf(top)).toEqual(["a.txt", "z.txt"]);
  expect(prefixesOf(top)).toEqual(["holiday/", "work/"]);
  expect(top).toMatchObject({ KeyCount: 4, MaxKeys: 1000, IsTruncated: false, Name: "pictures", Prefix: "" });
  const holiday = await s3.call("ListObjectsV2", { Bucket: "pictures", Delimiter: "/", Prefix: "holiday/" });
  expect(keysOf(holiday)).toEqual(["holiday/1.jpg"]);
  expect(prefixesOf(holiday)).toEqual(["holiday/sea/"]);
  expect(holiday.Contents[0]).not.toHaveProperty("Owner");
});

test("version 1 goes on behind a marker, which may be a common prefix", async () => {
  await bucketOf(["a.txt", "holiday/1.jpg", "holiday/2.jpg", "z.txt"]);
  const first = await s3.call("ListObjects", { Bucket: "pictures", Delimiter: "/", MaxKeys: 2 });
  expect([keysOf(first), prefixesOf(first)]).toEqual([["a.txt"], ["holiday/"]]);
  expect(first).toMatchObject({ IsTruncated: true, NextMarker: "holiday/" });
  expect(first.Contents[0].Owner.ID).toMatch(/^[0-9a-f]{64}$/);
  const second = await s3.call("ListObjects", { Bucket: "pictures", Delimiter: "/", Marker: "holiday/" });
  expect([keysOf(second), prefixesOf(second)]).toEqual([["z.txt"], []]);
  const plain = await s3.call("ListObjects", { Bucket: "pictures", MaxKeys: 2 });
  expect(plain.IsTruncated).toBe(true);
  expect(plain).not.toHaveProperty("NextMarker");
  expect(keysOf(await s3.call("ListObjects", { Bucket: "pictures", Marker: "holiday/1.jpg" }))).toEqual([
    "holiday/2.jpg",
    "z.txt",
  ]);
});

test("names that XML can't hold are written for a URL when asked", async () => {
  await bucketOf(["ä b+c/d&e"]);
  const page = await s3.call("ListObjectsV2", { Bucket: "pictures", EncodingType: "url", Prefix: "ä b" });
  expect(keysOf(page)).toEqual(["%C3%A4+b%2Bc/d%26e"]);
  expect(page).toMatchObject({ Prefix: "%C3%A4+b", EncodingType: "url" });
});

test("what can't be listed so is refused", async () => {
  await bucketOf([]);
  const refused = (input: object) => expect(s3.call("ListObjectsV2", { Bucket: "pictures", ...input })).rejects;
  await refused({ ContinuationToken: "no token!" }).toMatchObject({ code: "InvalidArgument" });
  await refused({ MaxKeys: -1 }).toMatchObject({ code: "InvalidArgument" });
  await refused({ EncodingType: "morse" }).toMatchObject({ code: "InvalidArgument" });
  await refused({ Bucket: "nowhere" }).toMatchObject({ code: "NoSuchBucket" });
  expect(await s3.call("ListObjectsV2", { Bucket: "pictures", MaxKeys: 0 })).toMatchObject({
    IsTruncated: false,
    KeyCount: 0,
  });
});

test("page by page, every key and common prefix is shown once, in the order of their bytes", async () => {
  const key = fc.string({ unit: fc.constantFrom("a", "b", "/", "é", "\u{10ffff}"), minLength: 1, maxLength: 6 });
  let buckets = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(key, { maxLength: 12 }),
      fc.constantFrom("", "a", "a/", "/"),
      fc.constantFrom("", "/", "/a"),
      fc.integer({ min: 1, max: 4 }),
      async (keys, Prefix, Delimiter, MaxKeys) => {
        const Bucket = `pictures-${buckets++}`;
        await bucketOf(keys, Bucket);
        const shown: string[] = [];
        let ContinuationToken: string | undefined;
        do {
          const input = { Bucket, Prefix, Delimiter, MaxKeys, ...(ContinuationToken && { ContinuationToken }) };
          const page = await s3.call("ListObjectsV2", input);
          const names = [...keysOf(page), ...prefixesOf(page)];
          expect(names.length).toBeLessThanOrEqual(MaxKeys);
          expect(page.KeyCount).toBe(names.length);
          shown.push(...names.sort(inBytes));
          ContinuationToken = page.NextContinuationToken;
        } while (ContinuationToken !== undefined);

        const rolledUp = keys
          .filter((one) => one.startsWith(Prefix))
          .map((one) => {
            const at = Delimiter === "" ? -1 : one.indexOf(Delimiter, Prefix.length);
            return at < 0 ? one : one.slice(0, at + Delimiter.length);
          });
        expect(shown).toEqual([...new Set(rolledUp)].sort(inBytes));
      },
    ),
    { numRuns: 60 },
  );
});

function inBytes(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

test("each object has one version, and a version may be deleted by its id", async () => {
  await bucketOf(["a.txt", "holiday/1.jpg", "z.txt"]);
  const page = await s3.call("ListObjectVersions", { Bucket: "pictures", MaxKeys: 2 });
  expect(page.Versions).toMatchObject([
    { Key: "a.txt", VersionId: "null", IsLatest: true, Size: 0, StorageClass: "STANDARD" },
    { Key: "holiday/1.jpg", VersionId: "null", IsLatest: true },
  ]);
  expect(page).toMatchObject({ IsTruncated: true, NextKeyMarker: "holiday/1.jpg", NextVersionIdMarker: "null" });
  const rest = { Bucket: "pictures", KeyMarker: page.NextKeyMarker, VersionIdMarker: page.NextVersionIdMarker };
  const last = await s3.call("ListObjectVersions", rest);
  expect(last).toMatchObject({ IsTruncated: false, Versions: [{ Key: "z.txt" }] });
  const folders = await s3.call("ListObjectVersions", { Bucket: "pictures", Delimiter: "/", Prefix: "holiday" });
  expect(folders).toMatchObject({ Versions: [], CommonPrefixes: [{ Prefix: "holiday/" }] });
  const Objects = page.Versions.map(({ Key, VersionId }: { Key: string; VersionId: string }) => ({ Key, VersionId }));
  await s3.call("DeleteObjects", { Bucket: "pictures", Delete: { Objects } });
  expect((await s3.call("ListObjectVersions", { Bucket: "pictures" })).Versions).toMatchObject([{ Key: "z.txt" }]);
});
