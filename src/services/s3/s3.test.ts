import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { Crc32, Crc32c, Crc64Nvme } from "@aws-sdk/checksums/crc";
import { beforeEach, describe, expect, test } from "vitest";
import type { Caller } from "../../aws/caller.ts";
import { decodeChunked } from "../../aws/index.ts";
import { accountId } from "../../aws/names.ts";
import { systemRandom } from "../../aws/random.ts";
import { account, clientOf, openStores, TestClock } from "../service.fixture.ts";
import { createLogTarget, createS3 } from "./index.ts";

const stranger: Caller = {
  type: "Root",
  accountId: accountId("999999999999"),
  principalId: "999999999999",
  arn: "arn:aws:iam::999999999999:root",
};

let s3: ReturnType<typeof clientOf>;
let stores: Awaited<ReturnType<typeof openStores>>;

beforeEach(async () => {
  stores = await openStores();
  s3 = clientOf("s3", createS3({ ...stores, clock: new TestClock(), random: systemRandom }));
});

const put = (Key: string, text = Key, more: object = {}) =>
  s3.call("PutObject", { Bucket: "pictures", Key, Body: Readable.from([Buffer.from(text)]), ...more });
const get = async (Key: string, more: object = {}) => {
  const { Body, ...output } = await s3.call("GetObject", { Bucket: "pictures", Key, ...more });
  return { ...output, text: (await buffer(Body)).toString() };
};
const md5 = (text: string) => createHash("md5").update(text).digest();

