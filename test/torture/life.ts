import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { eventually } from "../support/clients.ts";
import { openLogFiles, readHistory, type Tally, tally } from "./checks.ts";
import type { Disk } from "./disk.ts";
import { bucketOfOthers, kinds } from "./kinds.ts";
import { createWorld } from "./load.ts";
import type { Chance } from "./random.ts";
import { main, NotStarted, type Start, startTortured, type TorturedServer } from "./server.ts";
import { NoAnswer, openWire, Refused, type Wire } from "./wire.ts";

const run = promisify(execFile);
/** Where the trail delivers. */
export const bucket = "audit-logs";
const workers = 6;
/** How long readers of the journal may take to come to its end. */
const patienceMs = 60_000;
const intervals = ["--delivery-interval", "1s", "--digest-interval", "2s"];

export interface Outcome {
  kills: number;
  answered: number;
  readonly wrong: string[];
  lost: number;
  doubled: number;
  longestRecoveryMs: number;
}

export interface How extends Omit<Start, "data"> {
  /** What clients made isn't looked at. */
  readonly unchecked?: boolean;
}

/** One data folder, from its first start to the proof that nothing of what was answered is missing in it. */
export interface Life {
  readonly data: string;
  readonly outcome: Outcome;
  /** Where the data folder is, when that is a disk of its own. */
  readonly disk: Disk | undefined;
  /** The calls that the trail has to have, by request id. */
  readonly answered: ReadonlyMap<string, string>;
  /** Starts the server, once more when it is killed meanwhile, and looks at everything that clients made. */
  start(how?: How): Promise<TorturedServer>;
  /** Lets clients make calls until `until` says so or the server is gone. */
  load(server: TorturedServer, until: () => boolean): Promise<void>;
  /** That `ms` have passed. */
  for(ms: number): () => boolean;
  wire(server: TorturedServer): Wire;
  /** Ends the server as a kill does. */
  kill(server: TorturedServer): Promise<void>;
  /** Opens twice as many connections as the server may have files open, and lets go of them after `ms`. */
  flood(server: TorturedServer, ms: number): Promise<{ used: number; limit: number }>;
  /** Starts the server, checks everything and stops it. */
  prove(how?: How): Promise<void>;
}

export interface Options {
  /** Where the data folder is to be. */
  readonly disk?: Disk | undefined;
  /** `recording: strict`: what is there has a record, though its call had no answer. */
  readonly strict?: boolean;
  /** The URL of another S3, which has the trail's bucket. */
  readonly s3?: string;
}

