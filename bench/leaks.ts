import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { listening } from "./programs.ts";
import { authorization } from "./requests.ts";
import { type BenchServer, builtCommand, type Figure, inFolder, residentMb, serve } from "./support.ts";

// What calls leave behind in OpenTrail in front of an upstream: nothing, whether they go well or break off on either side.

const clientCount = 16;
const stages = [20_000, 200_000];
const gigabyte = 1024 ** 3;
const objectBytes = 5 * gigabyte;
const piece = Buffer.alloc(256 * 1024, "x");

function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((name) => {
    try {
      return readlinkSync(`${folder}/${name}`).startsWith("socket:");
    } catch {
      return false; // closed meanwhile
    }
  }).length;
}

const body = "Action=DescribeInstances&Version=2016-11-15&Filter.1.Name=instance-state-name&Filter.1.Value.1=running";

/** One call; every 50th breaks off: in turns the client goes away, and the upstream does. */
async function call(url: string, index: number, agent: Agent): Promise<void> {
  const breaks = index % 100 === 0 ? "client" : index % 100 === 50 ? "upstream" : undefined;
  const headers = {
    authorization: authorization("ec2"),
    "content-type": "application/x-www-form-urlencoded",
    "content-length": body.length,
    ...(breaks === "upstream" && { "x-break": "1" }),
  };
  const sent = request(url, { method: "POST", headers, agent });
  if (breaks === "client") {
    const closed = new Promise((resolve) => sent.on("error", () => {}).on("close", resolve));
    sent.end(body, () => sent.destroy());
    await closed;
    return;
  }
  sent.end(body);
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  response.resume();
  await once(response, "end");
  const expected = breaks === "upstream" ? 503 : 200;
  if (response.statusCode !== expected) throw new Error(`call ${index} was answered with ${response.statusCode}`);
}

interface Seen {
  readonly calls: number;
  readonly residentMb: number;
  readonly sockets: number;
}

/** What a server holds when it has come to rest after so many calls. */
async function after(calls: number, { url, pid }: BenchServer, from: number): Promise<Seen> {
  const agent = new Agent({ keepAlive: true });
  let next = from;
  const client = async () => {
    while (next < calls) await call(url, next++, agent);
  };
  await Promise.all(Array.from({ length: clientCount }, client));
  agent.destroy();
  for (let backlog = 1; backlog > 0; await pause(1_000)) {
    const health = (await (await fetch(`${url}/_opentrail/health`, { headers: { connection: "close" } })).json()) as {
      readers: Record<string, { backlogEntries: number }>;
    };
    backlog = Math.max(...Object.values(health.readers).map(({ backlogEntries }) => backlogEntries));
  }
  // Idle connections to the upstream are given up after four seconds.
  await pause(6_000);
  return { calls, residentMb: residentMb(pid), sockets: socketsOf(pid) };
}

async function leftBehind(through: BenchServer): Promise<Figure[]> {
  const seen: Seen[] = [];
  for (const calls of stages) {
    const one = await after(calls, through, seen.at(-1)?.calls ?? 0);
    process.stdout.write(`after ${one.calls} calls: ${one.residentMb} MB resident, ${one.sockets} sockets\n`);
    seen.push(one);
  }
  const [first, last] = [seen[0] as Seen, seen.at(-1) as Seen];
  const growth = last.residentMb / first.residentMb;
  const what = `${last.calls} calls through OpenTrail, one in 50 broken off`;
  return [
    {
      what: `${what}: resident memory ÷ that after ${first.calls}`,
      measured: `${growth.toFixed(2)} (${last.residentMb} ÷ ${first.residentMb} MB)`,
      target: "≤ 1.20",
      reached: growth <= 1.2,
    },
    {
      what: `${what}: open sockets more than after ${first.calls}`,
      measured: String(last.sockets - first.sockets),
      target: "≤ 0",
      reached: last.sockets <= first.sockets,
    },
  ];
}

async function upload(url: string): Promise<void> {
  const headers = {
    authorization: authorization("s3"),
    "content-length": objectBytes,
    "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
  };
  const sent = request(`${url}/bench/object`, { method: "PUT", headers });
  const answered = once(sent, "response");
  for (let left = objectBytes; left > 0; left -= piece.length) if (!sent.write(piece)) await once(sent, "drain");
  sent.end();
  const [response] = (await answered) as [IncomingMessage];
  response.resume();
  await once(response, "end");
}

async function download(url: string): Promise<void> {
  const path = `/bench/${objectBytes}-bytes`;
  const response = await fetch(`${url}${path}`, { headers: { authorization: authorization("s3") } });
  let bytes = 0;
  for await (const part of response.body ?? []) bytes += part.length;
  if (bytes !== objectBytes) throw new Error(`${bytes} of ${objectBytes} bytes came through`);
}

async function largeObjects(through: BenchServer): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [what, pass] of Object.entries({ upload, download })) {
    const before = residentMb(through.pid);
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, residentMb(through.pid));
    }, 100);
    const startedAt = performance.now();
    await pass(through.url);
    clearInterval(watch);
    const seconds = (performance.now() - startedAt) / 1_000;
    figures.push({
      what: `a 5 GB ${what} through OpenTrail: more memory while it passes`,
      measured: `${most - before} MB (${Math.round(objectBytes / 1024 ** 2 / seconds)} MB/s)`,
      target: "≤ 100 MB",
      reached: most - before <= 100,
    });
  }
  return figures;
}

/** Memory and sockets over many calls, and over objects that are larger than memory should be. */
export async function benchLeaks(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const sink = await listening(process.execPath, (port) => [
      "--import",
      "tsx",
      new URL("sink-server.ts", import.meta.url).pathname,
      String(port),
    ]);
    const through = await serve(builtCommand, `${folder}/data`, { OPENTRAIL_UPSTREAM: sink.url });
    try {
      return [...(await largeObjects(through)), ...(await leftBehind(through))];
    } finally {
      await through.stop();
      await sink.stop();
    }
  });
}
