import { createHash } from "node:crypto";
import type {
  CompleteSnapshotCommandInput,
  CompleteSnapshotCommandOutput,
  PutSnapshotBlockCommandInput,
  PutSnapshotBlockCommandOutput,
  StartSnapshotCommandInput,
  StartSnapshotCommandOutput,
} from "@aws-sdk/client-ebs";
import type { Call } from "../../aws/call.ts";
import { AwsError } from "../../aws/error.ts";
import type { DirectSnapshot, PlacedSnapshot } from "../ec2/index.ts";
import type { Handlers } from "../service.ts";
import { blockIndex, isSha256, numberIn, snapshotId } from "./arguments.ts";
import { blockSize } from "./blocks.ts";
import { invalid, notFound, overQuota } from "./errors.ts";
import type { EbsParts, Output } from "./parts.ts";
import { sweep } from "./sweep.ts";

const minuteMs = 60_000;
const tokenLifeMs = 24 * 60 * minuteMs;
// Looking for blocks that nobody needs looks at all snapshots.
const sweepEveryMs = 60 * minuteMs;

/** A StartSnapshot with a client token: what was asked, and the snapshot that it made. */
interface Promised {
  readonly parameters: string;
  readonly id: string;
  readonly until: number;
}

const placed = ({ account, region }: Call, id: string): PlacedSnapshot => ({ account, region, id });
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("base64");

