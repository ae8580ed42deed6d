import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { CreateVolumeCommand, DescribeVolumesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CloudTrailRecord } from "../record/index.ts";
import { loadConfig, type RunningServer, startServer } from "../server/index.ts";
import { printed } from "./command.fixture.ts";
import { allEvents, exportCommand } from "./export.ts";
import { writeLogFiles } from "./export-files.ts";
import type { FoundEvent } from "./found-event.ts";

let server: RunningServer;
let folder: string;
const made = 7;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-export-"));
  server = await startServer(loadConfig({ port: "0", data: join(folder, "data") }, {}), pino({ level: "silent" }));
  for (const [accessKeyId, region] of [
    ["111111111111", "eu-west-1"],
    ["222222222222", "us-east-1"],
  ]) {
    const credentials = { accessKeyId: accessKeyId ?? "", secretAccessKey: "test" };
    const ec2 = new EC2Client({ endpoint: server.url, region: region ?? "", credentials, maxAttempts: 1 });
    await ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: `${region}a` }));
    for (let n = 1; n < made; n++) await ec2.send(new DescribeVolumesCommand({}));
    ec2.destroy();
  }
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const ran = (args: readonly string[], url = server.url) => printed(exportCommand, args, { AWS_ENDPOINT_URL: url });

/** The files below a folder and the records in them. */
async function logFiles(out: string): Promise<Map<string, CloudTrailRecord[]>> {
  const paths = (await readdir(out, { recursive: true })).filter((path) => path.includes(".json"));
  const texts = paths.sort().map(async (path) => {
    const { Records } = JSON.parse(gunzipSync(await readFile(join(out, path))).toString());
    return [path, Records] as const;
  });
  return new Map(await Promise.all(texts));
}

describe("opentrail export", () => {
  it("writes Event history in the layout of a trail, the same each time", async () => {
    const out = join(folder, "all");
    await expect.poll(() => ran(["--from", "1h", "--out", out]), { timeout: 10_000 }).toMatch(/^14 events /);
    const files = await logFiles(out);
    expect([...files.values()].flat()).toHaveLength(2 * made);
    for (const [path, records] of files) {
      expect(path).toMatch(
        /^AWSLogs\/(\d{12})\/CloudTrail\/([a-z0-9-]+)\/\d{4}\/\d\d\/\d\d\/\1_CloudTrail_\2_\d{8}T\d{4}Z_[A-Za-z0-9]{16}\.json\.gz$/,
      );
      for (const { recipientAccountId, awsRegion } of records)
        expect(path).toContain(`/${recipientAccountId}/CloudTrail/${awsRegion}/`);
    }
    expect(files.values().next().value?.[0]).toMatchObject({ eventName: "CreateVolume", awsRegion: "eu-west-1" });
    await ran(["--from", "1h", "--out", out]);
    expect([...(await logFiles(out)).keys()]).toEqual([...files.keys()]);
  });

  it("takes one account, one Region, one time", async () => {
    const out = join(folder, "some");
    expect(await ran(["--from", "1h", "--out", out, "--account", "111111111111"])).toMatch(/^7 events /);
    expect((await readdir(join(out, "AWSLogs"))).sort()).toEqual(["111111111111"]);
    expect(await ran(["--from", "1h", "--out", out, "--region", "us-east-1"])).toMatch(/^7 events /);
    expect((await readdir(join(out, "AWSLogs"))).sort()).toEqual(["111111111111", "222222222222"]);
    const none = await ran(["--from", "2h", "--to", "1h", "--out", join(folder, "none")]);
    expect(none).toMatch(/^There are no events from /);
  });

  it("goes on where one answer ends, and repeats nothing", async () => {
    // Three events a second, answered as OpenTrail does, but no more than a few at once.
    const seconds = (position: number) => `2026-10-15T12:00:${String(10 + Math.floor(position / 3))}Z`;
    const server = createServer(({ url = "" }, answer) => {
      const { end = "", limit } = Object.fromEntries(new URL(url, "http://localhost").searchParams);
      const found = Array.from({ length: 50 }, (_, n) => 50 - n).filter(
        (position) => Date.parse(seconds(position)) <= Date.parse(end),
      );
      for (const position of found.slice(0, Number(limit)))
        answer.write(`${JSON.stringify({ position, record: { eventTime: seconds(position) } })}\n`);
      answer.end();
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const positions = async (limit: number) => {
      const found: number[] = [];
      const events = allEvents(url, {}, "2026-10-15T12:00:00Z", "2026-10-15T13:00:00Z", limit);
      for await (const { position } of events) found.push(position);
      return found;
    };
    const all = Array.from({ length: 50 }, (_, n) => 50 - n);
    for (const limit of [4, 5, 7, 49, 50, 51]) expect(await positions(limit)).toEqual(all);
    await expect(positions(3)).rejects.toThrow("There are more than 3 events in the second 2026-10-15T12:00:26Z");
    server.close();
  });

  it("says in one line what is wrong", async () => {
    await expect(ran(["--from", "1h", "--to", "2h", "--out", folder])).rejects.toThrow(/^--from .* is after --to /);
    await expect(ran(["--from", "1h", "--out", folder], "http://127.0.0.1:1")).rejects.toThrow("doesn't answer");
    await expect(ran(["--from", "1h", "--out", folder, "--account", ""])).rejects.toThrow("AccountId is empty");
  });
});

it("cuts files at five minutes, and before they are too big", async () => {
  const out = join(folder, "cut");
  const big = "x".repeat(20_000_000);
  const times = ["12:05:01", "12:05:00", "12:04:59", "12:04:58", "12:00:01", "12:00:00"];
  async function* events() {
    for (const [index, time] of times.entries())
      yield {
        position: times.length - index,
        resources: [],
        record: {
          eventTime: `2026-10-15T${time}Z`,
          awsRegion: "us-east-1",
          recipientAccountId: "123456789012",
          requestID: time,
          eventCategory: "Management",
          ...(index < 4 && { errorMessage: big }),
        } as CloudTrailRecord,
      } satisfies FoundEvent;
  }
  expect(await writeLogFiles(events(), out)).toEqual({ events: 6, files: 4 });
  const files = [...(await logFiles(out))].map(([path, records]) => [
    /_(\d{8}T\d{4}Z)_/.exec(path)?.[1],
    records.map(({ requestID }) => requestID),
  ]);
  expect(files).toEqual(
    expect.arrayContaining([
      ["20261015T1210Z", ["12:05:01"]],
      ["20261015T1205Z", ["12:04:59", "12:05:00"]],
      ["20261015T1205Z", ["12:00:01", "12:04:58"]],
      ["20261015T1200Z", ["12:00:00"]],
    ]),
  );
});
