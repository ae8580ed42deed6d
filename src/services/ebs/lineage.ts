import { type DirectSnapshot, noVolume, type PlacedSnapshot } from "../ec2/index.ts";
import { type Block, type Blocks, blockCount, pageOf } from "./blocks.ts";

/** The snapshots whose blocks one shows, the nearest first. */
export type Lineage = readonly PlacedSnapshot[];

/** What a snapshot shows comes from itself or what it came from, and from what those were started on. */
export async function lineageOf({ blocksOf }: DirectSnapshot, blocks: Blocks): Promise<Lineage> {
  const lineage: PlacedSnapshot[] = [];
  for (let next = blocksOf; next; next = await blocks.parentOf(next)) lineage.push(next);
  return lineage;
}

/** Whether two snapshots have blocks in common, or were made of one volume. */
export function related(
  [first, firstLineage]: readonly [DirectSnapshot, Lineage],
  [second, secondLineage]: readonly [DirectSnapshot, Lineage],
): boolean {
  if (first.volumeId === second.volumeId && first.volumeId !== noVolume) return true;
  return firstLineage.some((one) => secondLineage.some((other) => sameSnapshot(one, other)));
}

export function sameSnapshot(one: PlacedSnapshot, other: PlacedSnapshot): boolean {
  return one.id === other.id && one.account === other.account && one.region === other.region;
}

/** The blocks that a snapshot shows, from an index on, in the order of their indexes. */
export async function* blocksIn(
  blocks: Blocks,
  lineage: Lineage,
  start: number,
  volumeSize: number,
): AsyncGenerator<Block> {
  const last = pageOf(blockCount(volumeSize) - 1);
  for (let page = pageOf(start); page <= last && lineage.length > 0; page++) {
    const shown = new Map<number, string>();
    for (const snapshot of [...lineage].reverse())
      for (const [index, hash] of await blocks.page(snapshot, page)) shown.set(index, hash);
    for (const block of [...shown].sort(([a], [b]) => a - b)) if (block[0] >= start) yield block;
  }
}

/** An index at which two snapshots differ, with the hash that each has there. */
export type ChangedBlock = readonly [index: number, first: string | undefined, second: string | undefined];

/** Where two runs of blocks differ, in the order of the indexes. */
export async function* differences(
  first: AsyncGenerator<Block>,
  second: AsyncGenerator<Block>,
): AsyncGenerator<ChangedBlock> {
  let [one, other] = await Promise.all([first.next(), second.next()]);
  while (!one.done || !other.done) {
    const index = Math.min(
      one.done ? Number.POSITIVE_INFINITY : one.value[0],
      other.done ? Number.POSITIVE_INFINITY : other.value[0],
    );
    const left = !one.done && one.value[0] === index ? one.value[1] : undefined;
    const right = !other.done && other.value[0] === index ? other.value[1] : undefined;
    if (left !== right) yield [index, left, right];
    if (left !== undefined) one = await first.next();
    if (right !== undefined) other = await second.next();
  }
}
