import type {
  GetSnapshotBlockCommandInput,
  GetSnapshotBlockCommandOutput,
  ListChangedBlocksCommandInput,
  ListChangedBlocksCommandOutput,
  ListSnapshotBlocksCommandInput,
  ListSnapshotBlocksCommandOutput,
} from "@aws-sdk/client-ebs";
import type { Call } from "../../aws/call.ts";
import type { DirectSnapshot } from "../ec2/index.ts";
import type { Handlers } from "../service.ts";
import { blockIndex, given, pageLimit, snapshotId } from "./arguments.ts";
import { blockSize } from "./blocks.ts";
import { invalid, notFound } from "./errors.ts";
import { blocksIn, differences, lineageOf, related } from "./lineage.ts";
import type { EbsParts, Output } from "./parts.ts";
import { blockTokenLifeMs } from "./tokens.ts";

const base64 = (hash: string): string => Buffer.from(hash, "hex").toString("base64");

/** The first ones, and the one after them. */
async function taken<Item>(items: AsyncGenerator<Item>, count: number): Promise<[Item[], Item | undefined]> {
  const found: Item[] = [];
  for await (const item of items) {
    if (found.length === count) return [found, item];
    found.push(item);
  }
  return [found, undefined];
}

/** ListSnapshotBlocks, ListChangedBlocks and GetSnapshotBlock. */
export function readingActions({ snapshots, blocks, tokens, clock }: EbsParts): Handlers {
  /** A snapshot that can be read: completed, and not public unless it is one's own. */
  async function readable(call: Call, given: string | undefined): Promise<DirectSnapshot> {
    const id = snapshotId(given);
    const snapshot = await snapshots.find(call, id);
    if (!snapshot || (snapshot.isPublic && snapshot.owner !== call.account)) throw notFound(id);
    if (snapshot.state !== "completed")
      throw invalid(`The snapshot '${id}' is not in the completed state.`, "INVALID_SNAPSHOT_ID");
    return snapshot;
  }

  const common = (snapshot: DirectSnapshot) => ({
    ExpiryTime: new Date(clock.now() + blockTokenLifeMs),
    VolumeSize: snapshot.volumeSize,
    BlockSize: blockSize,
  });

  /** Where a list begins: by its token, else by the index that was asked for. */
  async function startOf(
    of: string,
    input: { readonly NextToken?: string | undefined; readonly StartingBlockIndex?: number | undefined },
    snapshot: DirectSnapshot,
  ): Promise<number> {
    if (input.NextToken !== undefined) return tokens.openPageToken(input.NextToken, of);
    return input.StartingBlockIndex === undefined ? 0 : blockIndex(input.StartingBlockIndex, snapshot.volumeSize);
  }

  async function ListSnapshotBlocks(
    input: ListSnapshotBlocksCommandInput,
    call: Call,
  ): Promise<Output<ListSnapshotBlocksCommandOutput>> {
    const snapshot = await readable(call, input.SnapshotId);
    const { id } = snapshot;
    const start = await startOf(id, input, snapshot);
    const lineage = await lineageOf(snapshot, blocks);
    const [page, next] = await taken(
      blocksIn(blocks, lineage, start, snapshot.volumeSize),
      pageLimit(input.MaxResults),
    );
    const Blocks = page.map(async ([BlockIndex, hash]) => ({
      BlockIndex,
      BlockToken: await tokens.blockToken(id, BlockIndex, hash),
    }));
    return {
      Blocks: await Promise.all(Blocks),
      ...common(snapshot),
      ...(next && { NextToken: await tokens.pageToken(id, next[0]) }),
    };
  }

  async function ListChangedBlocks(
    input: ListChangedBlocksCommandInput,
    call: Call,
  ): Promise<Output<ListChangedBlocksCommandOutput>> {
    const second = await readable(call, input.SecondSnapshotId);
    const first = input.FirstSnapshotId === undefined ? undefined : await readable(call, input.FirstSnapshotId);
    const [before, after] = [first ? await lineageOf(first, blocks) : [], await lineageOf(second, blocks)];
    if (first && !related([first, before], [second, after]))
      throw invalid("The snapshots are not of the same volume or lineage.", "UNRELATED_SNAPSHOTS");
    const of = `${first?.id ?? ""} ${second.id}`;
    const start = await startOf(of, input, second);
    const changes = differences(
      blocksIn(blocks, before, start, first?.volumeSize ?? 1),
      blocksIn(blocks, after, start, second.volumeSize),
    );
    const [page, next] = await taken(changes, pageLimit(input.MaxResults));
    const ChangedBlocks = page.map(async ([BlockIndex, left, right]) => ({
      BlockIndex,
      ...(first && left !== undefined && { FirstBlockToken: await tokens.blockToken(first.id, BlockIndex, left) }),
      ...(right !== undefined && { SecondBlockToken: await tokens.blockToken(second.id, BlockIndex, right) }),
    }));
    return {
      ChangedBlocks: await Promise.all(ChangedBlocks),
      ...common(second),
      ...(next && { NextToken: await tokens.pageToken(of, next[0]) }),
    };
  }

  async function GetSnapshotBlock(
    input: GetSnapshotBlockCommandInput,
    call: Call,
  ): Promise<Output<GetSnapshotBlockCommandOutput>> {
    const snapshot = await readable(call, input.SnapshotId);
    const index = blockIndex(input.BlockIndex, snapshot.volumeSize);
    const hash = await tokens.openBlockToken(given("BlockToken", input.BlockToken), snapshot.id, index);
    const bytes = await blocks.bytes(hash);
    if (!bytes) throw invalid("The block is not there any more.", "INVALID_BLOCK");
    return {
      DataLength: bytes.length,
      BlockData: bytes as never,
      Checksum: base64(hash),
      ChecksumAlgorithm: "SHA256",
    };
  }

  return { ListSnapshotBlocks, ListChangedBlocks, GetSnapshotBlock };
}
