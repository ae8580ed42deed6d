import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Recorder } from "../src/gateway/index.ts";
import { loadConfig, type RunningServer, startServer } from "../src/server/index.ts";
import { clients, eventually } from "./support/clients.ts";

const limit = 50;

let folder: string;
let server: RunningServer;
/** How the calls were recorded, by the disk that hangs until it is let go. */
let recorded: string[];
let letGo: () => void;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-overload-"));
  recorded = [];
  const hangs = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const recorder: Recorder = {
    check: async () => {},
    intend: async () => undefined,
    async record(_call, answer) {
      await hangs;
      recorded.push(answer.error?.code ?? "success");
    },
    recordSignIn: () => hangs,
    recordOwn: () => hangs,
  };
  const config = loadConfig({ port: 0, data: join(folder, "data"), concurrencyLimit: limit }, {});
  server = await startServer(config, pino({ level: "silent" }), { recorder });
});
afterEach(async () => {
  letGo();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A call, as the sum of what the client sees. */
async function call(service: "ec2" | "s3" | "cloudtrail") {
  const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
  const requests = {
    ec2: { path: "/?Action=DescribeRegions&Version=2016-11-15", headers: {} },
    s3: { path: "/bucket/key", headers: {} },
    cloudtrail: {
      path: "/",
      headers: { "x-amz-target": "CloudTrail_20131101.ListTrails" },
      method: "POST",
      body: "{}",
    },
  } as const;
  const { path, headers, ...init } = requests[service];
  const response = await fetch(server.url + path, { ...init, headers: { authorization, ...headers } });
  return { status: response.status, retryAfter: response.headers.get("retry-after"), text: await response.text() };
}

it("while the disk hangs, calls beyond the limit are answered at once in the service's own words, and the rest when it goes on", async () => {
  const metrics = async () => (await fetch(`${server.url}/_opentrail/metrics`)).text();
  const waiting = Array.from({ length: 2 * limit }, () => call("ec2"));
  await eventually("as many calls as there may be", async () =>
    (await metrics()).includes(`opentrail_calls_at_work ${2 * limit}`) ? true : undefined,
  );
  // Neither has anybody an answer yet, nor does anybody wait who comes now.
  const refused = await Promise.all((["ec2", "s3", "cloudtrail"] as const).map(call));
  expect(refused).toEqual([
    { status: 503, retryAfter: "1", text: expect.stringContaining("<Code>RequestLimitExceeded</Code>") },
    { status: 503, retryAfter: "1", text: expect.stringContaining("<Code>SlowDown</Code>") },
    { status: 400, retryAfter: "1", text: expect.stringContaining('"__type":"ThrottlingException"') },
  ]);
  const crowd = await Promise.all(Array.from({ length: 1_000 }, () => call("ec2")));
  expect(new Set(crowd.map(({ status }) => status))).toEqual(new Set([503]));
  expect(recorded).toEqual([]);
  expect((await fetch(`${server.url}/_opentrail/health/live`)).status).toBe(200);
  expect(await metrics()).toContain('opentrail_overload_refusals_total{refused="unrecorded"} 1003');

  letGo();
  const statuses = (await Promise.all(waiting)).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(limit);
  expect(statuses.filter((status) => status === 503)).toHaveLength(limit);
  expect(recorded.filter((how) => how === "success")).toHaveLength(limit);
  expect(recorded.filter((how) => how === "RequestLimitExceeded")).toHaveLength(limit);
  await clients(server.url).ec2.send(new DescribeVolumesCommand({}));
});
