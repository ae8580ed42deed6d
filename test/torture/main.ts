import { parseArgs } from "node:util";
import { smallDisk } from "./disk.ts";
import { s3Away } from "./elsewhere.ts";
import { type Fault, faults } from "./faults.ts";
import { killed } from "./kills.ts";
import { type Life, live, type Outcome } from "./life.ts";
import { type Chance, chance } from "./random.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    seed: { type: "string" },
    /** One kind of fault alone. */
    only: { type: "string" },
  },
});
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
const end = Date.now() + Number(values.minutes) * 60_000;
const dice = chance(seed);
const killsPerLife = 4;
const loadMs = 2_000;

interface Row {
  readonly fault: string;
  lives: number;
  kills: number;
  answered: number;
  lost: number;
  doubled: number;
  recoveryMs: number;
}

/** A data folder that meets one fault; undefined where it can't be made. */
function met(fault: Fault, own: Chance): Promise<Outcome> | undefined {
  const disk = fault.needsDisk ? smallDisk(320) : undefined;
  if (fault.needsDisk && !disk) return undefined;
  const story = async (life: Life) => {
    await fault.meet(life, own, loadMs);
    await life.prove(fault.proof);
  };
  return live(own.fork(), story, { disk }).finally(() => disk?.remove());
}

const stories: readonly { name: string; meet: () => Promise<Outcome> | undefined }[] = [
  { name: "kill -9", meet: () => killed(dice.fork(), killsPerLife) },
  { name: "kill -9, recording: strict", meet: () => killed(dice.fork(), killsPerLife, true) },
  { name: "S3 away", meet: () => s3Away(dice.fork(), loadMs) },
  ...faults.map((fault) => ({ name: fault.name, meet: () => met(fault, dice.fork()) })),
].filter(({ name }) => values.only === undefined || name === values.only);

console.log(`seed ${seed}: npm run torture -- --minutes ${values.minutes} --seed ${seed}`);
const rows = new Map<string, Row>();
const wrong: string[] = [];
for (let turn = 0; Date.now() < end || turn < stories.length; turn++) {
  const story = stories[turn % stories.length];
  if (!story)
    throw new Error(`there is no fault ${values.only}; there are ${faults.map(({ name }) => name).join(", ")}`);
  const outcome = await story.meet();
  if (!outcome) {
    console.log(`${story.name}: not met, as mounting a file system takes root`);
    continue;
  }
  const row = rows.get(story.name) ?? {
    ...{ fault: story.name, lives: 0, kills: 0, answered: 0, lost: 0, doubled: 0, recoveryMs: 0 },
  };
  rows.set(story.name, row);
  row.lives += 1;
  row.kills += outcome.kills;
  row.answered += outcome.answered;
  row.lost += outcome.lost;
  row.doubled += outcome.doubled;
  row.recoveryMs = Math.max(row.recoveryMs, Math.round(outcome.longestRecoveryMs));
  for (const line of outcome.wrong) console.log(`${story.name} (life ${turn + 1}): ${line}`);
  wrong.push(...outcome.wrong);
}

const sum = (of: (row: Row) => number) => [...rows.values()].reduce((total, row) => total + of(row), 0);
const titles = ["fault", "lives", "kills", "calls answered", "records lost", "records doubled", "longest recovery"];
const line = (name: string, row: Omit<Row, "fault">) => [
  ...[name, row.lives, row.kills, row.answered, row.lost, row.doubled, `${row.recoveryMs} ms`].map(String),
];
const all = line("all", {
  lives: sum(({ lives }) => lives),
  kills: sum(({ kills }) => kills),
  answered: sum(({ answered }) => answered),
  lost: sum(({ lost }) => lost),
  doubled: sum(({ doubled }) => doubled),
  recoveryMs: Math.max(...[...rows.values()].map(({ recoveryMs }) => recoveryMs)),
});
const table = [titles, titles.map(() => "---"), ...[...rows.values()].map((row) => line(row.fault, row)), all];
for (const cells of table) console.log(`| ${cells.join(" | ")} |`);
console.log(wrong.length === 0 ? "Nothing is wrong" : `${wrong.length} things are wrong`);
process.exitCode = wrong.length === 0 ? 0 : 1;
