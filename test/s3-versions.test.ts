import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  DeleteObjectTaggingCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectRetentionCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventOf } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { awsEnvironment, isHere, output } from "./support/tools.ts";

let server: TestServer;
let s3: S3Client;

beforeAll(async () => {
  server = await startOpenTrail();
  s3 = clients(server.url).s3;
});
afterAll(() => server.dispose());

const versioning = (Bucket: string, Status: "Enabled" | "Suspended") =>
  s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
const put = async (Bucket: string, Key: string, Body: string, more: object = {}) =>
  (await s3.send(new PutObjectCommand({ Bucket, Key, Body, ...more }))).VersionId;
const get = async (Bucket: string, Key: string, VersionId?: string) => {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ...(VersionId && { VersionId }) }));
  return Body?.transformToString();
};

/** Every version and delete marker of a bucket, in the order in which S3 lists them. */
async function versionsOf(Bucket: string, more: object = {}) {
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket, ...more }));
  return { versions: Versions, markers: DeleteMarkers };
}

describe("a bucket with versioning", () => {
  it("keeps what was overwritten and deleted, gives each version back, and can be emptied", async () => {
    const Bucket = "diary";
    await s3.send(new CreateBucketCommand({ Bucket }));
    expect(await put(Bucket, "page", "before")).toBeUndefined();
    await versioning(Bucket, "Enabled");
    const one = await put(Bucket, "page", "one");
    const two = await put(Bucket, "page", "two");
    await put(Bucket, "page/below", "other");
    expect(new Set([one, two, undefined]).size).toBe(3);
    expect(await get(Bucket, "page")).toBe("two");
    expect(await get(Bucket, "page", one)).toBe("one");
    expect(await get(Bucket, "page", "null")).toBe("before");

    const deleted = await s3.send(new DeleteObjectCommand({ Bucket, Key: "page" }));
    expect(deleted).toMatchObject({ DeleteMarker: true, VersionId: expect.any(String) });
    await expect(get(Bucket, "page")).rejects.toMatchObject({ name: "NoSuchKey" });
    await expect(get(Bucket, "page", deleted.VersionId)).rejects.toMatchObject({ name: "MethodNotAllowed" });
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(["page/below"]);
    const { versions, markers } = await versionsOf(Bucket, { Prefix: "page" });
    expect(versions.map(({ Key, VersionId, IsLatest }) => [Key, VersionId, IsLatest])).toEqual([
      ["page", two, false],
      ["page", one, false],
      ["page", "null", false],
      ["page/below", expect.any(String), true],
    ]);
    expect(markers).toMatchObject([{ Key: "page", VersionId: deleted.VersionId, IsLatest: true }]);

    const listed: (string | undefined)[] = [];
    let page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1 }));
    for (;;) {
      listed.push(...[...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ VersionId }) => VersionId));
      if (!page.IsTruncated) break;
      const { NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page;
      page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1, KeyMarker, VersionIdMarker }));
    }
    expect(listed).toEqual([deleted.VersionId, two, one, "null", versions[3]?.VersionId]);

    // Without the marker, the newest version is what the key stands for again.
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "page", VersionId: deleted.VersionId }));
    expect(await get(Bucket, "page")).toBe("two");
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "page", VersionId: two }));
    expect(await get(Bucket, "page")).toBe("one");
    await expect(get(Bucket, "page", two)).rejects.toMatchObject({ name: "NoSuchVersion" });
    await expect(get(Bucket, "page", "nonsense")).rejects.toMatchObject({ name: "InvalidArgument" });

    await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
      name: "BucketNotEmpty",
      message: "The bucket you tried to delete is not empty. You must delete all versions in the bucket.",
    });
    const rest = await versionsOf(Bucket);
    const Objects = rest.versions.map(({ Key, VersionId }) => ({ Key, VersionId }));
    const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
    expect(Deleted).toHaveLength(Objects.length);
    await s3.send(new DeleteBucketCommand({ Bucket }));
  });

  it("suspended, replaces the null version and keeps those with an id", async () => {
    const Bucket = "suspended";
    await s3.send(new CreateBucketCommand({ Bucket }));
    await versioning(Bucket, "Enabled");
    const kept = await put(Bucket, "a", "kept");
    await versioning(Bucket, "Suspended");
    expect(await put(Bucket, "a", "first null")).toBe("null");
    expect(await put(Bucket, "a", "second null")).toBe("null");
    expect(await get(Bucket, "a")).toBe("second null");
    expect(await get(Bucket, "a", kept)).toBe("kept");
    expect(await s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }))).toMatchObject({ VersionId: "null" });
    await versioning(Bucket, "Enabled");
    const newest = await put(Bucket, "a", "newest");
    const { versions, markers } = await versionsOf(Bucket);
    expect(versions.map(({ VersionId }) => VersionId)).toEqual([newest, kept]);
    expect(markers).toMatchObject([{ VersionId: "null", IsLatest: false }]);
  });

  it("is copied from by version, as a whole and as a part; tags are of a version", async () => {
    const Bucket = "copies";
    await s3.send(new CreateBucketCommand({ Bucket }));
    await versioning(Bucket, "Enabled");
    const old = await put(Bucket, "a", "the old text", { Tagging: "team=red" });
    await put(Bucket, "a", "new");
    const copy = await s3.send(new CopyObjectCommand({ Bucket, Key: "b", CopySource: `copies/a?versionId=${old}` }));
    expect(copy.CopySourceVersionId).toBe(old);
    expect(await get(Bucket, "b")).toBe("the old text");
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket, Key: "c" }));
    const part = { Bucket, Key: "c", UploadId, PartNumber: 1 };
    const { CopyPartResult } = await s3.send(
      new UploadPartCopyCommand({ ...part, CopySource: `copies/a?versionId=${old}`, CopySourceRange: "bytes=4-6" }),
    );
    const Parts = [{ PartNumber: 1, ETag: CopyPartResult?.ETag }];
    await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key: "c", UploadId, MultipartUpload: { Parts } }));
    expect(await get(Bucket, "c")).toBe("old");

    const tags = async (VersionId?: string) =>
      (await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "a", VersionId }))).TagSet;
    const TagSet = [{ Key: "team", Value: "blue + green" }];
    await s3.send(new PutObjectTaggingCommand({ Bucket, Key: "a", Tagging: { TagSet } }));
    expect(await tags()).toEqual(TagSet);
    expect(await tags(old)).toEqual([{ Key: "team", Value: "red" }]);
    await s3.send(new DeleteObjectTaggingCommand({ Bucket, Key: "a", VersionId: old }));
    expect(await tags(old)).toEqual([]);
    expect(await get(Bucket, "a")).toBe("new");
    const many = Array.from({ length: 11 }, (_, n) => ({ Key: `k${n}`, Value: "" }));
    await expect(
      s3.send(new PutObjectTaggingCommand({ Bucket, Key: "a", Tagging: { TagSet: many } })),
    ).rejects.toMatchObject({ name: "BadRequest", message: "Object tags cannot be greater than 10" });
  });
});

