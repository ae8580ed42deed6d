/** Chance that a seed repeats. */
export interface Chance {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  of<Item>(items: readonly Item[]): Item;
  /** Another one, which what is drawn here doesn't change any more. */
  fork(): Chance;
}

/** Mulberry32: small, fast and good enough to choose faults by. https://github.com/bryc/code/blob/master/jshash/PRNGs.md */
export function chance(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const below = (limit: number) => Math.floor((next() / 2 ** 32) * limit);
  return {
    below,
    of: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError("there is nothing to choose from");
      return item;
    },
    fork: () => chance(next()),
  };
}