/** Lets `story` have a life of its own and resolves with what came of it; the folder is removed when nothing is wrong. */
export async function live(
  chance: Chance,
  story: (life: Life) => Promise<void>,
  options: Options = {},
): Promise<Outcome> {
  const folder = await mkdtemp(join(options.disk?.folder ?? tmpdir(), "opentrail-torture-"));
  const data = join(folder, "data");
  const outcome: Outcome = { kills: 0, answered: 0, wrong: [], lost: 0, doubled: 0, longestRecoveryMs: 0 };
  // Who makes a trail needs its bucket, which may be away.
  const world = createWorld(kinds.filter(({ name }) => options.s3 === undefined || !name.startsWith("trail")));
  const logFiles = openLogFiles(bucket);
  const answered = new Map<string, string>();
  let isLogging = false;
  const running = new Set<TorturedServer>();

  const wireOf = ({ url }: TorturedServer) =>
    openWire(url, (requestId, what) => {
      if (isLogging) answered.set(requestId, what);
    });

  /** Calls of who looks after the trail's bucket, which aren't on record here where the bucket isn't. */
  const bucketsOf = (server: TorturedServer) =>
    options.s3 === undefined ? wireOf(server) : openWire(options.s3, () => {});

  /** As `opentrail verify` takes it, which finds a trail's bucket where the trail is. */
  async function toVerify(wire: Wire): Promise<string[]> {
    if (options.s3 === undefined) return ["audit"];
    const keys = join(folder, "keys.json");
    await writeFile(keys, (await wire.json("ListPublicKeys")).text);
    return [`s3://${bucket}`, "--public-keys", keys];
  }

  async function attempt(how: How): Promise<TorturedServer | undefined> {
    let server: TorturedServer;
    try {
      const { flags = [], unchecked: _, ...rest } = how;
      server = await startTortured({ data, flags: [...intervals, ...flags], ...rest });
    } catch (error) {
      if (!(error instanceof NotStarted && error.wasKilled)) throw error;
      outcome.kills += 1;
      return undefined;
    }
    running.add(server);
    void server.exited.then(() => running.delete(server));
    if (isLogging) outcome.longestRecoveryMs = Math.max(outcome.longestRecoveryMs, server.readyAfterMs);
    const wire = wireOf(server);
    try {
      if (!isLogging) await setUp(wire, bucketsOf(server));
      isLogging = true;
      if (!how.unchecked) outcome.wrong.push(...(await world.check(wire)));
      return server;
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      await server.end("SIGKILL");
      outcome.kills += 1;
      return undefined;
    } finally {
      wire.close();
    }
  }

  const life: Life = {
    data,
    outcome,
    disk: options.disk,
    answered,
    wire: wireOf,

    async start(how = {}) {
      // What kills it while it starts does so once.
      const { killAfterMs: _, torture: { die: __, ...torture } = {}, ...later } = how;
      return (
        (await attempt(how)) ?? (await attempt({ ...later, torture })) ?? Promise.reject(new Error("it died twice"))
      );
    },

    async load(server, until) {
      const wire = wireOf(server);
      const done = () => until() || !server.alive();
      try {
        await Promise.all(Array.from({ length: workers }, () => world.work(wire, chance.fork(), done)));
      } finally {
        wire.close();
      }
    },

    for(ms) {
      const end = performance.now() + ms;
      return () => performance.now() >= end;
    },

    async kill(server) {
      await server.end("SIGKILL");
      outcome.kills += 1;
    },

    async flood(server, ms) {
      const { hostname, port } = new URL(server.url);
      const { limit } = await descriptorsOf(server.pid);
      const sockets = Array.from({ length: 2 * limit }, () => connect(Number(port), hostname).on("error", () => {}));
      await pause(ms);
      const found = await descriptorsOf(server.pid);
      for (const socket of sockets) socket.destroy();
      return found;
    },

    async prove(how = {}) {
      const server = await life.start(how);
      const wire = wireOf(server);
      const buckets = bucketsOf(server);
      outcome.answered = answered.size;
      const expected = new Map(answered);
      // Until then nothing of it is late: readers have a moment to come to the journal's end.
      let tallies: Tally[] = [];
      await eventually(
        "everything in log files and Event history",
        async () => {
          const files = await logFiles.read(buckets);
          const inFiles = tally("log files", files, expected);
          const management = new Set(
            files.filter(({ eventCategory }) => eventCategory === "Management").map(({ requestID }) => requestID),
          );
          const inHistory = tally(
            "Event history",
            await readHistory(server.url),
            new Map([...expected].filter(([id]) => management.has(id))),
          );
          tallies = [inFiles, inHistory];
          return tallies.every(({ lost }) => lost.length === 0) ? true : undefined;
        },
        patienceMs,
      ).catch(() => undefined);
      if (options.strict) {
        const text = JSON.stringify([await logFiles.read(buckets), await readHistory(server.url)]);
        const unrecorded = world.names().filter((name) => !text.includes(name));
        outcome.wrong.push(...unrecorded.map((name) => `${name} is there, and no record says who made it`));
      }
      for (const { lost, doubled } of tallies) {
        outcome.lost += lost.length;
        outcome.doubled += doubled.length;
        outcome.wrong.push(...lost, ...doubled);
      }
      outcome.wrong.push(...(await verify(options.s3 ?? server.url, await toVerify(wire))));
      wire.close();
      buckets.close();
      const code = await server.end("SIGTERM");
      if (code !== 0) outcome.wrong.push(`a stop ended with code ${code}:\n${server.output()}`);
    },
  };

  try {
    await story(life);
  } catch (error) {
    const isKnown = error instanceof NotStarted || error instanceof Refused;
    outcome.wrong.push(isKnown ? error.message : String((error as Error).stack));
  } finally {
    for (const server of running) await server.end("SIGKILL");
  }
  if (outcome.wrong.length === 0) await rm(folder, { recursive: true, force: true });
  else outcome.wrong.push(`its data folder is ${data}`);
  return outcome;
}

