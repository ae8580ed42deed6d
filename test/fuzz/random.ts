/** Draws the parts of one case; the same seed draws the same. */
export interface Draw {
  /** A whole number from 0 up to, not including, `below`. */
  below(below: number): number;
  of<Item>(items: readonly Item[]): Item;
  chance(part: number): boolean;
}

/** Mulberry32: quick, and good enough to choose what to break. */
export function drawFrom(seed: number, index: number): Draw {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35)) >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    below: (below) => Math.floor(next() * below),
    of: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number],
    chance: (part) => next() < part,
  };
}
