import { createHash } from "node:crypto";
import { buffer } from "node:stream/consumers";
import type { Clock } from "../../aws/clock.ts";
import type { Objects } from "../../storage/objects/objects.ts";
import type { Json, State } from "../../storage/state/state.ts";
import type { PlacedSnapshot } from "../ec2/index.ts";

/** Bytes. Source: https://docs.aws.amazon.com/ebs/latest/userguide/ebsapi-elements.html */
export const blockSize = 524_288;
const blocksPerGiB = 2 ** 30 / blockSize;

/** A block by its index and the SHA-256 of its bytes, hexadecimal. */
export type Block = readonly [index: number, hash: string];

/** How many blocks a volume of so many GiB has. */
export const blockCount = (volumeSize: number): number => volumeSize * blocksPerGiB;

/** A snapshot with blocks of its own. */
interface Opened {
  readonly snapshot: PlacedSnapshot;
  readonly parent?: PlacedSnapshot;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
}

/** What snapshots hold: which blocks, and their bytes, which are kept once however many snapshots have them. */
export interface Blocks {
  /** Notes a snapshot that gets blocks of its own, and the one that it is started on. */
  open(snapshot: PlacedSnapshot, parent?: PlacedSnapshot): Promise<void>;
  /** The snapshot that one with blocks of its own was started on. */
  parentOf(snapshot: PlacedSnapshot): Promise<PlacedSnapshot | undefined>;
  put(snapshot: PlacedSnapshot, index: number, bytes: Buffer): Promise<string>;
  /** The block's bytes by their hash. */
  bytes(hash: string): Promise<Buffer | undefined>;
  /** The snapshot's own blocks of one stretch of indexes, in their order. */
  page(snapshot: PlacedSnapshot, page: number): Promise<Block[]>;
  /** All blocks of the snapshot's own, in the order of their indexes. */
  own(snapshot: PlacedSnapshot): Promise<Block[]>;
  /** All snapshots that have blocks of their own. */
  snapshots(): Promise<Opened[]>;
  /** Forgets a snapshot's own blocks, and the bytes that no other has. */
  forget(snapshot: PlacedSnapshot): Promise<void>;
}

// Under one prefix of the state, so that a stretch is one look.
const pageSize = 4_096;
export const pageOf = (index: number): number => Math.floor(index / pageSize);

const bucket = "ebs-blocks";
const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, "0");
const placeOf = ({ account, region, id }: PlacedSnapshot): string => `${account}/${region}/${id}`;
const snapshotsAt = "ebs/snapshots/";
const pageAt = (snapshot: PlacedSnapshot, page: number): string => `ebs/blocks/${placeOf(snapshot)}/${hex(page, 5)}/`;
const blockAt = (snapshot: PlacedSnapshot, index: number): string =>
  `${pageAt(snapshot, pageOf(index))}${hex(index, 8)}`;
const usesAt = (hash: string): string => `ebs/uses/${hash}/`;
const useAt = (hash: string, snapshot: PlacedSnapshot, index: number): string =>
  `${usesAt(hash)}${placeOf(snapshot)}/${hex(index, 8)}`;

interface BlocksOptions {
  readonly state: State;
  readonly objects: Objects;
  readonly clock: Clock;
}

/** Blocks in the state (which) and the objects (bytes, under their hash). */
export function openBlocks({ state, objects, clock }: BlocksOptions): Blocks {
  // Whether bytes are still used may not change between the question and what is done about it.
  const turns = new Map<string, Promise<unknown>>();
  function inTurn<Result>(hash: string, work: () => Promise<Result>): Promise<Result> {
    const turn = (turns.get(hash) ?? Promise.resolve()).then(work, work);
    turns.set(hash, turn);
    const done = () => turns.get(hash) === turn && turns.delete(hash);
    turn.then(done, done);
    return turn;
  }

  async function blocksAt(prefix: string): Promise<Block[]> {
    const entries = await state.list(prefix);
    return entries.map(({ key, value }) => [Number.parseInt(key.slice(-8), 16), String(value)]);
  }

  const dropUnused = (hash: string) =>
    inTurn(hash, async () => {
      if ((await state.list(usesAt(hash))).length === 0) await objects.delete(bucket, hash);
    });

  return {
    async open(snapshot, parent) {
      const value: Opened = { snapshot, openedAt: clock.now(), ...(parent && { parent }) };
      await state.commit([{ key: `${snapshotsAt}${placeOf(snapshot)}`, value: value as unknown as Json }]);
    },

    async parentOf(snapshot) {
      const entry = await state.get(`${snapshotsAt}${placeOf(snapshot)}`);
      return (entry?.value as unknown as Opened | undefined)?.parent;
    },

    async put(snapshot, index, bytes) {
      const hash = createHash("sha256").update(bytes).digest("hex");
      const before = (await state.get(blockAt(snapshot, index)))?.value as string | undefined;
      await inTurn(hash, async () => {
        if (!(await objects.head(bucket, hash))) await objects.put(bucket, hash, bytes, { headers: {} });
        await state.commit([
          { key: blockAt(snapshot, index), value: hash },
          { key: useAt(hash, snapshot, index), value: true },
          ...(before !== undefined && before !== hash
            ? [{ key: useAt(before, snapshot, index), value: undefined }]
            : []),
        ]);
      });
      if (before !== undefined && before !== hash) await dropUnused(before);
      return hash;
    },

    async bytes(hash) {
      const found = await objects.get(bucket, hash);
      return found && buffer(found.body);
    },

    page: (snapshot, page) => blocksAt(pageAt(snapshot, page)),

    own: (snapshot) => blocksAt(`ebs/blocks/${placeOf(snapshot)}/`),

    async snapshots() {
      return (await state.list(snapshotsAt)).map(({ value }) => value as unknown as Opened);
    },

    async forget(snapshot) {
      const own = await blocksAt(`ebs/blocks/${placeOf(snapshot)}/`);
      await state.commit([
        ...own.flatMap(([index, hash]) => [
          { key: blockAt(snapshot, index), value: undefined },
          { key: useAt(hash, snapshot, index), value: undefined },
        ]),
        { key: `${snapshotsAt}${placeOf(snapshot)}`, value: undefined },
      ]);
      for (const hash of new Set(own.map(([, hash]) => hash))) await dropUnused(hash);
    },
  };
}
