import { execFile } from "node:child_process";
import { once } from "node:events";
import { appendFile, open, readdir, rm, stat } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "../support/clients.ts";
import { readHistory } from "./checks.ts";
import { smallDisk } from "./disk.ts";
import { bucket, bucketPolicy, type Life, live, type Outcome } from "./life.ts";
import type { Chance } from "./random.ts";
import { main, NotStarted, type TorturedServer } from "./server.ts";

const run = promisify(execFile);
const hour = 3_600_000;

/** One kind of fault: a data folder that meets it under load, and of which everything is proved afterwards. */
export interface Fault {
  readonly name: string;
  /** Undefined where it can't be made, as it takes root. */
  readonly meet: (chance: Chance, loadMs: number) => Promise<Outcome> | undefined;
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
  meet(chance, loadMs) {
    const disk = smallDisk(320);
    return disk && live(chance, story, { parent: disk.folder }).finally(disk.remove);

    async function story(life: Life): Promise<void> {
      const server = await life.start();
      const load = loaded(life, server, loadMs);
      const makeRoom = await disk?.fill();
      await load;
      await eventually("not ready", async () => !(await isReady(server)) || undefined);
      makeRoom?.();
      await becomesReady(server);
      await loaded(life, server, loadMs / 2);
      await life.kill(server);
      await life.prove();
    }
  },
};

/** Writes to the disk fail now and then, at one of the stores. */
const failingDisk: Fault = {
  name: "disk's errors",
  meet: (chance, loadMs) =>
    live(chance, async (life) => {
      await life.kill(await life.start());
      const point = chance.of(["journal", "state", "object", "table"] as const);
      const failures = { point, code: chance.of(["EIO", "EROFS", "ENOSPC"]), every: 3 + chance.below(20) };
      const server = await life.start({ torture: { failures: { ...failures, afterMs: 5_000 } }, unchecked: true });
      const end = life.for(5_000 + loadMs);
      // Who isn't served comes again.
      while (!end()) await life.load(server, end);
      await life.kill(server);
      await life.prove();
    }),
};

const slowDisk: Fault = {
  name: "disk slow",
  meet: (chance, loadMs) =>
    live(chance, async (life) => {
      const slow = { torture: { slowMs: 5 + chance.below(100) } };
      const server = await life.start(slow);
      await loaded(life, server, loadMs);
      await life.kill(server);
      await life.prove();
    }),
};

/** What a broken-off write leaves behind whole records; the next start cuts it off. */
const tornTail: Fault = {
  name: "journal's tail broken",
  meet: (chance, loadMs) =>
    live(chance, async (life) => {
      const server = await life.start();
      await loaded(life, server, loadMs);
      await life.kill(server);
      const { path, size } = await journalEnd(life);
      const rest = Buffer.from(Array.from({ length: 1 + chance.below(5_000) }, () => chance.below(256)));
      await appendFile(path, rest);
      const next = await life.start();
      if (!next.output().includes(`${rest.length} bytes at the end of ${path} are cut off`))
        life.outcome.wrong.push(`the start doesn't say what it cut off:\n${next.output()}`);
      if ((await stat(path)).size < size) life.outcome.wrong.push("more was cut off than came behind the last record");
      await loaded(life, next, loadMs / 2);
      await life.kill(next);
      await life.prove();
    }),
};

/** A byte of answered records changes: the start is refused until the file is restored. */
const damagedJournal: Fault = {
  name: "journal's records damaged",
  meet: (chance, loadMs) =>
    live(chance, async (life) => {
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
      await life.prove();
    }),
};

const lostTable: Fault = {
  name: "table deleted, rebuilt",
  meet: (chance, loadMs) =>
    live(chance, async (life) => {
      const server = await life.start();
      await loaded(life, server, loadMs);
      await life.kill(server);
      await rm(join(life.data, "tables"), { recursive: true });
      await run(process.execPath, [main, "rebuild", "--data", life.data]);
      await life.prove();
    }),
};

/** The clock is set forward and back while calls are made, also behind the time of the start. */
const clockJumps: Fault = {
  name: "clock set",
  meet: (chance, loadMs) =>
    live(chance, async (life) => {
      const jump = () => (chance.below(2) ? 1 : -1) * (60_000 + chance.below(12 * hour));
      const clock = [1, 2, 3].map((n) => ({ afterMs: 2_000 + (n * loadMs) / 4, offByMs: jump() }));
      const server = await life.start({ torture: { clock } });
      await loaded(life, server, 2_000 + loadMs);
      await life.kill(server);
      // Digests go on when the time of the last one has come.
      await life.prove({ torture: { clock: [{ afterMs: 0, offByMs: 13 * hour }] } });
    }),
};

/** The bucket refuses log files and digests for a while. */
const bucketAway: Fault = {
  name: "bucket refuses",
  meet: (chance, loadMs) =>
    live(chance, async (life) => {
      const server = await life.start();
      const wire = life.wire(server);
      await wire.rest("s3", "DELETE", `/${bucket}?policy`);
      await loaded(life, server, loadMs);
      await wire.rest("s3", "PUT", `/${bucket}?policy`, JSON.stringify(bucketPolicy(bucket)));
      wire.close();
      await life.kill(server);
      await life.prove();
    }),
};

/** A webhook is away, and refuses every other request when it is back: it gets every event all the same. */
const webhookAway: Fault = {
  name: "webhook away",
  async meet(chance, loadMs) {
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
    receiver.close();
    const webhooks = [{ url: `http://127.0.0.1:${port}/`, secret: "a secret of the torture", readOnlyEvents: true }];
    const env = { OPENTRAIL_WEBHOOKS: JSON.stringify(webhooks) };
    try {
      return await live(chance, async (life) => {
        const server = await life.start({ env });
        await loaded(life, server, loadMs);
        receiver.listen(port, "127.0.0.1");
        await loaded(life, server, loadMs / 2);
        await life.kill(server);
        const next = await life.start({ env });
        const isMissing = async () => {
          const management = (await readHistory(next.url)).map(({ requestID }) => requestID);
          return management.filter((id) => id !== undefined && life.answered.has(id) && !events.has(id));
        };
        await eventually(
          "every event at the webhook",
          async () => ((await isMissing()).length === 0 ? true : undefined),
          60_000,
        );
        await life.kill(next);
        await life.prove({ env });
      });
    } finally {
      receiver.close();
      receiver.closeAllConnections();
    }
  },
};

const fewDescriptors: Fault = {
  name: "few file descriptors",
  meet: (chance, loadMs) =>
    live(chance, async (life) => {
      const server = await life.start({ unchecked: true, descriptors: 1024 });
      const { used, limit } = await life.exhaustDescriptors(server, loadMs);
      if (used < limit - 5) life.outcome.wrong.push(`only ${used} of ${limit} descriptors were used`);
      await becomesReady(server);
      await loaded(life, server, loadMs / 2);
      await life.kill(server);
      await life.prove();
    }),
};

/** The heap of JavaScript is small. */
const littleMemory: Fault = {
  name: "little memory",
  meet: (chance, loadMs) =>
    live(chance, async (life) => {
      const server = await life.start({ heapMb: 96 });
      await loaded(life, server, loadMs);
      await life.kill(server);
      await life.prove();
    }),
};

export const faults: readonly Fault[] = [
  fullDisk,
  failingDisk,
  slowDisk,
  tornTail,
  damagedJournal,
  lostTable,
  clockJumps,
  bucketAway,
  webhookAway,
  fewDescriptors,
  littleMemory,
];