describe("buckets", () => {
  test("a bucket is made, listed, found, located and deleted", async () => {
    expect(await s3.call("CreateBucket", { Bucket: "pictures" })).toMatchObject({ Location: "/pictures" });
    await s3.call("CreateBucket", {
      Bucket: "bilder",
      CreateBucketConfiguration: { LocationConstraint: "eu-central-1" },
    });
    const { Buckets } = await s3.call("ListBuckets");
    expect(Buckets.map((bucket: { Name: string; BucketRegion: string }) => [bucket.Name, bucket.BucketRegion])).toEqual(
      [
        ["bilder", "eu-central-1"],
        ["pictures", "us-east-1"],
      ],
    );
    expect(await s3.call("HeadBucket", { Bucket: "bilder" })).toMatchObject({ BucketRegion: "eu-central-1" });
    expect(await s3.call("GetBucketLocation", { Bucket: "bilder" })).toEqual({ LocationConstraint: "eu-central-1" });
    expect(await s3.call("GetBucketLocation", { Bucket: "pictures" })).toEqual({});
    await s3.call("DeleteBucket", { Bucket: "bilder" });
    await expect(s3.call("HeadBucket", { Bucket: "bilder" })).rejects.toMatchObject({
      code: "NoSuchBucket",
      status: 404,
      message: "The specified bucket does not exist",
      details: { BucketName: "bilder" },
    });
  });

  test("a name belongs to one account; making one's own again succeeds in us-east-1 only", async () => {
    await s3.call("CreateBucket", { Bucket: "pictures" });
    await s3.call("CreateBucket", { Bucket: "pictures" });
    await expect(s3.call("CreateBucket", { Bucket: "pictures" }, { as: stranger })).rejects.toMatchObject({
      code: "BucketAlreadyExists",
      status: 409,
    });
    const inFrankfurt = { Bucket: "pictures", CreateBucketConfiguration: { LocationConstraint: "eu-central-1" } };
    await expect(s3.call("CreateBucket", inFrankfurt, { region: "eu-central-1" })).rejects.toMatchObject({
      code: "BucketAlreadyOwnedByYou",
      status: 409,
    });
    expect((await s3.call("ListBuckets", {}, { as: stranger })).Buckets).toEqual([]);
    await expect(
      s3.call("HeadBucket", { Bucket: "pictures", ExpectedBucketOwner: stranger.accountId }),
    ).rejects.toMatchObject({ code: "AccessDenied", status: 403 });
  });

  test("names and locations that AWS refuses are refused", async () => {
    for (const Bucket of ["ab", "Pictures", "a..b", "192.168.5.4", "-pictures", "xn--pictures", "pictures-s3alias"]) {
      await expect(s3.call("CreateBucket", { Bucket }), Bucket).rejects.toMatchObject({ code: "InvalidBucketName" });
    }
    const create = (LocationConstraint: string | undefined, region: string) =>
      s3.call(
        "CreateBucket",
        { Bucket: "pictures", ...(LocationConstraint && { CreateBucketConfiguration: { LocationConstraint } }) },
        { region },
      );
    await expect(create("us-east-1", "us-east-1")).rejects.toMatchObject({ code: "InvalidLocationConstraint" });
    await expect(create("nowhere", "us-east-1")).rejects.toMatchObject({ code: "InvalidLocationConstraint" });
    await expect(create(undefined, "eu-west-1")).rejects.toMatchObject({
      code: "IllegalLocationConstraintException",
      message:
        "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.",
    });
    await expect(create("eu-west-2", "eu-west-1")).rejects.toMatchObject({
      code: "IllegalLocationConstraintException",
    });
  });

  test("a bucket with an object in it can't be deleted", async () => {
    await s3.call("CreateBucket", { Bucket: "pictures" });
    await put("cat.jpg");
    await expect(s3.call("DeleteBucket", { Bucket: "pictures" })).rejects.toMatchObject({
      code: "BucketNotEmpty",
      status: 409,
    });
    await s3.call("DeleteObject", { Bucket: "pictures", Key: "cat.jpg" });
    await s3.call("DeleteBucket", { Bucket: "pictures" });
  });

  test("a bucket's policy is kept as it was put; one that S3 wouldn't take is refused", async () => {
    await s3.call("CreateBucket", { Bucket: "pictures" });
    await expect(s3.call("GetBucketPolicy", { Bucket: "pictures" })).rejects.toMatchObject({
      code: "NoSuchBucketPolicy",
      status: 404,
    });
    const statement = {
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: "arn:aws:s3:::pictures/AWSLogs/*",
    };
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
    await s3.call("PutBucketPolicy", { Bucket: "pictures", Policy });
    expect(await s3.call("GetBucketPolicy", { Bucket: "pictures" })).toEqual({ Policy });
    expect(await s3.call("GetBucketPolicyStatus", { Bucket: "pictures" })).toEqual({
      PolicyStatus: { IsPublic: false },
    });
    const refused = (policy: unknown) =>
      s3.call("PutBucketPolicy", {
        Bucket: "pictures",
        Policy: typeof policy === "string" ? policy : JSON.stringify(policy),
      });
    await expect(refused("{")).rejects.toMatchObject({
      code: "MalformedPolicy",
      message: "Policies must be valid JSON and the first byte must be '{'",
    });
    await expect(refused({ Statement: { ...statement, Effect: undefined } })).rejects.toMatchObject({
      code: "MalformedPolicy",
      message: "Missing required field Effect",
    });
    await expect(refused({ Statement: { ...statement, Resource: "arn:aws:s3:::others/*" } })).rejects.toMatchObject({
      message: "Policy has invalid resource",
    });
    await expect(refused({ Statement: { ...statement, Principal: "*" } })).rejects.toMatchObject({
      code: "AccessDenied",
      status: 403,
    });
    await s3.call("DeleteBucketPolicy", { Bucket: "pictures" });
    await expect(s3.call("GetBucketPolicy", { Bucket: "pictures" })).rejects.toMatchObject({
      code: "NoSuchBucketPolicy",
    });
  });

  test("Object Lock is refused in a bucket without it, not promised", async () => {
    await s3.call("CreateBucket", { Bucket: "pictures", ObjectLockEnabledForBucket: false });
    const missing = { code: "InvalidRequest", message: "Bucket is missing Object Lock Configuration" };
    const lock = { ObjectLockMode: "COMPLIANCE", ObjectLockRetainUntilDate: new Date("2030-01-01T00:00:00Z") };
    await expect(put("kept", "text", lock)).rejects.toMatchObject(missing);
    await expect(put("kept", "text", { ObjectLockLegalHoldStatus: "ON" })).rejects.toMatchObject(missing);
    await put("free");
    const copy = { Bucket: "pictures", Key: "kept", CopySource: "pictures/free", ...lock };
    await expect(s3.call("CopyObject", copy)).rejects.toMatchObject(missing);
    const upload = { Bucket: "pictures", Key: "kept", ...lock };
    await expect(s3.call("CreateMultipartUpload", upload)).rejects.toMatchObject(missing);
    await expect(s3.call("GetObjectRetention", { Bucket: "pictures", Key: "free" })).rejects.toMatchObject(missing);
  });

  test("a new bucket has the settings that AWS gives one; what is put is shown", async () => {
    await s3.call("CreateBucket", { Bucket: "pictures" });
    const bucket = { Bucket: "pictures" };
    expect(await s3.call("GetPublicAccessBlock", bucket)).toMatchObject({
      PublicAccessBlockConfiguration: { BlockPublicPolicy: true },
    });
    expect(await s3.call("GetBucketEncryption", bucket)).toMatchObject({
      ServerSideEncryptionConfiguration: {
        Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
      },
    });
    expect(await s3.call("GetBucketVersioning", bucket)).toEqual({});
    await expect(s3.call("GetBucketLifecycleConfiguration", bucket)).rejects.toMatchObject({
      code: "NoSuchLifecycleConfiguration",
      status: 404,
    });
    await expect(s3.call("GetBucketTagging", bucket)).rejects.toMatchObject({ code: "NoSuchTagSet" });
    const TagSet = [{ Key: "team", Value: "a" }];
    await s3.call("PutBucketTagging", { ...bucket, Tagging: { TagSet } });
    expect(await s3.call("GetBucketTagging", bucket)).toEqual({ TagSet });
    await s3.call("DeletePublicAccessBlock", bucket);
    await expect(s3.call("GetPublicAccessBlock", bucket)).rejects.toMatchObject({
      code: "NoSuchPublicAccessBlockConfiguration",
    });
    expect(await s3.call("GetBucketAcl", bucket)).toMatchObject({ Grants: [{ Permission: "FULL_CONTROL" }] });
  });
});

