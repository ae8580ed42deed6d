import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import autocannon from "autocannon";
import { isHere, listening, motoServer, type Running } from "./programs.ts";
import { authorization, ec2Call, requestsPerSecond } from "./requests.ts";
import { type BenchServer, builtCommand, type Figure, inFolder, residentMb, serve } from "./support.ts";

const clientCount = 32;
const motoClients = 8;
const seconds = 8;
const rounds = 3;
const megabyte = Buffer.alloc(1024 * 1024, "x");
const uploadMb = 1024;

const call = ec2Call("Action=DescribeInstances&Filter.1.Name=instance-state-name&Filter.1.Value.1=running");

const script = (name: string, ...rest: string[]) =>
  listening(process.execPath, (port) => [
    "--import",
    "tsx",
    new URL(name, import.meta.url).pathname,
    String(port),
    ...rest,
  ]);

function nginx(folder: string, upstream: string): Promise<Running> {
  return listening("nginx", (port) => {
    const configuration = `
      worker_processes 1; daemon off; pid ${folder}/nginx.pid; error_log /dev/null;
      events { worker_connections 1024; }
      http {
        access_log off; client_body_temp_path ${folder}; proxy_temp_path ${folder};
        upstream them { server ${new URL(upstream).host}; keepalive 64; }
        server {
          listen 127.0.0.1:${port};
          location / { proxy_pass http://them; proxy_http_version 1.1; proxy_set_header Connection ""; }
        }
      }`;
    writeFileSync(`${folder}/nginx.conf`, configuration);
    return ["-c", `${folder}/nginx.conf`];
  });
}

async function load(url: string, options: { overallRate?: number } = {}) {
  const result = await autocannon({ url, connections: clientCount, duration: seconds, ...call, ...options });
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx + result.errors} calls failed`);
  return { rate: result.requests.average, p99: result.latency.p99 };
}

const ofMoto = async (url: string) => ({
  rate: await requestsPerSecond(url, () => call, { clients: motoClients, seconds }),
});

const median = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;

/** Medians of two endpoints' calls/s, measured in turns, and of their ratio. */
async function inTurns(through: string, direct: string, measure: (url: string) => Promise<{ rate: number }>) {
  for (const url of [through, direct]) await measure(url); // warms up
  const pairs: [number, number][] = [];
  for (let round = 0; round < rounds; round++) {
    pairs.push([(await measure(through)).rate, (await measure(direct)).rate]);
  }
  return {
    ratio: median(pairs.map(([one, other]) => one / other)),
    through: Math.round(median(pairs.map(([one]) => one))),
    direct: Math.round(median(pairs.map(([, other]) => other))),
  };
}

async function put(url: string, path: string): Promise<number> {
  const startedAt = performance.now();
  const headers = {
    authorization: authorization("s3"),
    "content-length": uploadMb * megabyte.length,
    "x-amz-content-sha256": "UNSIGNED-PAYLOAD",
  };
  const upload = request(`${url}${path}`, { method: "PUT", headers });
  const answered = once(upload, "response");
  for (let sent = 0; sent < uploadMb; sent++) if (!upload.write(megabyte)) await once(upload, "drain");
  upload.end();
  const [response] = await answered;
  response.resume();
  await once(response, "end");
  if (response.statusCode !== 200) throw new Error(`the upload was answered with ${response.statusCode}`);
  return uploadMb / ((performance.now() - startedAt) / 1_000);
}

async function staticFigures(folder: string): Promise<Figure[]> {
  const upstream = await script("static-server.ts");
  const bare = await script("bare-proxy.ts", new URL(upstream.url).port);
  const through = await serve(builtCommand, `${folder}/static`, { OPENTRAIL_UPSTREAM: upstream.url });
  try {
    const compared = await inTurns(through.url, bare.url, load);
    let peer = "nginx isn't here (apt-get install nginx-light)";
    if (isHere("nginx", "-v")) {
      const proxy = await nginx(folder, upstream.url);
      peer = `nginx ${Math.round((await load(proxy.url)).rate)}`;
      await proxy.stop();
    } else process.stderr.write("SKIPPED: nginx's figure; there is no nginx here\n");
    const half = { overallRate: Math.round(compared.through / 2) };
    const added = (await load(through.url, half)).p99 - (await load(upstream.url, half)).p99;
    return [
      {
        what: `an upstream that answers at once, ${clientCount} clients: OpenTrail ÷ a bare Node proxy`,
        measured: `${compared.ratio.toFixed(2)} (${compared.through} ÷ ${compared.direct} calls/s; ${peer})`,
        target: "≥ 0.90",
        reached: compared.ratio >= 0.9,
      },
      {
        what: `p99 added at half load (${half.overallRate} calls/s)`,
        measured: `${added} ms`,
        target: "≤ 5 ms",
        reached: added <= 5,
      },
    ];
  } finally {
    await Promise.all([through.stop(), bare.stop(), upstream.stop()]);
  }
}

async function uploadFigures(through: BenchServer, direct: string): Promise<Figure[]> {
  const bucket = await fetch(`${direct}/bench`, { method: "PUT", headers: { authorization: authorization("s3") } });
  await bucket.text();
  const before = residentMb(through.pid);
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, residentMb(through.pid));
  }, 100);
  const speeds: [number, number][] = [];
  for (let round = 0; round < rounds; round++) {
    speeds.push([await put(through.url, "/bench/through"), await put(direct, "/bench/direct")]);
  }
  clearInterval(watch);
  const ratio = median(speeds.map(([one, other]) => one / other));
  const [speed, straight] = [0, 1].map((side) => Math.round(median(speeds.map((pair) => pair[side] as number))));
  return [
    {
      what: "a 1 GB upload to moto's S3: through OpenTrail ÷ directly",
      measured: `${ratio.toFixed(2)} (${speed} ÷ ${straight} MB/s)`,
      target: "≥ 0.80",
      reached: ratio >= 0.8,
    },
    {
      what: "more memory while it passes",
      measured: `${most - before} MB`,
      target: "≤ 100 MB",
      reached: most - before <= 100,
    },
  ];
}

async function motoFigures(folder: string): Promise<Figure[]> {
  const moto = await motoServer("what passing on costs in front of moto");
  if (!moto) return [];
  const through = await serve(builtCommand, `${folder}/moto`, { OPENTRAIL_UPSTREAM: moto.url });
  try {
    const compared = await inTurns(through.url, moto.url, ofMoto);
    const figure = {
      what: `moto, ${motoClients} clients: through OpenTrail ÷ directly`,
      measured: `${compared.ratio.toFixed(2)} (${compared.through} ÷ ${compared.direct} calls/s)`,
      target: "≥ 0.95",
      reached: compared.ratio >= 0.95,
    };
    return [figure, ...(await uploadFigures(through, moto.url))];
  } finally {
    await through.stop();
    await moto.stop();
  }
}

/** What it costs to go through OpenTrail: calls with every record durable, added latency, and a large upload. */
export async function benchUpstream(): Promise<Figure[]> {
  return inFolder(async (folder) => [...(await motoFigures(folder)), ...(await staticFigures(folder))]);
}
