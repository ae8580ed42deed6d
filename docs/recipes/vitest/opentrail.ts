import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";

export interface OpenTrail {
  /** Where AWS's clients go. */
  readonly endpoint: string;
  /** The records that fit, newest first; waits until there is one: `lookup({ EventName: "RunInstances" })`. */
  lookup(terms: Readonly<Record<string, string>>, waitMs?: number): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

async function readyOn(server: ChildProcess): Promise<string> {
  if (server.stdout === null) throw new Error("OpenTrail has no output");
  for await (const line of createInterface({ input: server.stdout })) {
    const [, endpoint] = /^OpenTrail is ready on (\S+)$/.exec(line) ?? [];
    if (endpoint !== undefined) return endpoint;
  }
  throw new Error("OpenTrail did not start");
}

/**
 * Starts an OpenTrail of a test's own, in front of `upstream` (such as moto's server) or answering by itself. `command` is
 * the program: `opentrail` on the path, or the one in a clone.
 */
export async function startOpenTrail({
  upstream,
  command = process.env.OPENTRAIL ?? "opentrail",
}: {
  readonly upstream?: string;
  readonly command?: string;
} = {}): Promise<OpenTrail> {
  const data = await mkdtemp(join(tmpdir(), "opentrail-"));
  const passing = upstream === undefined ? [] : ["--upstream", upstream];
  const server = spawn(command, ["start", "--port", "0", "--data", data, ...passing], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(server, "exit");
  const endpoint = await readyOn(server);
  return {
    endpoint,
    async lookup(terms, waitMs = 10_000) {
      const deadline = Date.now() + waitMs;
      for (;;) {
        const answer = await fetch(`${endpoint}/_opentrail/events?${new URLSearchParams({ ...terms, limit: "1000" })}`);
        const lines = (await answer.text()).split("\n").filter((line) => line !== "");
        if (lines.length > 0 || Date.now() > deadline) return lines.map((line) => JSON.parse(line).record);
        await pause(100);
      }
    },
    async stop() {
      server.kill();
      await exited;
      await rm(data, { recursive: true, force: true });
    },
  };
}
