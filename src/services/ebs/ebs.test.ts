import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type {
  GetSnapshotBlockCommandOutput,
  ListChangedBlocksCommandOutput,
  ListSnapshotBlocksCommandOutput,
  StartSnapshotCommandOutput,
} from "@aws-sdk/client-ebs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Members } from "../../aws/call.ts";
import { accountId } from "../../aws/names.ts";
import { systemRandom } from "../../aws/random.ts";
import { createIdentity } from "../../identity/index.ts";
import { openFolderObjects } from "../../storage/objects/index.ts";
import type { Objects } from "../../storage/objects/objects.ts";
import { callOf, openTestEc2, type TestEc2, type Where } from "../ec2/ec2.fixture.ts";
import { createEbs } from "./index.ts";

const size = 524_288;
const sha256 = (...bytes: Uint8Array[]) => createHash("sha256").update(Buffer.concat(bytes)).digest("base64");
const blockOf = (text: string) => Buffer.alloc(size, text);
const other = { account: "444455556666" };

let ec2: TestEc2;
let objects: Objects;
let folder: string;
beforeEach(async () => {
  ec2 = await openTestEc2();
  folder = await mkdtemp(join(tmpdir(), "opentrail-ebs-"));
  objects = await openFolderObjects({ folder });
});
afterEach(async () => {
  await objects.close();
  await ec2.close();
  await rm(folder, { recursive: true });
});

async function ask<Output = Members>(action: string, input: Members, where: Where = {}): Promise<Output> {
  const { state, clock, directSnapshots: snapshots } = ec2;
  const defaultAccount = accountId("111122223333");
  const { seal } = createIdentity({ state, clock, random: systemRandom, defaultAccount, mode: "open" });
  const handler = createEbs({ state, objects, seal, clock, random: systemRandom, snapshots })[action];
  return (await handler?.(input as never, callOf("ebs", action, input, where))) as Output;
}

const start = async (input: Members = {}) =>
  (await ask<StartSnapshotCommandOutput>("StartSnapshot", { VolumeSize: 1, ...input })).SnapshotId ?? "";

const put = (SnapshotId: string, BlockIndex: number, BlockData: Buffer, changed: Members = {}) =>
  ask("PutSnapshotBlock", {
    SnapshotId,
    BlockIndex,
    BlockData,
    DataLength: BlockData.length,
    Checksum: sha256(BlockData),
    ChecksumAlgorithm: "SHA256",
    ...changed,
  });

const complete = (SnapshotId: string, ChangedBlocksCount: number, input: Members = {}) =>
  ask("CompleteSnapshot", { SnapshotId, ChangedBlocksCount, ...input });

/** A completed snapshot with a block of one letter at each index. */
async function filled(content: Readonly<Record<number, string>>, input: Members = {}): Promise<string> {
  const id = await start(input);
  for (const [index, text] of Object.entries(content)) await put(id, Number(index), blockOf(text));
  await complete(id, Object.keys(content).length);
  return id;
}

const list = (SnapshotId: string, input: Members = {}, where: Where = {}) =>
  ask<ListSnapshotBlocksCommandOutput>("ListSnapshotBlocks", { SnapshotId, ...input }, where);

/** What a snapshot shows: the letter of each block. */
async function shown(SnapshotId: string, where: Where = {}): Promise<Record<number, string>> {
  const { Blocks = [] } = await list(SnapshotId, {}, where);
  const letters: Record<number, string> = {};
  for (const { BlockIndex = -1, BlockToken } of Blocks) {
    const found = await ask<GetSnapshotBlockCommandOutput>(
      "GetSnapshotBlock",
      { SnapshotId, BlockIndex, BlockToken },
      where,
    );
    const bytes = found.BlockData as unknown as Buffer;
    expect([found.DataLength, found.Checksum]).toEqual([size, sha256(bytes)]);
    letters[BlockIndex] = String(bytes.subarray(0, 1));
  }
  return letters;
}

const described = async (id: string) => {
  const { Snapshots = [] } = await ec2.ask<{ Snapshots?: { State?: string; VolumeId?: string }[] }>(
    "DescribeSnapshots",
    { SnapshotIds: [id] },
  );
  return Snapshots[0];
};

