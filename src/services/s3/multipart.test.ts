import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { beforeEach, expect, test } from "vitest";
import { systemRandom } from "../../aws/random.ts";
import { clientOf, openStores, TestClock } from "../service.fixture.ts";
import { createS3 } from "./index.ts";

const megabyte = 1024 * 1024;
const film = { Bucket: "films", Key: "cat.mp4" };

let s3: ReturnType<typeof clientOf>;
let stores: Awaited<ReturnType<typeof openStores>>;

beforeEach(async () => {
  stores = await openStores();
  s3 = clientOf("s3", createS3({ ...stores, clock: new TestClock(), random: systemRandom }));
  await s3.call("CreateBucket", { Bucket: "films" });
});

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest();
const begin = async (more: object = {}): Promise<string> =>
  (await s3.call("CreateMultipartUpload", { ...film, ...more })).UploadId;
const upload = async (UploadId: string, PartNumber: number, bytes: Uint8Array) => ({
  PartNumber,
  ETag: (await s3.call("UploadPart", { ...film, UploadId, PartNumber, Body: Readable.from([bytes]) })).ETag,
});
const complete = (UploadId: string, Parts: readonly object[]) =>
  s3.call("CompleteMultipartUpload", { ...film, UploadId, MultipartUpload: { Parts } });
const leftOver = () => stores.objects.list("_parts", { limit: 10 });

test("a large object goes up in parts and comes down as one", async () => {
  const UploadId = await begin({ ContentType: "video/mp4", Metadata: { cut: "final" } });
  const one = Buffer.alloc(5 * megabyte, "a");
  const two = Buffer.from("the end");
  const second = await upload(UploadId, 2, two);
  const first = await upload(UploadId, 1, one);

  const parts = await s3.call("ListParts", { ...film, UploadId });
  expect(parts.Parts.map((part: { PartNumber: number; Size: number }) => [part.PartNumber, part.Size])).toEqual([
    [1, one.length],
    [2, two.length],
  ]);
  expect((await s3.call("ListMultipartUploads", { Bucket: "films" })).Uploads).toMatchObject([
    { Key: "cat.mp4", UploadId },
  ]);
  expect((await s3.call("ListObjectsV2", { Bucket: "films" })).KeyCount).toBe(0);

  const ETag = `"${md5(Buffer.concat([md5(one), md5(two)])).toString("hex")}-2"`;
  expect(await complete(UploadId, [first, second])).toMatchObject({ ...film, ETag });
  const { Body, ...output } = await s3.call("GetObject", film);
  expect(output).toMatchObject({ ETag, ContentType: "video/mp4", Metadata: { cut: "final" } });
  expect(Buffer.compare(await buffer(Body), Buffer.concat([one, two]))).toBe(0);
  expect((await s3.call("ListObjectsV2", { Bucket: "films" })).Contents[0].ETag).toBe(ETag);
  expect(await leftOver()).toEqual([]);
  await expect(complete(UploadId, [first, second])).rejects.toMatchObject({ code: "NoSuchUpload", status: 404 });
});

test("an upload that is given up leaves nothing", async () => {
  const UploadId = await begin();
  await upload(UploadId, 1, Buffer.from("a"));
  await s3.call("AbortMultipartUpload", { ...film, UploadId });
  expect(await leftOver()).toEqual([]);
  await expect(upload(UploadId, 2, Buffer.from("b"))).rejects.toMatchObject({ code: "NoSuchUpload" });
  await expect(s3.call("ListParts", { ...film, UploadId })).rejects.toMatchObject({ code: "NoSuchUpload" });
});

test("a bucket takes its unfinished uploads with it", async () => {
  await upload(await begin(), 1, Buffer.from("a"));
  await s3.call("DeleteBucket", { Bucket: "films" });
  expect(await leftOver()).toEqual([]);
});

test("parts that don't fit together are refused, and the upload stays", async () => {
  const UploadId = await begin();
  const first = await upload(UploadId, 1, Buffer.from("too small"));
  const second = await upload(UploadId, 2, Buffer.from("last"));
  await expect(complete(UploadId, [first, second])).rejects.toMatchObject({ code: "EntityTooSmall" });
  await expect(complete(UploadId, [second, first])).rejects.toMatchObject({ code: "InvalidPartOrder" });
  await expect(complete(UploadId, [{ ...first, ETag: '"other"' }])).rejects.toMatchObject({ code: "InvalidPart" });
  await expect(complete(UploadId, [{ ...first, PartNumber: 7 }])).rejects.toMatchObject({ code: "InvalidPart" });
  await expect(complete(UploadId, [])).rejects.toMatchObject({ code: "MalformedXML" });
  await expect(upload(UploadId, 10_001, Buffer.from("x"))).rejects.toMatchObject({ code: "InvalidArgument" });
  await complete(UploadId, [second]);
  expect((await s3.call("HeadObject", film)).ContentLength).toBe(4);
});

test("a part can be copied from a range of another object", async () => {
  await s3.call("PutObject", { Bucket: "films", Key: "raw", Body: Readable.from([Buffer.from("abcdefgh")]) });
  const UploadId = await begin();
  const { CopyPartResult } = await s3.call("UploadPartCopy", {
    ...film,
    UploadId,
    PartNumber: 1,
    CopySource: "films/raw",
    CopySourceRange: "bytes=2-4",
  });
  await complete(UploadId, [{ PartNumber: 1, ETag: CopyPartResult.ETag }]);
  expect((await buffer((await s3.call("GetObject", film)).Body)).toString()).toBe("cde");
});

test("parts and uploads are listed page by page", async () => {
  const UploadId = await begin();
  for (const number of [1, 2, 3]) await upload(UploadId, number, Buffer.from("x"));
  const first = await s3.call("ListParts", { ...film, UploadId, MaxParts: 2 });
  expect(first).toMatchObject({ IsTruncated: true, NextPartNumberMarker: "2" });
  const rest = await s3.call("ListParts", { ...film, UploadId, PartNumberMarker: first.NextPartNumberMarker });
  expect(rest.Parts.map((part: { PartNumber: number }) => part.PartNumber)).toEqual([3]);

  const ids = [UploadId, await begin(), await begin({ Key: "dog.mp4" })];
  const seen: string[] = [];
  let page = await s3.call("ListMultipartUploads", { Bucket: "films", MaxUploads: 1 });
  for (;;) {
    seen.push(...page.Uploads.map((one: { UploadId: string }) => one.UploadId));
    if (!page.IsTruncated) break;
    page = await s3.call("ListMultipartUploads", {
      Bucket: "films",
      MaxUploads: 1,
      KeyMarker: page.NextKeyMarker,
      UploadIdMarker: page.NextUploadIdMarker,
    });
  }
  expect(seen.toSorted()).toEqual(ids.toSorted());
});
