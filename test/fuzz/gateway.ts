import { mkdtemp, rm } from "node:fs/promises";
import { Agent, request as httpRequest } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pino } from "pino";
import { credentials } from "../../src/aws/sdk.fixture.ts";
import { loadConfig, startServer } from "../../src/server/index.ts";
import { mutatedQuery } from "./documents.ts";
import type { Target } from "./engine.ts";
import { mutated } from "./mutate.ts";
import type { Draw } from "./random.ts";
import { asTarget, everyService, mutatedHead, mutatedRequest, type RealRequest, realRequests } from "./requests.ts";

interface Answered {
  readonly status: number;
  readonly requestId: string | undefined;
  readonly text: string;
}

const ownPaths = [
  "events",
  "event_history.csv",
  "event_history.json",
  "activity",
  "values",
  "overview",
  "story",
  "health",
  "session",
  "sign-in",
  "instances/i-1/latest/meta-data",
  "nothing",
];

/** An OpenTrail that serves, with Event history and all: nothing is answered with 500, and nothing is left unanswered. */
const running = (name: string, share: number, settings: Readonly<Record<string, string>>): Target => ({
  name,
  share,
  atOnce: 16,
  async open(draw) {
    const folder = await mkdtemp(join(tmpdir(), "opentrail-fuzz-"));
    const defects: string[] = [];
    const log = pino(
      { level: "error" },
      new Writable({
        write(chunk, _, done) {
          defects.push(String(chunk));
          done();
        },
      }),
    );
    const server = await startServer(loadConfig({ data: join(folder, "data"), port: "0", ...settings }, {}), log);
    const { hostname, port } = new URL(server.url);
    const agent = new Agent({ keepAlive: true, maxSockets: 32 });
    const real = (await Promise.all(everyService().map((one) => realRequests(one, draw.below(100))))).flat();

    function send({
      method,
      path,
      query,
      headers,
      body,
    }: Pick<RealRequest, "method" | "path" | "query" | "headers" | "body">) {
      const { connection, "content-length": length, "transfer-encoding": coding, expect, upgrade, ...kept } = headers;
      return new Promise<Answered>((resolve, reject) => {
        const options = {
          agent,
          hostname,
          port,
          method,
          path: query ? `${path}?${query}` : path,
          headers: { ...kept, "content-length": body.length },
          timeout: 30_000,
        };
        const sent = httpRequest(options, (answer) => {
          const chunks: Buffer[] = [];
          answer.on("data", (chunk: Buffer) => chunks.push(chunk));
          answer.on("error", reject);
          answer.on("end", () => {
            const { "x-amzn-requestid": id, "x-amz-request-id": s3Id } = answer.headers;
            resolve({
              status: answer.statusCode ?? 0,
              requestId: String(id ?? s3Id),
              text: Buffer.concat(chunks).toString(),
            });
          });
        });
        sent.on("timeout", () => sent.destroy(new Error("no answer for 30 seconds")));
        sent.on("error", reject);
        sent.end(body);
      });
    }

    async function raw(text: string): Promise<void> {
      await new Promise<void>((resolve) => {
        const socket = connect(Number(port), hostname);
        socket
          .on("error", () => resolve())
          .on("close", () => resolve())
          .resume();
        socket.end(text, "latin1");
        setTimeout(() => socket.destroy(), 2_000).unref();
      });
    }

    function drawn(now: Draw): RealRequest {
      const request = now.of(real);
      if (now.chance(0.15)) {
        const body = Buffer.from(mutated(now, '{"accountId":"123456789012","userName":"ada","password":"x"}', "{}"));
        const headers = { "content-type": "application/json" };
        const path = now.of(["/federation", ...ownPaths.map((one) => `/_opentrail/${one}`)]);
        const own = {
          ...request,
          method: now.of(["GET", "GET", "POST"]),
          path,
          query: asTarget(mutatedQuery(now)),
          headers,
          body,
        };
        return mutatedHead(now, own, request);
      }
      return mutatedRequest(now, request, now.of(real));
    }

    return {
      async run(now) {
        if (now.chance(0.02)) {
          const { method, path, query, headers } = now.of(real);
          const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
          await raw(
            mutated(now, `${method} ${path}?${query} HTTP/1.1\r\n${lines.join("")}\r\n`, "GET / HTTP/1.0\r\n\r\n"),
          );
          return;
        }
        const request = drawn(now);
        if (`${request.path}?${request.query}`.length > 15_000) return;
        const { status, text } = await send(request);
        if (status === 500 || (status > 500 && ![501, 503].includes(status)))
          throw new Error(
            `${request.method} ${request.path.slice(0, 200)}?${request.query.slice(0, 300)} ${JSON.stringify(request.headers).slice(0, 600)} ${request.body.toString("latin1").slice(0, 600)} → ${status} ${text.slice(0, 300)} ${defects.splice(0).join("").slice(0, 1_500)}`,
          );
      },
      async close() {
        agent.destroy();
        const health = await fetch(`${server.url}/_opentrail/health/ready`);
        await server.stop();
        await rm(folder, { recursive: true, force: true });
        if (health.status !== 200) throw new Error(`it isn't ready any more: ${await health.text()}`);
        if (defects.length > 0)
          throw new Error(`it failed for reasons of its own: ${defects.join("").slice(0, 3_000)}`);
      },
    };
  },
});

/** One that takes any key, and one that verifies and asks policies. */
export const gateways: readonly Target[] = [
  running("a running gateway", 5, {}),
  running("a running gateway that verifies", 2, {
    auth: "verify",
    rootAccessKeyId: credentials.accessKeyId,
    rootSecretAccessKey: credentials.secretAccessKey,
  }),
];
