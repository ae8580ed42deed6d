import { afterEach, expect, it } from "vitest";
import { type Disk, smallDisk } from "./torture/disk.ts";
import { faults } from "./torture/faults.ts";
import { killed } from "./torture/kills.ts";
import { type Life, live } from "./torture/life.ts";
import { chance } from "./torture/random.ts";

// A short form of `npm run torture`, with one seed.
const seed = 20_260_222;

let disk: Disk | undefined;
afterEach(() => {
  disk?.remove();
  disk = undefined;
});

it("killed at named points and at any time, OpenTrail has every answered call once, and everything that it said", async () => {
  const { wrong, kills, answered } = await killed(chance(seed), 2, true);
  expect(wrong).toEqual([]);
  expect(kills).toBeGreaterThanOrEqual(2);
  expect(answered).toBeGreaterThan(100);
}, 120_000);

it("neither does it lose anything in the worst of days: every fault, one after another, in one data folder", async () => {
  const dice = chance(seed);
  disk = smallDisk(512);
  const story = async (life: Life) => {
    const met = faults.filter(({ needsDisk }) => !needsDisk || life.disk);
    for (const { meet } of met) await meet(life, dice, 200);
    await life.prove(met.at(-1)?.proof);
  };
  const { wrong, kills, answered } = await live(dice.fork(), story, { disk });
  expect(wrong).toEqual([]);
  expect(kills).toBeGreaterThanOrEqual(faults.length - 1);
  expect(answered).toBeGreaterThan(100);
}, 240_000);
