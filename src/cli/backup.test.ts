import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { CreateTrailCommand, LookupEventsCommand, StartLoggingCommand } from "@aws-sdk/client-cloudtrail";
import { CreateTagsCommand, CreateVolumeCommand } from "@aws-sdk/client-ec2";
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Child, source, startChild } from "../../test/support/child.ts";
import { clients, eventually } from "../../test/support/clients.ts";
import { accountId } from "../aws/names.ts";
import { type Health, loadConfig, startServer } from "../server/index.ts";
import { bucketPolicyFor } from "../trails/index.ts";
import { backupCommand } from "./backup.ts";
import { printed } from "./command.fixture.ts";
import { rebuildCommand } from "./rebuild.ts";
import { verifyCommand } from "./verify.ts";

let folder: string;
let data: string;
let child: Child | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-backup-"));
  data = join(folder, "data");
});
afterEach(async () => {
  await child?.kill();
  process.exitCode = undefined;
  await rm(folder, { recursive: true, force: true });
});

const arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit";
const intervals = { deliveryInterval: "1s", digestInterval: "3s" };
const backup = (out: string) => printed((output) => backupCommand(output, {}), ["--data", data, "--out", out], {});

/** The request ids of CreateTags in Event history. */
async function tagged({ cloudtrail }: ReturnType<typeof clients>): Promise<string[]> {
  const ids: string[] = [];
  let NextToken: string | undefined;
  const LookupAttributes = [{ AttributeKey: "EventName" as const, AttributeValue: "CreateTags" }];
  do {
    const page = await cloudtrail.send(new LookupEventsCommand({ LookupAttributes, NextToken }));
    for (const { CloudTrailEvent = "" } of page.Events ?? []) ids.push(JSON.parse(CloudTrailEvent).requestID);
    NextToken = page.NextToken;
  } while (NextToken);
  return ids;
}

async function keysOf({ s3 }: ReturnType<typeof clients>, kind: string): Promise<string[]> {
  const Prefix = `AWSLogs/123456789012/${kind}/`;
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: "audit-logs", Prefix }));
  return Contents.map(({ Key = "" }) => Key);
}

async function requestIdsInLogFiles(own: ReturnType<typeof clients>): Promise<string[]> {
  const ids: string[] = [];
  for (const Key of await keysOf(own, "CloudTrail")) {
    const { Body } = await own.s3.send(new GetObjectCommand({ Bucket: "audit-logs", Key }));
    const text = gunzipSync((await Body?.transformToByteArray()) ?? "").toString();
    for (const { eventName, requestID } of JSON.parse(text).Records)
      if (eventName === "CreateTags") ids.push(requestID);
  }
  return ids;
}

describe("opentrail backup", () => {
  it("copies a server under load: each call answered before is there once, and log files and digests verify", async () => {
    const script = `
      import { pino } from "pino";
      import { loadConfig, startServer } from ${source("server/index.ts")};
      const config = loadConfig({ port: 0, data: process.argv[1], ...${JSON.stringify(intervals)} }, {});
      console.log((await startServer(config, pino({ level: "silent" }))).url);`;
    child = startChild(script, data);
    const own = clients((await child.line()) ?? "");
    await own.s3.send(new CreateBucketCommand({ Bucket: "audit-logs" }));
    await own.s3.send(new PutObjectCommand({ Bucket: "audit-logs", Key: "note", Body: "kept" }));
    const Policy = bucketPolicyFor("audit-logs", accountId("123456789012"), arn);
    await own.s3.send(new PutBucketPolicyCommand({ Bucket: "audit-logs", Policy }));
    await own.cloudtrail.send(
      new CreateTrailCommand({ Name: "audit", S3BucketName: "audit-logs", EnableLogFileValidation: true }),
    );
    await own.cloudtrail.send(new StartLoggingCommand({ Name: "audit" }));
    const { VolumeId = "" } = await own.ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: "us-east-1a" }));

    const answered: string[] = [];
    let isOver = false;
    const load = Array.from({ length: 4 }, async (_, worker) => {
      for (let n = 0; !isOver; n++) {
        const tags = new CreateTagsCommand({ Resources: [VolumeId], Tags: [{ Key: `w${worker}`, Value: String(n) }] });
        answered.push((await own.ec2.send(tags)).$metadata.requestId ?? "");
      }
    });
    await eventually("some digests", async () => {
      const { length } = await keysOf(own, "CloudTrail-Digest");
      return length > 0 && answered.length > 100 ? true : undefined;
    });
    const before = [...answered];
    const out = join(folder, "copy");
    expect(await backup(out)).toMatch(/has the state of .*\nTo restore it: opentrail rebuild/);
    const during = answered.length - before.length;
    isOver = true;
    await Promise.all(load);
    await child.kill();
    expect(during).toBeGreaterThan(0);

    expect((await readdir(out)).sort()).toEqual(["journal", "keys", "objects", "state"]);
    expect((await stat(out)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(join(out, "keys"), { recursive: true }))
      expect((await stat(join(out, "keys", name))).mode & 0o077).toBe(0);

    await printed((output) => rebuildCommand(output, {}), ["--data", out], {});
    const server = await startServer(loadConfig({ port: 0, data: out, ...intervals }, {}), pino({ level: "silent" }));
    try {
      const restored = clients(server.url);
      const found = await tagged(restored);
      expect(before.filter((id) => !found.includes(id))).toEqual([]);
      expect(new Set(found).size).toBe(found.length);
      const note = await restored.s3.send(new GetObjectCommand({ Bucket: "audit-logs", Key: "note" }));
      expect(await note.Body?.transformToString()).toBe("kept");
      await eventually("all delivered", async () => {
        const health = (await (await fetch(`${server.url}/_opentrail/health`)).json()) as Health;
        return health.readers.trails?.backlogEntries === 0 ? true : undefined;
      });
      const digests = async () => (await keysOf(restored, "CloudTrail-Digest")).length;
      const there = await digests();
      await eventually("another digest", async () => ((await digests()) > there ? true : undefined), 30_000);
      const logged = await requestIdsInLogFiles(restored);
      expect(before.filter((id) => !logged.includes(id))).toEqual([]);
      expect(new Set(logged).size).toBe(logged.length);
      const env = { AWS_ENDPOINT_URL: server.url };
      const report = JSON.parse(await printed((output) => verifyCommand(output, env), ["audit"], env)) as {
        digests: { valid: number; invalid: number };
        logs: { valid: number; invalid: number };
        findings: { level: string }[];
      };
      expect(report.findings.filter(({ level }) => level === "error")).toEqual([]);
      expect(report.digests.valid).toBeGreaterThan(1);
      expect(report.logs.valid).toBeGreaterThan(1);
    } finally {
      await server.stop();
    }
  }, 120_000);

  it("refuses a folder that isn't empty and data that isn't there", async () => {
    await expect(backup(join(folder, "copy"))).rejects.toThrow(`There is no data folder ${data}`);
    const server = await startServer(loadConfig({ port: 0, data }, {}), pino({ level: "silent" }));
    await server.stop();
    await writeFile(join(folder, "file"), "");
    await expect(backup(folder)).rejects.toThrow(`${folder} is not empty`);
  });
});
