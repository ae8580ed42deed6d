import { Command } from "commander";
import { type Failure, fuzz } from "./engine.ts";
import { targets } from "./targets.ts";

const number = (text: string) => Number(text);
const {
  cases,
  seed,
  target,
  case: only,
} = new Command("fuzz")
  .description(
    "Gives every reader of foreign input broken input, and tells what none may do: crash, hang, fail without AWS's words.",
  )
  .option("--cases <number>", "how many in all", number, 100_000)
  .option("--seed <number>", "the same seed makes the same cases", number, Math.floor(Math.random() * 1_000_000))
  .option("--target <text>", "only those with this text in their names", "")
  .option("--case <number>", "only this case, to see it again", number)
  .parse()
  .opts<{ cases: number; seed: number; target: string; case?: number }>();

const chosen = targets.filter(({ name }) => name.includes(target));
const shares = chosen.reduce((sum, { share }) => sum + share, 0);
const failures: Failure[] = [];
let total = 0;
const begun = performance.now();
console.log(`seed ${seed}`);
console.log(
  `${"target".padEnd(36)}${"cases".padStart(10)}${"cases/s".padStart(10)}${"slowest".padStart(10)}${"failed".padStart(8)}`,
);
for (const one of chosen) {
  const count = only === undefined ? Math.ceil((cases * one.share) / shares) : 1;
  const result = await fuzz(one, count, seed, only);
  total += result.cases;
  failures.push(...result.failures);
  const slowest = one.atOnce === undefined ? `${result.slowest.toFixed(1)} ms` : "";
  console.log(
    result.target.padEnd(36) +
      String(result.cases).padStart(10) +
      (result.cases / result.seconds).toFixed(0).padStart(10) +
      slowest.padStart(10) +
      String(result.failures.length).padStart(8),
  );
}
const seconds = (performance.now() - begun) / 1_000;
for (const { target: name, index, error } of failures) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.log(`\n${name}, seed ${seed}, case ${index}: ${text.slice(0, 2_500)}`);
}
console.log(
  `\n${total} cases in ${seconds.toFixed(0)} s, ${(total / seconds).toFixed(0)} a second, ${failures.length} failed`,
);
// What a target has left open isn't waited for.
process.exit(failures.length > 0 ? 1 : 0);
