import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock, systemRandom } from "../aws/index.ts";
import { createRecorder } from "../gateway/index.ts";
import { type Journal, openSegmentJournal } from "../storage/journal/index.ts";
import { loadConfig } from "./config.ts";
import { createFailures, createHealthCheck, type Health } from "./health.ts";
import { createMetrics } from "./metrics.ts";
import { startServer } from "./server.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-health-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the health of a server", () => {
  it("is told whole, in one word for a supervisor, and in figures", async () => {
    const config = loadConfig({ port: 0, data: join(folder, "data") }, {});
    const server = await startServer(config, pino({ level: "silent" }));
    try {
      const call = () =>
        fetch(server.url, {
          method: "POST",
          body: "Action=DescribeVolumes&Version=2016-11-15&MaxResults=2",
          headers: {
            "content-type": "application/x-www-form-urlencoded",
            authorization:
              "AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0",
          },
        });
      expect((await call()).status).toBe(400);
      const told = (await (await fetch(`${server.url}/_opentrail/health`)).json()) as Health;
      expect(told).toMatchObject({ status: "ok", version: "0.1.0", node: process.version, failures: [] });
      expect(told.journal.end).toBe(1);
      expect(Object.keys(told.readers)).toEqual(["history", "trails"]);
      expect(told.readers.trails).toEqual({ position: 1, backlogEntries: 0, backlogSeconds: 0 });
      expect(told.disk.freeBytes).toBeGreaterThan(0);
      expect(told.disk.sizeBytes).toBeGreaterThan(told.disk.freeBytes);
      for (const path of ["live", "ready"]) {
        const answer = await fetch(`${server.url}/_opentrail/health/${path}`);
        expect([answer.status, await answer.text()]).toEqual([200, "ok\n"]);
      }
      const metrics = await (await fetch(`${server.url}/_opentrail/metrics`)).text();
      expect(metrics).toContain('opentrail_calls_total{service="ec2",outcome="error"} 1');
      expect(metrics).toMatch(/opentrail_call_errors_total\{service="ec2",code="\w+"\} 1/);
      expect(metrics).toContain("opentrail_journal_position 1\n");
      expect(metrics).toContain('opentrail_reader_backlog_seconds{reader="trails"} 0');
      expect(metrics).toContain("opentrail_ready 1\n");
      expect(metrics).toContain('opentrail_build_info{version="0.1.0"} 1');
    } finally {
      await server.stop();
    }
  });
});

describe("a server in front of an upstream", () => {
  it("tells how that is: up or down, what it answered, and why it last failed", async () => {
    const upstream = createServer((_request, response) => response.writeHead(403).end());
    upstream.listen(0, "127.0.0.1");
    await once(upstream, "listening");
    const url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
    const config = loadConfig({ port: 0, data: join(folder, "data"), upstream: `{ "ec2.eu-*": "${url}" }` }, {});
    const server = await startServer(config, pino({ level: "silent" }));
    const authorization = "AWS4-HMAC-SHA256 Credential=AKIATEST/20260101/eu-west-1/ec2/aws4_request, Signature=0";
    const call = () => fetch(server.url, { method: "POST", body: "Action=DescribeVpcs", headers: { authorization } });
    const told = async () => ((await (await fetch(`${server.url}/_opentrail/health`)).json()) as Health).upstreams;
    try {
      expect((await call()).status).toBe(403);
      const calls = { "2xx": 0, "3xx": 0, "4xx": 1, "5xx": 0, none: 0 };
      expect(await told()).toEqual({ "ec2.eu-*": { origin: url, status: "up", calls } });
      upstream.closeAllConnections();
      upstream.close();
      await once(upstream, "close");
      for (let failure = 0; failure < 5; failure++) expect((await call()).status).toBe(503);
      expect(await told()).toMatchObject({
        "ec2.eu-*": {
          status: "down",
          calls: { "4xx": 1, none: expect.any(Number) },
          lastFailure: { message: `The upstream ${url} gives no answer (ECONNREFUSED)` },
        },
      });
      const metrics = await (await fetch(`${server.url}/_opentrail/metrics`)).text();
      expect(metrics).toContain('opentrail_upstream_up{upstream="ec2.eu-*"} 0');
      expect(metrics).toContain('opentrail_upstream_calls_total{upstream="ec2.eu-*",status="4xx"} 1');
      expect(await (await fetch(`${server.url}/_opentrail/health/ready`)).text()).toBe("ok\n");
    } finally {
      await server.stop();
    }
  });
});

