import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Child {
  readonly process: ChildProcess;
  /** The next line that it prints; undefined when it has ended. */
  line(): Promise<string | undefined>;
  /** Kills it as kill -9 does, or waits for its own end; resolves with its exit code, null after a kill. */
  kill(): Promise<number | null>;
  exit(): Promise<number | null>;
}

/** The address of a module of src/, as a string to stand in a child's script. */
export function source(module: string): string {
  return JSON.stringify(new URL(`../../src/${module}`, import.meta.url).href);
}

/** What node needs to run a script that imports modules of src/. */
export const runScript = ["--import", "tsx", "--input-type=module", "-e"];

/** Runs a script in a process of its own, with `input` as its `process.argv.slice(1)`. */
export function startChild(script: string, ...input: readonly string[]): Child {
  const process = spawn(globalThis.process.execPath, [...runScript, script, "--", ...input], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: process.stdout })[Symbol.asyncIterator]();
  const ended = once(process, "exit").then(([code]) => code as number | null);
  return {
    process,
    async line() {
      return (await lines.next()).value as string | undefined;
    },
    kill() {
      process.kill("SIGKILL");
      return ended;
    },
    exit: () => ended,
  };
}
