import { execFile } from "node:child_process";
import { once } from "node:events";
import { appendFile, open, readdir, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { eventually } from "../support/clients.ts";
import { readHistory } from "./checks.ts";
import { bucket, bucketPolicy, type How, type Life } from "./life.ts";
import type { Chance } from "./random.ts";
import { main, NotStarted, type TorturedServer } from "./server.ts";

const run = promisify(execFile);
const hour = 3_600_000;

/** One kind of fault. */
export interface Fault {
  readonly name: string;
  /** It needs a disk of its own. */
  readonly needsDisk?: boolean;
  /** Has a data folder meet it under load, which goes on for `loadMs` or so; the server is gone afterwards. */
  readonly meet: (life: Life, chance: Chance, loadMs: number) => Promise<void>;
  /** How the server has to be started for the proof that nothing is lost. */
  readonly proof?: How;
}

async function loaded(life: Life, server: TorturedServer, ms: number): Promise<void> {
  await life.load(server, life.for(ms));
}

async function isReady({ url }: TorturedServer): Promise<boolean> {
  return (await fetch(`${url}/_opentrail/health/ready`)).ok;
}

async function becomesReady(server: TorturedServer): Promise<void> {
  await eventually("ready again", async () => (await isReady(server)) || undefined, 30_000);
}

/** The journal's newest file. */
async function journalEnd({ data }: Life): Promise<{ path: string; size: number }> {
  const folder = join(data, "journal");
  const path = join(folder, (await readdir(folder)).sort().at(-1) ?? "");
  return { path, size: (await stat(path)).size };
}

async function flip(path: string, offset: number): Promise<void> {
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, offset);
  await file.write(Buffer.from([(byte[0] as number) ^ 0xff]), 0, 1, offset);
  await file.close();
}

const fullDisk: Fault = {
  name: "disk full",
  needsDisk: true,
  async meet(life, _, loadMs) {
    const server = await life.start();
    const load = loaded(life, server, loadMs);
    const makeRoom = await life.disk?.fill();
    await load;
    await eventually("not ready", async () => !(await isReady(server)) || undefined);
    makeRoom?.();
    await becomesReady(server);
    await loaded(life, server, loadMs / 2);
    await life.kill(server);
  },
};

/** Writes to the disk fail now and then, at one of the stores. */
const failingDisk: Fault = {
  name: "disk's errors",
  async meet(life, chance, loadMs) {
    const point = chance.of(["journal", "state", "object", "table"] as const);
    const failures = { point, code: chance.of(["EIO", "EROFS", "ENOSPC"]), every: 3 + chance.below(20) };
    const server = await life.start({ torture: { failures }, unchecked: true });
    const end = life.for(loadMs);
    // Who isn't served comes again.
    while (!end()) await life.load(server, end);
    await life.kill(server);
  },
};

const slowDisk: Fault = {
  name: "disk slow",
  async meet(life, chance, loadMs) {
    const server = await life.start({ torture: { slowMs: 5 + chance.below(100) } });
    await loaded(life, server, loadMs);
    await life.kill(server);
  },
};

/** What a broken-off write leaves behind whole records; the next start cuts it off. */
const tornTail: Fault = {
  name: "journal's tail broken",
  async meet(life, chance, loadMs) {
    const server = await life.start();
    await loaded(life, server, loadMs);
    await life.kill(server);
    const { path, size } = await journalEnd(life);
    const rest = Buffer.from(Array.from({ length: 1 + chance.below(5_000) }, () => chance.below(256)));
    await appendFile(path, rest);
    const next = await life.start();
    if (!/\d+ bytes at the end of \S+ are cut off/.test(next.output()))
      life.outcome.wrong.push(`the start doesn't say what it cut off:\n${next.output()}`);
    if ((await stat(path)).size < size) life.outcome.wrong.push("more was cut off than came behind the last record");
    await life.kill(next);
  },
};

/** A byte of answered records changes: the start is refused until the file is restored. */
const damagedJournal: Fault = {
  name: "journal's records damaged",
  async meet(life, chance, loadMs) {
    const server = await life.start();
    await loaded(life, server, loadMs);
    await life.kill(server);
    const { path, size } = await journalEnd(life);
    const offset = chance.below(Math.floor(size / 2));
    await flip(path, offset);
    const refusal = await life.start({ unchecked: true }).catch((error: unknown) => error as Error);
    const says = /The journal is damaged: \S+ at offset \d+: .*Restore this file from a backup/;
    if (!(refusal instanceof NotStarted && says.test(refusal.message)))
      life.outcome.wrong.push(`damage at offset ${offset} of ${path} isn't told of: ${String(refusal)}`);
    await flip(path, offset);
  },
};