describe("a snapshot that is written block by block", () => {
  it("is EC2's snapshot, pending until it is completed, and gives back what was written", async () => {
    const id = await start({ Description: "from elsewhere", Tags: [{ Key: "team", Value: "blue" }] });
    expect(await described(id)).toMatchObject({
      State: "pending",
      VolumeId: "vol-ffffffff",
      Description: "from elsewhere",
    });
    await put(id, 7, blockOf("b"));
    await put(id, 2, blockOf("a"));
    await put(id, 2, blockOf("c"));
    await expect(list(id)).rejects.toMatchObject({ code: "ValidationException" });
    const Checksum = sha256(...[blockOf("c"), blockOf("b")].map((block) => Buffer.from(sha256(block), "base64")));
    expect(
      await complete(id, 2, { Checksum, ChecksumAlgorithm: "SHA256", ChecksumAggregationMethod: "LINEAR" }),
    ).toEqual({ Status: "completed" });
    expect(await described(id)).toMatchObject({ State: "completed", Tags: [{ Key: "team", Value: "blue" }] });
    expect(await shown(id)).toEqual({ 2: "c", 7: "b" });
    await expect(put(id, 3, blockOf("d"))).rejects.toMatchObject({ code: "ValidationException" });
  });

  it("keeps equal bytes once, and none that nobody has", async () => {
    const first = await filled({ 0: "a", 1: "a", 2: "b" });
    const second = await filled({ 0: "a" });
    const kept = async () => (await objects.list("ebs-blocks", { limit: 100 })).length;
    expect(await kept()).toBe(2);
    await ec2.ask("DeleteSnapshot", { SnapshotId: first });
    ec2.pass(3_600_000);
    await start();
    expect(await kept()).toBe(1);
    expect(await shown(second)).toEqual({ 0: "a" });
  });

  it("fails when nothing comes for as long as its timeout", async () => {
    const id = await start({ Timeout: 10 });
    ec2.pass(9 * 60_000);
    await put(id, 0, blockOf("a"));
    ec2.pass(9 * 60_000);
    expect(await described(id)).toMatchObject({ State: "pending" });
    ec2.pass(2 * 60_000);
    expect(await described(id)).toMatchObject({ State: "error" });
    await expect(complete(id, 1)).rejects.toMatchObject({ code: "ValidationException" });
  });

  it("is made once for a client token", async () => {
    const ClientToken = "5f0c";
    expect(await start({ ClientToken })).toBe(await start({ ClientToken }));
    await expect(start({ ClientToken, VolumeSize: 2 })).rejects.toMatchObject({ code: "ConflictException" });
  });
});

describe("what a snapshot began with", () => {
  it("shows in it, wherever it was not written over; the changes are listed", async () => {
    const parent = await filled({ 0: "a", 1: "b", 5: "c" });
    const child = await filled({ 1: "x", 9: "y" }, { ParentSnapshotId: parent });
    expect(await shown(child)).toEqual({ 0: "a", 1: "x", 5: "c", 9: "y" });
    const { ChangedBlocks = [] } = await ask<ListChangedBlocksCommandOutput>("ListChangedBlocks", {
      FirstSnapshotId: parent,
      SecondSnapshotId: child,
    });
    expect(ChangedBlocks.map(({ BlockIndex, FirstBlockToken }) => [BlockIndex, FirstBlockToken !== undefined])).toEqual(
      [
        [1, true],
        [9, false],
      ],
    );
    await ec2.ask("DeleteSnapshot", { SnapshotId: parent });
    ec2.pass(3_600_000);
    await start();
    expect(await shown(child)).toEqual({ 0: "a", 1: "x", 5: "c", 9: "y" });
  });

  it("stays with volumes, their snapshots and copies in other Regions, when it is deleted", async () => {
    const origin = await filled({ 3: "a" });
    const { VolumeId } = await ec2.ask("CreateVolume", { AvailabilityZone: "us-east-1a", SnapshotId: origin });
    const { SnapshotId: copy } = await ec2.ask<{ SnapshotId: string }>(
      "CopySnapshot",
      { SourceRegion: "us-east-1", SourceSnapshotId: origin },
      { region: "eu-west-1" },
    );
    await ec2.ask("DeleteSnapshot", { SnapshotId: origin });
    ec2.pass(3_600_000);
    await start();
    const { SnapshotId: later } = await ec2.ask<{ SnapshotId: string }>("CreateSnapshot", { VolumeId });
    ec2.pass(60_000);
    expect(await shown(later)).toEqual({ 3: "a" });
    expect(await shown(copy, { region: "eu-west-1" })).toEqual({ 3: "a" });
  });

  it("is there for accounts that it is shared with, not for others, and not when it is public", async () => {
    const id = await filled({ 3: "a" });
    const share = (to: Members) =>
      ec2.ask("ModifySnapshotAttribute", { SnapshotId: id, CreateVolumePermission: { Add: [to] } });
    await expect(list(id, {}, other)).rejects.toMatchObject({ code: "ResourceNotFoundException", status: 404 });
    await share({ UserId: other.account });
    expect(await shown(id, other)).toEqual({ 3: "a" });
    await share({ Group: "all" });
    await expect(list(id, {}, other)).rejects.toMatchObject({ code: "ResourceNotFoundException" });
  });

  it("isn't compared with another volume's", async () => {
    const [one, another] = [await filled({ 0: "a" }), await filled({ 0: "b" })];
    await expect(ask("ListChangedBlocks", { FirstSnapshotId: one, SecondSnapshotId: another })).rejects.toMatchObject({
      details: { Reason: "UNRELATED_SNAPSHOTS" },
    });
  });
});

