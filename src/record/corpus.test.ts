import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { corpusCalls, corpusPy, hasCorpus } from "./corpus.fixture.ts";
import { recordOf } from "./index.ts";
import { completion } from "./record.fixture.ts";

const present = hasCorpus();
if (!present) console.warn("SKIPPED: the corpus of real records needs ../shared/corpus and python3 with boto3");

interface Scores {
  readonly total: Readonly<Record<string, number>>;
  readonly differences: readonly string[];
  readonly responses: readonly string[];
  readonly values: readonly string[];
  readonly disordered: readonly string[];
  readonly envelope: readonly string[];
}

it.skipIf(!present)("the calls behind real records are recorded as AWS recorded them", { timeout: 60_000 }, () => {
  const records = corpusCalls().map(({ id, call, output }) =>
    JSON.stringify({ id, record: recordOf(call, { output }, completion) }),
  );
  const folder = mkdtempSync(join(tmpdir(), "opentrail-corpus-"));
  try {
    const file = join(folder, "records.jsonl");
    writeFileSync(file, records.join("\n"));
    const scores = JSON.parse(corpusPy("score", file)) as Scores;
    const { exact, order, responsePathsOnly } = scores.total;
    console.info(
      `${records.length} real calls: parameters ${exact} %, order ${order} %, responses ${responsePathsOnly} %`,
    );
    expect(scores.envelope).toEqual([]);
    expect(exact, scores.differences.join("\n")).toBeGreaterThanOrEqual(98);
    expect(order, scores.disordered.join("\n")).toBeGreaterThanOrEqual(98);
    expect(responsePathsOnly, scores.responses.join("\n")).toBeGreaterThanOrEqual(95);
    // Dates change their form with the JDK of the time; nothing else may differ in value or type.
    expect(scores.values.filter((difference) => !/[AP]M" \/ /.test(difference))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