/** StartSnapshot, PutSnapshotBlock and CompleteSnapshot. */
export function writingActions(parts: EbsParts): Handlers {
  const { snapshots, blocks, state, clock, random } = parts;
  // How long each may wait for its next block, while it is pending.
  const timeoutAt = ({ account, region }: Call, id: string) => `ebs/timeouts/${account}/${region}/${id}`;

  let sweptAt = Number.NEGATIVE_INFINITY;
  async function sweepNowAndThen(): Promise<void> {
    if (clock.now() - sweptAt < sweepEveryMs) return;
    sweptAt = clock.now();
    await sweep(parts);
  }

  /** The id that a client token stands for: a new one, or that of the first call with the token. */
  async function idFor(input: StartSnapshotCommandInput, call: Call): Promise<string> {
    const { ClientToken, ...parameters } = input;
    const id = `snap-0${random.hex(16)}`;
    if (ClientToken === undefined) return id;
    const key = `ebs/tokens/${call.account}/${call.region}/${createHash("sha256").update(ClientToken).digest("hex")}`;
    const asked = sha256(Buffer.from(JSON.stringify(Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)))));
    for (;;) {
      const entry = await state.get(key);
      const before = entry?.value as Promised | undefined;
      if (before && before.until > clock.now()) {
        if (before.parameters === asked) return before.id;
        throw new AwsError("ConflictException", "The client token was used for another request.", { status: 409 });
      }
      const promised = { parameters: asked, id, until: clock.now() + tokenLifeMs };
      if (await state.commit([{ key, value: promised, expect: entry?.version ?? 0 }])) return id;
    }
  }

  async function parentFor(input: StartSnapshotCommandInput, call: Call): Promise<DirectSnapshot | undefined> {
    if (input.ParentSnapshotId === undefined) return undefined;
    if (input.Encrypted !== undefined) throw invalid("Encrypted and ParentSnapshotId can't be given together.");
    const id = snapshotId(input.ParentSnapshotId);
    const parent = await snapshots.find(call, id);
    if (!parent || (parent.isPublic && parent.owner !== call.account)) throw notFound(id);
    if (parent.state !== "completed")
      throw invalid(`The snapshot '${id}' is not in the completed state.`, "INVALID_SNAPSHOT_ID");
    return parent;
  }

  async function StartSnapshot(
    input: StartSnapshotCommandInput,
    call: Call,
  ): Promise<Output<StartSnapshotCommandOutput>> {
    const volumeSize = numberIn("VolumeSize", input.VolumeSize, [1, 65_536]);
    const timeout = numberIn("Timeout", input.Timeout ?? 60, [10, 4_320]) * minuteMs;
    const parent = await parentFor(input, call);
    if (parent && volumeSize < parent.volumeSize)
      throw invalid("VolumeSize can't be less than that of the parent snapshot.", "INVALID_VOLUME_SIZE");
    if (input.KmsKeyArn !== undefined && !input.Encrypted)
      throw invalid("KmsKeyArn needs Encrypted to be true.", "INVALID_CUSTOMER_KEY");
    await sweepNowAndThen();
    const id = await idFor(input, call);
    const kmsKeyId = input.KmsKeyArn ?? parent?.kmsKeyId;
    if (!(await snapshots.find(call, id))) {
      await blocks.open(placed(call, id), parent?.blocksOf);
      await state.commit([{ key: timeoutAt(call, id), value: timeout }]);
      await snapshots
        .start(call, {
          id,
          volumeSize,
          description: input.Description ?? "",
          tags: (input.Tags ?? []).map(({ Key = "", Value = "" }) => ({ Key, Value })),
          encrypted: input.Encrypted ?? kmsKeyId !== undefined,
          until: clock.now() + timeout,
          ...(kmsKeyId !== undefined && { kmsKeyId }),
          ...(parent?.blocksOf && { dataOf: parent.blocksOf }),
        })
        .catch((error) => {
          throw error instanceof AwsError && error.code === "SnapshotLimitExceeded" ? overQuota(error) : error;
        });
    }
    const started = await snapshots.find(call, id);
    if (!started) throw notFound(id);
    return {
      SnapshotId: id,
      OwnerId: call.account,
      Status: started.state,
      StartTime: new Date(started.createdAt),
      VolumeSize: started.volumeSize,
      BlockSize: blockSize,
      ...(started.description !== "" && { Description: started.description }),
      ...(started.tags.length > 0 && { Tags: [...started.tags] }),
      ...(parent && { ParentSnapshotId: parent.id }),
      ...(started.kmsKeyId !== undefined && { KmsKeyArn: started.kmsKeyId }),
    };
  }

  /** A snapshot of one's own that is being filled. */
  async function pending(call: Call, given: string | undefined): Promise<DirectSnapshot> {
    const id = snapshotId(given);
    const snapshot = await snapshots.find(call, id);
    if (!snapshot || snapshot.owner !== call.account) throw notFound(id);
    if (snapshot.state !== "pending" || snapshot.blocksOf?.id !== id)
      throw invalid(`The snapshot '${id}' is not being written.`, "INVALID_SNAPSHOT_ID");
    return snapshot;
  }

  async function PutSnapshotBlock(
    input: PutSnapshotBlockCommandInput,
    call: Call,
  ): Promise<Output<PutSnapshotBlockCommandOutput>> {
    const snapshot = await pending(call, input.SnapshotId);
    const index = blockIndex(input.BlockIndex, snapshot.volumeSize);
    numberIn("DataLength", input.DataLength, [blockSize, blockSize]);
    if (input.Progress !== undefined) numberIn("Progress", input.Progress, [0, 100]);
    isSha256(input.ChecksumAlgorithm);
    const bytes = Buffer.from((input.BlockData as Uint8Array | undefined) ?? []);
    if (bytes.length !== blockSize)
      throw invalid(`A block has ${blockSize} bytes, not ${bytes.length}.`, "INVALID_BLOCK");
    const Checksum = sha256(bytes);
    if (Checksum !== input.Checksum) throw invalid("The checksum is not that of the block's data.");
    await blocks.put(placed(call, snapshot.id), index, bytes);
    const timeout = (await state.get(timeoutAt(call, snapshot.id)))?.value as number | undefined;
    if (timeout !== undefined) await snapshots.keepOpen(call, snapshot.id, clock.now() + timeout);
    return { Checksum, ChecksumAlgorithm: "SHA256" };
  }

  async function CompleteSnapshot(
    input: CompleteSnapshotCommandInput,
    call: Call,
  ): Promise<Output<CompleteSnapshotCommandOutput>> {
    const { id } = await pending(call, input.SnapshotId);
    const own = await blocks.own(placed(call, id));
    const count = numberIn("ChangedBlocksCount", input.ChangedBlocksCount, [0, Number.MAX_SAFE_INTEGER]);
    if (count !== own.length) throw invalid(`ChangedBlocksCount is ${count}, but ${own.length} blocks were written.`);
    if (input.Checksum !== undefined) {
      isSha256(input.ChecksumAlgorithm ?? "SHA256");
      const hashes = own.map(([, hash]) => Buffer.from(hash, "hex"));
      if (sha256(Buffer.concat(hashes)) !== input.Checksum)
        throw invalid("The checksum is not that of the blocks' checksums in the order of their indexes.");
    }
    await snapshots.complete(call, id);
    await state.commit([{ key: timeoutAt(call, id), value: undefined }]);
    return { Status: "completed" };
  }

  return { StartSnapshot, PutSnapshotBlock, CompleteSnapshot };
}