/** That of AWS's guide without its condition on the trail's ARN: any trail may deliver here. */
export const bucketPolicy = (name: string) => ({
  Version: "2012-10-17",
  Statement: ["s3:GetBucketAcl", "s3:PutObject"].map((Action) => ({
    Effect: "Allow",
    Principal: { Service: "cloudtrail.amazonaws.com" },
    Action,
    Resource: Action === "s3:GetBucketAcl" ? `arn:aws:s3:::${name}` : `arn:aws:s3:::${name}/*`,
  })),
});

async function descriptorsOf(pid: number): Promise<{ used: number; limit: number }> {
  const limits = await readFile(`/proc/${pid}/limits`, "utf8");
  const [, limit] = /^Max open files\s+(\d+)/m.exec(limits) ?? [];
  return { used: (await readdir(`/proc/${pid}/fd`)).length, limit: Number(limit) };
}

/** A trail that logs everything but what happens in its own bucket. */
async function setUp(wire: Wire, buckets: Wire): Promise<void> {
  for (const name of [bucket, bucketOfOthers]) {
    await buckets.rest("s3", "PUT", `/${name}`);
    await buckets.rest("s3", "PUT", `/${name}?policy`, JSON.stringify(bucketPolicy(name)));
  }
  buckets.close();
  await wire.json("CreateTrail", {
    Name: "audit",
    S3BucketName: bucket,
    IsMultiRegionTrail: true,
    EnableLogFileValidation: true,
  });
  const data = (type: string, more: readonly object[] = []) => ({
    Name: type,
    FieldSelectors: [
      { Field: "eventCategory", Equals: ["Data"] },
      { Field: "resources.type", Equals: [type] },
      ...more,
    ],
  });
  await wire.json("PutEventSelectors", {
    TrailName: "audit",
    AdvancedEventSelectors: [
      { Name: "management", FieldSelectors: [{ Field: "eventCategory", Equals: ["Management"] }] },
      data("AWS::S3::Object", [{ Field: "resources.ARN", NotStartsWith: [`arn:aws:s3:::${bucket}/`] }]),
      data("AWS::EC2::Snapshot"),
    ],
  });
  await wire.json("StartLogging", { Name: "audit" });
}

/** What `opentrail verify` finds wrong; digests that are only late have a while to come. */
async function verify(url: string, what: readonly string[]): Promise<string[]> {
  const keys = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
  let wrong = "";
  const proved = async () => {
    try {
      await run(process.execPath, [main, "verify", ...what, "--endpoint", url], { env: { ...process.env, ...keys } });
      return [];
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      wrong = `opentrail verify: ${stdout}${stderr}`;
      return isLate(stdout, stderr) ? undefined : [wrong];
    }
  };
  return eventually("digests of everything", proved, patienceMs).catch(() => [wrong]);
}

function isLate(stdout: string, stderr: string): boolean {
  if (stderr.includes("There is no digest file")) return true;
  if (stdout === "") return false;
  const { findings } = JSON.parse(stdout) as { findings: { level: string; problem: string }[] };
  return findings.every(({ level, problem }) => level === "notice" || problem === "TailMissing");
}
