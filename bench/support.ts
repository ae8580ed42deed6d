import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** One measured figure beside what it must reach; a ratio where there is a peer or floor in the same run. */
export interface Figure {
  readonly what: string;
  readonly measured: string;
  readonly target: string;
  readonly reached: boolean;
}

export const percentile = (sorted: readonly number[], share: number) =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;

export const machine = () =>
  `Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB`;

/** Resident memory of a process, in MB. */
export function residentMb(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Math.round(Number(kilobytes) / 1024);
}

export interface BenchServer {
  readonly url: string;
  readonly pid: number;
  readonly readyAfterMs: number;
  stop(): Promise<void>;
}

/** Starts bench/server.ts or the built command in a process of its own, on a free port. */
export async function serve(
  program: readonly string[],
  data: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<BenchServer> {
  const startedAt = performance.now();
  const child: ChildProcess = spawn(process.execPath, [...program, "--port", "0", "--data", data], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...environment },
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      const ready = /^OpenTrail is ready on (\S+)$/.exec(line);
      if (ready) resolve(ready[1] as string);
    });
    exited.then(() => reject(new Error("the server ended before it was ready")));
  });
  return {
    url,
    pid: child.pid ?? 0,
    readyAfterMs: performance.now() - startedAt,
    stop: () => {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

/** A folder for the time of one measurement. */
export async function inFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "opentrail-bench-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const builtCommand = [new URL("../dist/cli/main.js", import.meta.url).pathname, "start"];
