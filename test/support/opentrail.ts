import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;

/** An OpenTrail of a test's own: a process as users run it, on a free port, in a folder that goes with it. */
export interface TestServer {
  readonly url: string;
  readonly data: string;
  readonly process: ChildProcess;
  /** What it has written to standard output and standard error so far. */
  output(): string;
  /** Ends the process with a signal and waits until it's gone; resolves with its exit code, null when the signal ended it. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  /** Starts it again on the same data. */
  restart(): Promise<TestServer>;
  /** Ends it for good and removes the data. */
  dispose(): Promise<void>;
}

async function run(data: string, flags: readonly string[]): Promise<TestServer> {
  const child = spawn(process.execPath, [main, "start", "--port", "0", "--data", data, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      output += `${line}\n`;
      const ready = /^OpenTrail is ready on (\S+)$/.exec(line);
      if (ready) resolve(ready[1] as string);
    });
    exited.then((code) => reject(new Error(`OpenTrail ended with code ${code} before it was ready:\n${output}`)));
  });
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exited;
  };
  return {
    url,
    data,
    process: child,
    output: () => output,
    end,
    restart: async () => {
      await end("SIGTERM");
      return run(data, flags);
    },
    dispose: async () => {
      await end("SIGKILL");
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** Starts an OpenTrail and waits for its ready line. */
export async function startOpenTrail(...flags: string[]): Promise<TestServer> {
  return run(join(await mkdtemp(join(tmpdir(), "opentrail-test-")), "data"), flags);
}

/** Starts an OpenTrail on a data folder that is there. */
export function startOpenTrailOn(data: string, ...flags: string[]): Promise<TestServer> {
  return run(data, flags);
}
