import { describe, expect, it } from "vitest";
import { fuzz } from "./fuzz/engine.ts";
import { targets } from "./fuzz/targets.ts";

/** Cases of a target in this short form; `npm run fuzz` runs as many as one likes. */
const casesPerShare = 100;

describe("whatever comes, it is understood or refused in AWS's words, soon", () => {
  it.each(targets.map((target) => [target.name, target] as const))(
    "%s",
    async (_, target) => {
      const seed = Math.floor(Math.random() * 1_000_000);
      const { failures } = await fuzz(target, casesPerShare * target.share, seed);
      expect(failures.map(({ index, error }) => `case ${index} of seed ${seed}: ${(error as Error).stack}`)).toEqual(
        [],
      );
    },
    120_000,
  );
});
