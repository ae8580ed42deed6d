import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import type { Members } from "../aws/call.ts";
import type { ServiceName } from "../aws/model.ts";
import { type Region, region } from "../aws/names.ts";
import { recordOf } from "./index.ts";
import { callOf, completion } from "./record.fixture.ts";

const shared = fileURLToPath(new URL("../../../shared/", import.meta.url));
const script = fileURLToPath(new URL("corpus.py", import.meta.url));
const present =
  existsSync(join(shared, "corpus")) && spawnSync("python3", ["-c", "import boto3"], { stdio: "ignore" }).status === 0;

if (!present) console.warn("SKIPPED: the corpus of real records needs ../shared/corpus and python3 with boto3");

interface Replayed {
  readonly id: string;
  readonly service: ServiceName;
  readonly operation: string;
  readonly kwargs: Members;
  readonly output: Members;
  readonly region: string;
  readonly requestId: string | null;
}

interface Scores {
  readonly total: Readonly<Record<string, number>>;
  readonly differences: readonly string[];
  readonly responses: readonly string[];
  readonly values: readonly string[];
  readonly disordered: readonly string[];
  readonly envelope: readonly string[];
}

function python(...args: string[]): string {
  return execFileSync("python3", [script, ...args], { encoding: "utf8", maxBuffer: 1 << 28, cwd: tmpdir() });
}

// Blobs and times of the Python side.
function untagged(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$blob" in value) return new Uint8Array(Buffer.from(String(value.$blob), "base64"));
  if ("$time" in value) return new Date(Number(value.$time));
  return value;
}

it.skipIf(!present)("the calls behind real records are recorded as AWS recorded them", { timeout: 60_000 }, () => {
  const lines = python("calls").trimEnd().split("\n");
  const records = lines.map((line) => {
    const replayed = JSON.parse(line, untagged) as Replayed;
    const call = callOf(replayed.service, replayed.operation, replayed.kwargs, {
      region: region(replayed.region) as Region,
      requestId: replayed.requestId ?? "59dbff89-35bd-4eac-99ed-be587EXAMPLE",
    });
    return JSON.stringify({ id: replayed.id, record: recordOf(call, { output: replayed.output }, completion) });
  });
  const folder = mkdtempSync(join(tmpdir(), "opentrail-corpus-"));
  try {
    const file = join(folder, "records.jsonl");
    writeFileSync(file, records.join("\n"));
    const scores = JSON.parse(python("score", file)) as Scores;
    const { exact, order, responsePathsOnly } = scores.total;
    console.info(
      `${lines.length} real calls: parameters ${exact} %, order ${order} %, responses ${responsePathsOnly} %`,
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