describe("tokens", () => {
  it("lead through pages, for one hour and one list", async () => {
    const id = await start();
    for (let index = 0; index < 150; index++) await put(id, index * 3, blockOf("a"));
    await complete(id, 150);
    const first = await list(id, { MaxResults: 5 });
    expect(first.Blocks).toHaveLength(100);
    const second = await list(id, { MaxResults: 100, NextToken: first.NextToken });
    expect(second.Blocks?.map(({ BlockIndex }) => BlockIndex)).toEqual(
      Array.from({ length: 50 }, (_, n) => 300 + n * 3),
    );
    expect(second.NextToken).toBeUndefined();
    const { Blocks = [] } = await list(id, { StartingBlockIndex: 446 });
    expect(Blocks.map(({ BlockIndex }) => BlockIndex)).toEqual([447]);
    ec2.pass(3_600_001);
    await expect(list(id, { NextToken: first.NextToken })).rejects.toMatchObject({
      details: { Reason: "INVALID_PAGE_TOKEN" },
    });
  });

  it("open one block for seven days", async () => {
    const id = await filled({ 0: "a", 1: "b" });
    const { Blocks: [block] = [] } = await list(id);
    const get = (input: Members) => ask("GetSnapshotBlock", { SnapshotId: id, BlockIndex: 0, ...input });
    const refused = { details: { Reason: "INVALID_BLOCK_TOKEN" } };
    await expect(get({ BlockIndex: 1, BlockToken: block?.BlockToken })).rejects.toMatchObject(refused);
    await expect(get({ BlockToken: randomBytes(60).toString("base64") })).rejects.toMatchObject(refused);
    ec2.pass(7 * 86_400_000);
    await expect(get({ BlockToken: block?.BlockToken })).rejects.toMatchObject(refused);
  });
});

it.each([
  ["StartSnapshot", { VolumeSize: 0 }, "INVALID_PARAMETER_VALUE"],
  ["StartSnapshot", { VolumeSize: 1, Timeout: 5 }, "INVALID_PARAMETER_VALUE"],
  ["StartSnapshot", { VolumeSize: 1, KmsKeyArn: "arn:aws:kms:us-east-1:111122223333:key/1" }, "INVALID_CUSTOMER_KEY"],
  ["PutSnapshotBlock", { SnapshotId: "snap-1" }, "INVALID_SNAPSHOT_ID"],
  ["PutSnapshotBlock", { SnapshotId: "snap-0123456789abcdef0" }, "SNAPSHOT_NOT_FOUND"],
  ["CompleteSnapshot", { ChangedBlocksCount: 0 }, "INVALID_PARAMETER_VALUE"],
])("%s of %j is refused for %s", async (action, input, Reason) => {
  await expect(ask(action, input)).rejects.toMatchObject({ details: { Reason } });
});

it.each([
  [{ BlockIndex: 2_048 }, "INVALID_PARAMETER_VALUE"],
  [{ DataLength: 1 }, "INVALID_PARAMETER_VALUE"],
  [{ BlockData: Buffer.alloc(3) }, "INVALID_BLOCK"],
  [{ Checksum: sha256(Buffer.alloc(1)) }, "INVALID_PARAMETER_VALUE"],
  [{ ChecksumAlgorithm: "MD5" }, "INVALID_PARAMETER_VALUE"],
])("a block with %o is refused", async (changed, Reason) => {
  const id = await start();
  await expect(put(id, 0, blockOf("a"), changed)).rejects.toMatchObject({ details: { Reason } });
  await expect(complete(id, 1)).rejects.toMatchObject({ code: "ValidationException" });
});

it("refuses a snapshot beyond EC2's quota of them, in its own words", async () => {
  await ec2.close();
  ec2 = await openTestEc2({ limits: { "Snapshots per Region": 1 } });
  await start();
  await expect(start()).rejects.toMatchObject({
    code: "ServiceQuotaExceededException",
    status: 402,
    details: { Reason: "DEPENDENCY_SERVICE_QUOTA_EXCEEDED" },
  });
  expect(await ec2.ask("DescribeSnapshots", { OwnerIds: ["self"] })).toMatchObject({ Snapshots: [{}] });
});