const lostTable: Fault = {
  name: "table deleted, rebuilt",
  async meet(life, _, loadMs) {
    const server = await life.start();
    await loaded(life, server, loadMs);
    await life.kill(server);
    await rm(join(life.data, "tables"), { recursive: true });
    await run(process.execPath, [main, "rebuild", "--data", life.data]);
  },
};

/** The bucket refuses log files and digests for a while. */
const bucketRefuses: Fault = {
  name: "bucket refuses",
  async meet(life, _, loadMs) {
    const server = await life.start();
    const wire = life.wire(server);
    await wire.rest("s3", "DELETE", `/${bucket}?policy`);
    await loaded(life, server, loadMs);
    await wire.rest("s3", "PUT", `/${bucket}?policy`, JSON.stringify(bucketPolicy(bucket)));
    wire.close();
    await life.kill(server);
  },
};

/** A webhook is away, and refuses every other request when it is back: it gets every event all the same. */
const webhookAway: Fault = {
  name: "webhook away",
  async meet(life, _, loadMs) {
    const events = new Set<string>();
    let requests = 0;
    const receiver = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const isTaken = ++requests % 2 === 0;
      if (isTaken)
        for (const { detail } of JSON.parse(Buffer.concat(chunks).toString()) as { detail: { requestID: string } }[])
          events.add(detail.requestID);
      response.writeHead(isTaken ? 204 : 500).end();
    });
    // Its port is known before it listens there.
    receiver.listen(0, "127.0.0.1");
    await once(receiver, "listening");
    const { port } = receiver.address() as AddressInfo;
    await new Promise((resolve) => receiver.close(resolve));
    const webhooks = [{ url: `http://127.0.0.1:${port}/`, secret: "a secret of the torture", readOnlyEvents: true }];
    const env = { OPENTRAIL_WEBHOOKS: JSON.stringify(webhooks) };
    try {
      const server = await life.start({ env });
      // It gets what comes from its first start on.
      const before = new Set(life.answered.keys());
      await loaded(life, server, loadMs);
      receiver.listen(port, "127.0.0.1");
      await life.kill(server);
      const next = await life.start({ env });
      const isComplete = async () => {
        const ids = (await readHistory(next.url)).flatMap(({ requestID = "" }) => requestID);
        return ids.every((id) => !life.answered.has(id) || before.has(id) || events.has(id)) || undefined;
      };
      await eventually("every event at the webhook", isComplete, 60_000);
      await life.kill(next);
    } finally {
      receiver.close();
      receiver.closeAllConnections();
    }
  },
};

/** More connections come than the process may have files open: who is connected is served all the same. */
const fewDescriptors: Fault = {
  name: "few file descriptors",
  async meet(life, _, loadMs) {
    const server = await life.start({ descriptors: 700 });
    const load = loaded(life, server, 500 + loadMs);
    await pause(500);
    const before = life.answered.size;
    const { used, limit } = await life.flood(server, loadMs);
    await load;
    if (used > limit - 100) life.outcome.wrong.push(`${used} of ${limit} descriptors were used`);
    if (life.answered.size === before) life.outcome.wrong.push("nobody was served beside so many connections");
    await becomesReady(server);
    await life.kill(server);
  },
};

/** The heap of JavaScript is small. */
const littleMemory: Fault = {
  name: "little memory",
  async meet(life, _, loadMs) {
    const server = await life.start({ heapMb: 96 });
    await loaded(life, server, loadMs);
    await life.kill(server);
  },
};

/** The clock is set forward and back while calls are made, also behind the time of the start. */
const clockJumps: Fault = {
  name: "clock set",
  async meet(life, chance, loadMs) {
    const jump = () => (chance.below(2) ? 1 : -1) * (60_000 + chance.below(12 * hour));
    const clock = [0, 1, 2].map((n) => ({ afterMs: 2_000 + (n * loadMs) / 3, offByMs: jump() }));
    const server = await life.start({ torture: { clock } });
    await loaded(life, server, 2_000 + loadMs);
    await life.kill(server);
  },
  // Digests go on when the time of the last one has come.
  proof: { torture: { clock: [{ afterMs: 0, offByMs: 13 * hour }] } },
};

/** The clock's comes last, as the time of what was made before must not lie in the future of what comes then. */
export const faults: readonly Fault[] = [
  fullDisk,
  failingDisk,
  slowDisk,
  tornTail,
  damagedJournal,
  lostTable,
  bucketRefuses,
  webhookAway,
  fewDescriptors,
  littleMemory,
  clockJumps,
];