it("a locked version can't be deleted, and the refusal is recorded", async () => {
  const Bucket = "evidence";
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  await expect(versioning(Bucket, "Suspended")).rejects.toMatchObject({ name: "InvalidBucketState" });
  const Rule = { DefaultRetention: { Mode: "GOVERNANCE", Days: 1 } } as const;
  const ObjectLockConfiguration = { ObjectLockEnabled: "Enabled", Rule } as const;
  await s3.send(new PutObjectLockConfigurationCommand({ Bucket, ObjectLockConfiguration }));
  const VersionId = await put(Bucket, "log", "seen");
  const version = { Bucket, Key: "log", VersionId };
  const remove = (more: object = {}) => s3.send(new DeleteObjectCommand({ ...version, ...more }));
  const refused = { name: "AccessDenied", message: "Access Denied because object protected by object lock." };

  expect(await s3.send(new HeadObjectCommand(version))).toMatchObject({ ObjectLockMode: "GOVERNANCE" });
  await expect(remove()).rejects.toMatchObject(refused);
  const { Errors } = await s3.send(
    new DeleteObjectsCommand({ Bucket, Delete: { Objects: [{ Key: "log", VersionId }] } }),
  );
  expect(Errors).toMatchObject([{ Key: "log", VersionId, Code: "AccessDenied" }]);
  // Nothing keeps a marker from being put on top.
  expect(await s3.send(new DeleteObjectCommand({ Bucket, Key: "log" }))).toMatchObject({ DeleteMarker: true });

  const RetainUntilDate = new Date(Date.now() + 3_600_000);
  const Retention = { Mode: "COMPLIANCE", RetainUntilDate } as const;
  await expect(s3.send(new PutObjectRetentionCommand({ ...version, Retention }))).rejects.toMatchObject(refused);
  await s3.send(new PutObjectRetentionCommand({ ...version, Retention, BypassGovernanceRetention: true }));
  expect((await s3.send(new GetObjectRetentionCommand(version))).Retention).toEqual(Retention);
  await expect(remove({ BypassGovernanceRetention: true })).rejects.toMatchObject(refused);

  const held = await put(Bucket, "held", "text");
  const ofHeld = { Bucket, Key: "held", VersionId: held };
  await s3.send(new PutObjectLegalHoldCommand({ ...ofHeld, LegalHold: { Status: "ON" } }));
  const bypassing = new DeleteObjectCommand({ ...ofHeld, BypassGovernanceRetention: true });
  await expect(s3.send(bypassing)).rejects.toMatchObject(refused);
  await s3.send(new PutObjectLegalHoldCommand({ ...ofHeld, LegalHold: { Status: "OFF" } }));
  await s3.send(bypassing);
  const { record } = await eventOf(clients(server.url).cloudtrail, "PutBucketVersioning");
  expect(record.requestParameters).toMatchObject({ bucketName: expect.any(String) });
});

it("of many that write only when there is nothing, one succeeds", async () => {
  const Bucket = "race";
  await s3.send(new CreateBucketCommand({ Bucket }));
  const outcomes = await Promise.allSettled(
    Array.from({ length: 8 }, (_, n) => put(Bucket, "leader", `number ${n}`, { IfNoneMatch: "*" })),
  );
  const won = outcomes.findIndex(({ status }) => status === "fulfilled");
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await get(Bucket, "leader")).toBe(`number ${won}`);
});

