import { sameSnapshot } from "./lineage.ts";
import type { EbsParts } from "./parts.ts";

// A snapshot is noted here a moment before EC2 has it.
const startingMs = 60_000;

/** Forgets the blocks of snapshots that are gone, and that nothing else began with. */
export async function sweep({ blocks, snapshots, clock }: Pick<EbsParts, "blocks" | "snapshots" | "clock">) {
  let opened = await blocks.snapshots();
  for (;;) {
    const isStartedOn = (one: (typeof opened)[number]) =>
      opened.some(({ parent }) => parent && sameSnapshot(parent, one.snapshot));
    const gone: typeof opened = [];
    for (const one of opened) {
      if (one.openedAt > clock.now() - startingMs || isStartedOn(one)) continue;
      if (!(await snapshots.isNeeded(one.snapshot))) gone.push(one);
    }
    if (gone.length === 0) return;
    for (const { snapshot } of gone) await blocks.forget(snapshot);
    opened = opened.filter((one) => !gone.includes(one));
  }
}
