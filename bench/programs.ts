import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "../test/support/tools.ts";

export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether a program that is none of ours can be run here. */
export const isHere = (program: string, ...args: string[]) =>
  spawnSync(program, args, { stdio: "ignore" }).status === 0;

/** Starts a program that listens on the port it is given, and waits until it does. */
export async function listening(command: string, args: (port: number) => readonly string[]): Promise<Running> {
  const port = await freePort();
  const child: ChildProcess = spawn(command, args(port), { stdio: "ignore" });
  const exited = once(child, "exit");
  for (let tries = 0; ; tries++) {
    const socket = connect(port, "127.0.0.1");
    const open = await new Promise<boolean>((resolve) => {
      socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    });
    socket.destroy();
    if (open) break;
    if (tries > 300) throw new Error(`${command} doesn't listen on ${port}`);
    await pause(50);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** moto's server; undefined, and said so, where it isn't installed. */
export async function motoServer(forWhat: string): Promise<Running | undefined> {
  if (isHere("moto_server", "--help"))
    return listening("moto_server", (port) => ["-H", "127.0.0.1", "-p", String(port)]);
  process.stderr.write(`SKIPPED: ${forWhat}; there is no moto_server here\n`);
  return undefined;
}
