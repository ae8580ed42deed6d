import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { freePort } from "./tools.ts";

export interface Moto {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts moto's server, which plays SNS, CloudWatch Logs, EventBridge and S3, on a free port or the given one. */
export async function startMoto(port?: number): Promise<Moto> {
  const at = port ?? (await freePort());
  const child = spawn("moto_server", ["-H", "127.0.0.1", "-p", `${at}`], { stdio: ["ignore", "ignore", "pipe"] });
  const exited = once(child, "exit");
  for await (const line of createInterface({ input: child.stderr })) if (line.includes("Running on")) break;
  // Its log is of no interest, but has to go somewhere.
  child.stderr.resume();
  return {
    url: `http://127.0.0.1:${at}`,
    async stop() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
