import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import type { Call, Members } from "../aws/call.ts";
import type { ServiceName } from "../aws/model.ts";
import { region } from "../aws/names.ts";
import { callOf } from "./record.fixture.ts";

const corpus = fileURLToPath(new URL("../../../shared/corpus/", import.meta.url));
const script = fileURLToPath(new URL("corpus.py", import.meta.url));

/** Do the real records lie beside the repository, and is there what turns them into calls? */
export function hasCorpus(): boolean {
  return existsSync(corpus) && spawnSync("python3", ["-c", "import boto3"], { stdio: "ignore" }).status === 0;
}

/** What corpus.py writes, asked with its arguments. */
export function corpusPy(...args: string[]): string {
  return execFileSync("python3", [script, ...args], { encoding: "utf8", maxBuffer: 1 << 28, cwd: tmpdir() });
}

interface Replayed {
  readonly id: string;
  readonly service: ServiceName;
  readonly operation: string;
  readonly kwargs: Members;
  readonly output: Members;
  readonly region: string;
  readonly requestId: string | null;
}

/** The calls behind the real records, with the answers that these tell of. */
export function corpusCalls(): { readonly id: string; readonly call: Call; readonly output: Members }[] {
  return corpusPy("calls")
    .trimEnd()
    .split("\n")
    .map((line) => {
      const { id, service, operation, kwargs, output, requestId, ...from } = JSON.parse(line, untagged) as Replayed;
      const known = requestId === null ? {} : { requestId };
      return { id, call: callOf(service, operation, kwargs, { region: region(from.region), ...known }), output };
    });
}

// Blobs and times of the Python side.
function untagged(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if ("$blob" in value) return new Uint8Array(Buffer.from(String(value.$blob), "base64"));
  if ("$time" in value) return new Date(Number(value.$time));
  return value;
}