describe("objects", () => {
  beforeEach(() => s3.call("CreateBucket", { Bucket: "pictures" }));

  test("an object comes back with what was said of it", async () => {
    const output = await put("holiday/cat.txt", "miau", {
      ContentType: "text/plain",
      ContentEncoding: "gzip,aws-chunked",
      CacheControl: "no-cache",
      Metadata: { Mood: "sleepy" },
      Expires: new Date(Date.UTC(2030, 0, 1)),
    });
    expect(output).toMatchObject({ ETag: `"${md5("miau").toString("hex")}"`, ServerSideEncryption: "AES256" });
    const described = {
      ContentType: "text/plain",
      ContentEncoding: "gzip",
      CacheControl: "no-cache",
      Metadata: { mood: "sleepy" },
      Expires: new Date(Date.UTC(2030, 0, 1)),
      ContentLength: 4,
      ETag: output.ETag,
      AcceptRanges: "bytes",
    };
    expect(await get("holiday/cat.txt")).toMatchObject({ ...described, text: "miau" });
    expect(await s3.call("HeadObject", { Bucket: "pictures", Key: "holiday/cat.txt" })).toMatchObject(described);
  });

  test("an object without bytes is an object", async () => {
    await s3.call("PutObject", { Bucket: "pictures", Key: "folder/" });
    expect(await get("folder/")).toMatchObject({ ContentLength: 0, text: "", ContentType: "binary/octet-stream" });
  });

  test("what isn't there is missed in AWS's words", async () => {
    await expect(get("dog.jpg")).rejects.toMatchObject({
      code: "NoSuchKey",
      status: 404,
      message: "The specified key does not exist.",
      details: { Key: "dog.jpg" },
    });
    await expect(s3.call("PutObject", { Bucket: "nowhere", Key: "a" })).rejects.toMatchObject({ code: "NoSuchBucket" });
    await expect(put("k".repeat(1025))).rejects.toMatchObject({ code: "KeyTooLongError" });
    await s3.call("DeleteObject", { Bucket: "pictures", Key: "dog.jpg" });
  });

  test("a part of an object is read by its range", async () => {
    await put("alphabet", "abcdefghij");
    expect(await get("alphabet", { Range: "bytes=2-4" })).toMatchObject({
      text: "cde",
      ContentRange: "bytes 2-4/10",
      ContentLength: 3,
    });
    expect((await get("alphabet", { Range: "bytes=8-" })).text).toBe("ij");
    expect((await get("alphabet", { Range: "bytes=-3" })).text).toBe("hij");
    expect((await get("alphabet", { Range: "bytes=5-100" })).ContentRange).toBe("bytes 5-9/10");
    expect((await get("alphabet", { Range: "lines=1-2" })).text).toBe("abcdefghij");
    await expect(get("alphabet", { Range: "bytes=10-" })).rejects.toMatchObject({ code: "InvalidRange", status: 416 });
  });

  test("conditions decide over reading and writing", async () => {
    const { ETag } = await put("cat.jpg", "one");
    const tomorrow = new Date(Date.now() + 86_400_000);
    const yesterday = new Date(Date.now() - 86_400_000);
    const notModified = { code: "NotModified", status: 304 };
    const failed = { code: "PreconditionFailed", status: 412 };
    await expect(get("cat.jpg", { IfNoneMatch: ETag })).rejects.toMatchObject(notModified);
    await expect(get("cat.jpg", { IfModifiedSince: tomorrow })).rejects.toMatchObject(notModified);
    await expect(get("cat.jpg", { IfMatch: '"other"' })).rejects.toMatchObject(failed);
    await expect(get("cat.jpg", { IfUnmodifiedSince: yesterday })).rejects.toMatchObject(failed);
    expect((await get("cat.jpg", { IfMatch: ETag, IfUnmodifiedSince: yesterday })).text).toBe("one");
    expect((await get("cat.jpg", { IfNoneMatch: '"other"', IfModifiedSince: tomorrow })).text).toBe("one");

    await expect(put("cat.jpg", "two", { IfNoneMatch: "*" })).rejects.toMatchObject(failed);
    await expect(put("cat.jpg", "two", { IfMatch: '"other"' })).rejects.toMatchObject(failed);
    await expect(put("dog.jpg", "two", { IfMatch: ETag })).rejects.toMatchObject({ code: "NoSuchKey" });
    await put("cat.jpg", "two", { IfMatch: ETag });
    expect((await get("cat.jpg")).text).toBe("two");
  });

  test("bytes that aren't what the client says they are leave nothing behind", async () => {
    const text = "miau";
    const crc = async (checksum: { update(bytes: Uint8Array): void; digest(): Promise<Uint8Array> }) => {
      checksum.update(Buffer.from(text));
      return Buffer.from(await checksum.digest()).toString("base64");
    };
    const right = {
      ContentMD5: md5(text).toString("base64"),
      ChecksumCRC32: await crc(new Crc32()),
      ChecksumCRC32C: await crc(new Crc32c()),
      ChecksumCRC64NVME: await crc(new Crc64Nvme()),
      ChecksumSHA1: createHash("sha1").update(text).digest("base64"),
      ChecksumSHA256: createHash("sha256").update(text).digest("base64"),
    };
    for (const [member, value] of Object.entries(right)) {
      await expect(put("cat.jpg", "muh", { [member]: value }), member).rejects.toMatchObject({ code: "BadDigest" });
      await expect(get("cat.jpg")).rejects.toMatchObject({ code: "NoSuchKey" });
    }
    await expect(put("cat.jpg", text, { ContentMD5: "short" })).rejects.toMatchObject({ code: "InvalidDigest" });
    await expect(put("cat.jpg", text, { ChecksumCRC32: "x" })).rejects.toMatchObject({ code: "InvalidRequest" });
    for (const [member, value] of Object.entries(right)) await put("cat.jpg", text, { [member]: value });
    expect(await get("cat.jpg", { ChecksumMode: "ENABLED" })).toMatchObject({ ChecksumSHA256: right.ChecksumSHA256 });
  });

  test("a checksum in a trailer is checked and kept like one in a header", async () => {
    const inTrailer = (trailer: string, text = "hello") => {
      const framed = `${text.length.toString(16)}\r\n${text}\r\n0\r\n${trailer}\r\n`;
      const headers = { "x-amz-trailer": "x-amz-checksum-crc32", "content-encoding": "aws-chunked" };
      const head = { method: "PUT", path: "/", query: "", headers, remoteAddress: "127.0.0.1" };
      return { Body: decodeChunked(Readable.from([Buffer.from(framed)]), head, undefined) };
    };
    const right = { ChecksumCRC32: "NhCmhg==" };
    const trailer = "x-amz-checksum-crc32:NhCmhg==\r\n";
    await expect(put("cat.jpg", "", inTrailer(trailer, "hallo"))).rejects.toMatchObject({
      code: "BadDigest",
      message: "The CRC32 you specified did not match the calculated checksum.",
    });
    const malformed = inTrailer("x-amz-checksum-crc32:short\r\n");
    await expect(put("cat.jpg", "", malformed)).rejects.toMatchObject({ code: "InvalidRequest" });
    await expect(put("cat.jpg", "", inTrailer(""))).rejects.toMatchObject({ code: "MalformedTrailerError" });
    await expect(get("cat.jpg")).rejects.toMatchObject({ code: "NoSuchKey" });
    expect(await put("cat.jpg", "", inTrailer(trailer))).toMatchObject(right);
    expect(await get("cat.jpg", { ChecksumMode: "ENABLED" })).toMatchObject({ text: "hello", ...right });

    const { UploadId } = await s3.call("CreateMultipartUpload", { Bucket: "pictures", Key: "dog.jpg" });
    const part = { Bucket: "pictures", Key: "dog.jpg", UploadId, PartNumber: 1 };
    await expect(s3.call("UploadPart", { ...part, ...inTrailer(trailer, "hallo") })).rejects.toMatchObject({
      code: "BadDigest",
    });
    expect(await s3.call("UploadPart", { ...part, ...inTrailer(trailer) })).toMatchObject(right);
  });

  test("an upload that breaks off leaves the old object as it was", async () => {
    await put("cat.jpg", "old");
    async function* broken() {
      yield Buffer.from("ne");
      throw Object.assign(new Error("aborted"), { code: "ECONNRESET" });
    }
    for (const checksum of [{}, { ContentMD5: md5("new").toString("base64") }]) {
      const Body = Readable.from(broken(), { objectMode: false });
      await expect(
        s3.call("PutObject", { Bucket: "pictures", Key: "cat.jpg", Body, ...checksum }),
      ).rejects.toMatchObject({ code: "IncompleteBody", status: 400 });
    }
    expect((await get("cat.jpg")).text).toBe("old");
  });

  test("a copy has the source's bytes and description, or its own", async () => {
    await put("a cat+.txt", "miau", { ContentType: "text/plain", Metadata: { mood: "sleepy" } });
    const copy = (more: object) =>
      s3.call("CopyObject", { Bucket: "pictures", Key: "copy", CopySource: "pictures/a%20cat%2B.txt", ...more });
    const { CopyObjectResult } = await copy({});
    expect(CopyObjectResult.ETag).toBe(`"${md5("miau").toString("hex")}"`);
    expect(await get("copy")).toMatchObject({ text: "miau", ContentType: "text/plain", Metadata: { mood: "sleepy" } });
    await copy({ MetadataDirective: "REPLACE", ContentType: "text/html", Metadata: {} });
    expect(await get("copy")).toMatchObject({ text: "miau", ContentType: "text/html", Metadata: {} });
    await expect(copy({ Key: "a cat+.txt" })).rejects.toMatchObject({ code: "InvalidRequest" });
    await copy({ Key: "a cat+.txt", MetadataDirective: "REPLACE", Metadata: { mood: "awake" } });
    expect((await get("a cat+.txt")).Metadata).toEqual({ mood: "awake" });
    await expect(copy({ CopySourceIfMatch: '"other"' })).rejects.toMatchObject({ code: "PreconditionFailed" });
    await expect(copy({ CopySource: "pictures" })).rejects.toMatchObject({ code: "InvalidArgument" });
    await expect(copy({ CopySource: "pictures/nothing" })).rejects.toMatchObject({ code: "NoSuchKey" });
  });

  test("many objects are deleted at once, those that aren't there too", async () => {
    await put("a");
    await put("b");
    const Objects = [{ Key: "a" }, { Key: "nothing" }];
    expect(await s3.call("DeleteObjects", { Bucket: "pictures", Delete: { Objects } })).toEqual({ Deleted: Objects });
    expect(await s3.call("DeleteObjects", { Bucket: "pictures", Delete: { Objects, Quiet: true } })).toEqual({});
    expect((await s3.call("ListObjectsV2", { Bucket: "pictures" })).KeyCount).toBe(1);
    await expect(
      s3.call("DeleteObjects", { Bucket: "pictures", Delete: { Objects: Array(1001).fill({ Key: "a" }) } }),
    ).rejects.toMatchObject({ code: "MalformedXML" });
  });
});

describe("the log target", () => {
  test("puts log files where clients read them, and says whose a bucket is", async () => {
    const target = createLogTarget({ ...stores, clock: new TestClock(), random: systemRandom });
    await expect(target.putObject("pictures", "a", Buffer.from("x"), {})).rejects.toMatchObject({
      code: "NoSuchBucket",
    });
    expect(await target.bucket("pictures")).toBeUndefined();
    await s3.call("CreateBucket", { Bucket: "pictures" });
    expect(await target.bucket("pictures")).toEqual({ owner: account, region: "us-east-1" });
    await target.putObject("pictures", "AWSLogs/log.json.gz", Buffer.from("zipped"), {
      "content-type": "application/json",
      "content-encoding": "gzip",
      "x-amz-meta-signature": "abc",
    });
    expect(await get("AWSLogs/log.json.gz")).toMatchObject({
      text: "zipped",
      ContentType: "application/json",
      ContentEncoding: "gzip",
      Metadata: { signature: "abc" },
    });
  });
});