describe("a server that can't record", () => {
  let journal: Journal;
  let room: number;
  let data: string;
  beforeEach(async () => {
    data = join(folder, "data");
    await mkdir(data);
    journal = await openSegmentJournal({ folder: join(folder, "journal") });
    room = 1e9;
  });
  afterEach(() => journal.close());

  function open(now = systemClock.now, position = 0) {
    const clock = { now };
    const recorder = createRecorder({ journal, clock, random: systemRandom, room: async () => room });
    const failures = createFailures(clock);
    const stopping = new AbortController();
    const upstreams = () => ({});
    const parts = {
      folder: data,
      version: "1",
      clock,
      journal,
      recorder,
      upstreams,
      failures,
      stopping: stopping.signal,
    };
    return {
      stopping,
      failures,
      recorder,
      ...createHealthCheck({ ...parts, positions: async () => ({ history: position }) }),
    };
  }

  it("says why: no room, a folder that can't be written, a server that stops", async () => {
    room = 1_000;
    const full = open();
    expect(await full.notReady()).toMatch(/only 1000 bytes are free in the data folder/);
    expect(await full.whole()).toMatchObject({ status: "not ready", reason: expect.stringContaining("1000 bytes") });
    const metrics = createMetrics("1");
    await expect(metrics.counting(full.recorder).check()).rejects.toThrow("1000 bytes");
    const text = await metrics.text(await full.whole());
    expect(text).toContain("opentrail_ready 0\n");
    expect(text).toContain("opentrail_unrecordable_calls_total 1\n");
    room = 1e9;
    const gone = open();
    gone.stopping.abort();
    expect(await gone.notReady()).toBe("OpenTrail is stopping");
    const lost = open();
    await rm(data, { recursive: true });
    expect(await lost.notReady()).toBe("The data folder can't be written (ENOENT)");
  });

  it("tells how old the oldest record is that a reader has yet to work on, and what failed last", async () => {
    const now = Date.parse("2026-11-01T12:00:00Z");
    const at = (time: string) => Buffer.from(JSON.stringify({ eventTime: time }));
    await journal.append([at("2026-11-01T11:00:00Z"), at("2026-11-01T11:58:30Z"), at("2026-11-01T11:59:00Z")]);
    const check = open(() => now, 1);
    check.failures.note("Delivery of x", new Error("NoSuchBucket: gone\nwith a stack"));
    check.failures.note("Event history", new Error("no room"));
    check.failures.note("Delivery of x", new Error("AccessDenied"));
    const { readers, failures } = await check.whole();
    expect(readers).toEqual({ history: { position: 1, backlogEntries: 2, backlogSeconds: 90 } });
    expect(failures).toEqual([
      { what: "Delivery of x", message: "AccessDenied", times: 2, at: "2026-11-01T12:00:00.000Z" },
      { what: "Event history", message: "no room", times: 1, at: "2026-11-01T12:00:00.000Z" },
    ]);
  });
});

describe("the Grafana dashboard", () => {
  it("draws only metrics that there are, and all of OpenTrail's own", async () => {
    interface Dashboard {
      title: string;
      panels: { id: number; type: string; gridPos: object; targets: { expr: string }[] }[];
    }
    const file = new URL("../../docs/grafana-dashboard.json", import.meta.url);
    const { title, panels } = JSON.parse(readFileSync(file, "utf8")) as Dashboard;
    const health: Health = {
      status: "ok",
      version: "1",
      node: "",
      pid: 1,
      uptimeSeconds: 1,
      journal: { end: 0 },
      readers: {},
      upstreams: {},
      disk: { freeBytes: 1, sizeBytes: 2 },
      failures: [],
    };
    const text = await createMetrics("1").text(health);
    const there = new Set([...text.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name as string));
    const drawn = panels.flatMap(({ targets }) =>
      targets.flatMap(({ expr }) => expr.match(/\b(opentrail|process|nodejs)_\w+/g) ?? []),
    );
    const missing = drawn.map((name) => name.replace(/_bucket$/, "")).filter((name) => !there.has(name));
    expect(title).toBe("OpenTrail");
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(missing).toEqual([]);
    const own = [...there].filter((name) => name.startsWith("opentrail_"));
    expect(own.filter((name) => !drawn.some((one) => one.startsWith(name)))).toEqual([]);
  });
});