it.each([
  ["CRC32", undefined, "COMPOSITE", /-2$/],
  ["SHA256", undefined, "COMPOSITE", /-2$/],
  ["CRC32C", "FULL_OBJECT", "FULL_OBJECT", /^[^-]+$/],
  ["CRC64NVME", undefined, "FULL_OBJECT", /^[^-]+$/],
] as const)("an object in parts has its %s checksum (asked: %s)", async (ChecksumAlgorithm, asked, type, form) => {
  const Bucket = "parts";
  await s3.send(new CreateBucketCommand({ Bucket }));
  const object = { Bucket, Key: ChecksumAlgorithm };
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ ...object, ChecksumAlgorithm, ...(asked && { ChecksumType: asked }) }),
  );
  const member = `Checksum${ChecksumAlgorithm}` as const;
  const Parts = [];
  for (const [index, Body] of [Buffer.alloc(5 * 1024 * 1024, "a"), Buffer.from("the end")].entries()) {
    const part = { ...object, UploadId, PartNumber: index + 1 };
    const sent = await s3.send(new UploadPartCommand({ ...part, Body, ChecksumAlgorithm }));
    expect(sent[member]).toBeDefined();
    Parts.push({ PartNumber: index + 1, ETag: sent.ETag, [member]: sent[member] });
  }
  const done = await s3.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }));
  expect(done).toMatchObject({ [member]: expect.stringMatching(form), ChecksumType: type });
  expect(await s3.send(new HeadObjectCommand({ ...object, ChecksumMode: "ENABLED" }))).toMatchObject({
    [member]: done[member],
    ChecksumType: type,
  });
  const second = await s3.send(new GetObjectCommand({ ...object, PartNumber: 2 }));
  expect(second).toMatchObject({ PartsCount: 2, ContentLength: 7, ContentRange: "bytes 5242880-5242886/5242887" });
  expect(await second.Body?.transformToString()).toBe("the end");
  const ObjectAttributes = ["ETag", "Checksum", "ObjectParts", "ObjectSize", "StorageClass"] as const;
  const attributes = await s3.send(
    new GetObjectAttributesCommand({ ...object, ObjectAttributes: [...ObjectAttributes] }),
  );
  expect(attributes).toMatchObject({
    ObjectSize: 5_242_887,
    StorageClass: "STANDARD",
    Checksum: { [member]: done[member], ChecksumType: type },
    ObjectParts: { TotalPartsCount: 2, Parts: [{ PartNumber: 1, [member]: Parts[0]?.[member] }, { Size: 7 }] },
  });
});

describe.skipIf(!isHere("aws", "--version"))("aws s3", () => {
  it("copies and syncs into a bucket with versions, of which the older one comes back", async () => {
    const folder = await mkdtemp(join(tmpdir(), "opentrail-s3-"));
    const aws = (...args: string[]) => output("aws", args, awsEnvironment(server.url));
    await aws("s3", "mb", "s3://from-cli");
    await aws("s3api", "put-bucket-versioning", "--bucket=from-cli", "--versioning-configuration=Status=Enabled");
    const file = join(folder, "notes.txt");
    await writeFile(file, "one");
    await aws("s3", "cp", file, "s3://from-cli/notes.txt");
    await writeFile(file, "number two");
    await aws("s3", "sync", folder, "s3://from-cli");
    const [newer, older] = (await versionsOf("from-cli")).versions;
    const back = join(folder, "back.txt");
    const version = `--version-id=${older?.VersionId}`;
    await aws("s3api", "get-object", "--bucket=from-cli", "--key=notes.txt", version, back);
    expect(await readFile(back, "utf8")).toBe("one");
    await aws("s3", "cp", "s3://from-cli/notes.txt", back);
    expect(await readFile(back, "utf8")).toBe("number two");
    expect(newer).toMatchObject({ IsLatest: true, Size: 10 });
    const presigned = (await aws("s3", "presign", "s3://from-cli/notes.txt")).trim();
    expect(await (await fetch(presigned)).text()).toBe("number two");
    await rm(folder, { recursive: true });
  });
});

it("versions, settings and tags are there after a restart", async () => {
  const Bucket = "lasting";
  await s3.send(new CreateBucketCommand({ Bucket }));
  await versioning(Bucket, "Enabled");
  const one = await put(Bucket, "a", "one", { Tagging: "team=red" });
  await put(Bucket, "a", "two");
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "a" }));
  const before = await versionsOf(Bucket);
  server = await server.restart();
  s3 = clients(server.url).s3;
  expect(await versionsOf(Bucket)).toEqual(before);
  expect(await get(Bucket, "a", one)).toBe("one");
  const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "a", VersionId: one }));
  expect(TagSet).toEqual([{ Key: "team", Value: "red" }]);
  expect(await put(Bucket, "a", "three")).toMatch(/^[0-9a-zA-Z]{32}$/);
  expect(await get(Bucket, "a")).toBe("three");
});
