import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** The command as users run it. */
export const main = new URL("../../dist/cli/main.js", import.meta.url).pathname;
const preload = new URL("preload.mjs", import.meta.url).href;

/** Where the process may end itself: at a write to the disk of one of its stores. */
export const points = ["journal", "state", "object", "object removed", "table"] as const;

export interface Death {
  readonly point: (typeof points)[number];
  /** `half`: after half of the bytes. */
  readonly when: "before" | "half" | "after";
  /** At which time it comes there. */
  readonly nth: number;
}

/** What preload.mjs does to a server. */
export interface Torture {
  readonly die?: Death | undefined;
  /** How long each write to the disk takes longer. */
  readonly slowMs?: number;
  /** When the server is ready, every so many writes at a point fail. */
  readonly failures?: {
    readonly point: Death["point"];
    readonly code: string;
    readonly every: number;
  };
  readonly clock?: readonly { readonly afterMs: number; readonly offByMs: number }[];
}

export interface Start {
  readonly data: string;
  /** Not given: a free one. */
  readonly port?: number;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly torture?: Torture;
  /** How many file descriptors the process may have. */
  readonly descriptors?: number;
  /** How many MB the heap of JavaScript may have. */
  readonly heapMb?: number;
  /** Kills it so many milliseconds after its start. */
  readonly killAfterMs?: number | undefined;
}

export interface TorturedServer {
  readonly url: string;
  /** From the process's start to its ready line. */
  readonly readyAfterMs: number;
  readonly alive: () => boolean;
  readonly pid: number;
  output(): string;
  end(signal: NodeJS.Signals): Promise<number | null>;
  readonly exited: Promise<number | null>;
}

/** The server ended by itself before it was ready, or was killed. */
export class NotStarted extends Error {
  readonly wasKilled: boolean;
  constructor(wasKilled: boolean, output: string) {
    super(`OpenTrail ended before it was ready:\n${output}`);
    this.wasKilled = wasKilled;
  }
}

const patienceMs = 120_000;

/** Starts `opentrail start` with the preload; rejects with NotStarted when it ends, or hangs, before its ready line. */
export async function startTortured({
  data,
  port = 0,
  flags = [],
  env = {},
  torture = {},
  descriptors,
  heapMb,
  killAfterMs,
}: Start): Promise<TorturedServer> {
  const environment = { ...process.env, ...env, TORTURE: JSON.stringify(torture) };
  const startedAt = performance.now();
  const heap = heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`];
  const node = [
    process.execPath,
    ...heap,
    "--import",
    preload,
    main,
    "start",
    "--port",
    String(port),
    "--data",
    data,
    ...flags,
  ];
  const limited =
    descriptors === undefined ? node : ["sh", "-c", `ulimit -n ${descriptors} && exec "$@"`, "-", ...node];
  const child = spawn(limited[0] as string, limited.slice(1), { stdio: ["ignore", "pipe", "pipe"], env: environment });
  let output = "";
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk;
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  void exited.then(() => clearTimeout(timer));
  let isHanging = false;
  const hanging = setTimeout(() => {
    isHanging = true;
    child.kill("SIGKILL");
  }, patienceMs);
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      output += `${line}\n`;
      const ready = /^OpenTrail is ready on (\S+)$/.exec(line);
      if (ready) resolve(ready[1] as string);
    });
    void exited.then(() => reject(new NotStarted(child.signalCode === "SIGKILL" && !isHanging, output)));
  }).finally(() => clearTimeout(hanging));
  const readyAfterMs = performance.now() - startedAt;
  return {
    url,
    readyAfterMs,
    pid: child.pid as number,
    alive: () => child.exitCode === null && child.signalCode === null,
    output: () => output,
    end(signal) {
      child.kill(signal);
      return exited;
    },
    exited,
  };
}
