import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { startOpenTrail } from "./support/opentrail.ts";
import { awsEnvironment, isHere } from "./support/tools.ts";

const shared = fileURLToPath(new URL("../../shared/", import.meta.url));
const replay = join(shared, "tools/replay.py");
const hasCorpus = existsSync(replay) && existsSync(join(shared, "corpus/records.jsonl.gz"));
if (!hasCorpus) process.stderr.write("\nSKIPPED: real records can't be replayed without ../shared/corpus.\n\n");

/** What replay.py measured: numbers of calls, and percentages. */
interface Scores {
  readonly total: Readonly<Record<"n" | "notRecorded" | "exact" | "order" | "envelope" | "responsePathsOnly", number>>;
}

it.skipIf(!hasCorpus || !isHere("python3", "-c", "import boto3"))(
  "calls behind real records, sent by boto3, are recorded here as AWS recorded them",
  { timeout: 180_000 },
  async () => {
    const server = await startOpenTrail();
    const folder = await mkdtemp(join(tmpdir(), "opentrail-replay-"));
    try {
      const report = join(folder, "report.json");
      const flags = ["--endpoint", server.url, "--report", report, "--min-exact", "98", "--min-envelope", "100"];
      const run = spawnSync("python3", [replay, "run", ...flags], {
        encoding: "utf8",
        env: awsEnvironment(server.url),
      });
      expect(run.status, `${run.stdout}${run.stderr}`).toBe(0);
      const { total } = JSON.parse(await readFile(report, "utf8")) as Scores;
      console.info(run.stdout.trimEnd().split("\n").at(-1));
      expect(total.n).toBeGreaterThan(200);
      expect(total.notRecorded).toBe(0);
      expect(total.order, run.stdout).toBeGreaterThanOrEqual(98);
      expect(total.responsePathsOnly, run.stdout).toBeGreaterThanOrEqual(95);
    } finally {
      await rm(folder, { recursive: true });
      await server.dispose();
    }
  },
);
