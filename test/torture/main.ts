import { parseArgs } from "node:util";
import { killed } from "./kills.ts";
import { chance } from "./random.ts";

const { values } = parseArgs({ options: { minutes: { type: "string", default: "1" }, seed: { type: "string" } } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const end = Date.now() + Number(values.minutes) * 60_000;
const dice = chance(seed);
console.log(`seed ${seed}`);
do {
  const outcome = await killed(dice.fork(), 4);
  console.log(JSON.stringify(outcome, null, 1));
  if (outcome.wrong.length) break;
} while (Date.now() < end);
