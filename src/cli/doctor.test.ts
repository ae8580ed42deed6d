import { appendFile, chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTrailCommand, StartLoggingCommand } from "@aws-sdk/client-cloudtrail";
import { CreateBucketCommand, DeleteBucketPolicyCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Child, source, startChild } from "../../test/support/child.ts";
import { clients } from "../../test/support/clients.ts";
import { accountId } from "../aws/names.ts";
import { loadConfig, startServer } from "../server/index.ts";
import { openSegmentJournal } from "../storage/journal/index.ts";
import { bucketPolicyFor } from "../trails/index.ts";
import { printed } from "./command.fixture.ts";
import { doctorCommand } from "./doctor.ts";
import type { Check } from "./doctor-check.ts";

const nobody = "http://127.0.0.1:9";
let folder: string;
let data: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-doctor-"));
  data = join(folder, "data");
});
afterEach(async () => {
  process.exitCode = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function doctor(
  flags: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<{ ok: boolean; checks: Check[]; code: number }> {
  process.exitCode = undefined;
  const args = ["--data", data, ...(flags.includes("--endpoint") ? [] : ["--endpoint", nobody]), ...flags];
  const told = JSON.parse(await printed((output) => doctorCommand(output, env), args, env)) as {
    ok: boolean;
    checks: Check[];
  };
  return { ...told, code: Number(process.exitCode ?? 0) };
}

const wrongs = (checks: readonly Check[]) => checks.filter(({ ok }) => !ok).map(({ name }) => name);
const named = (checks: readonly Check[], name: string) => checks.find((check) => check.name === name);

/** A data folder as a server leaves it. */
async function used(): Promise<void> {
  const server = await startServer(loadConfig({ port: 0, data }, {}), pino({ level: "silent" }));
  await server.stop();
}

describe("opentrail doctor on a server that is stopped", () => {
  it("finds nothing wrong with a sound folder, and changes nothing in it", async () => {
    await used();
    const journal = join(data, "journal", "0000000000000001.journal");
    await appendFile(journal, "torn");
    const { ok, checks, code } = await doctor();
    expect([ok, code, wrongs(checks)]).toEqual([true, 0, []]);
    expect(named(checks, "server")?.found).toBe("isn't running; only the data folder was looked at");
    expect(await readFile(journal, "utf8")).toBe("torn");
  });

  it("tells what is wrong and what to do: permissions, a damaged journal, a clock that went back", async () => {
    await used();
    await chmod(join(data, "journal"), 0o755);
    const ahead = new Date(Date.now() + 3_600_000).toISOString();
    const journal = await openSegmentJournal({ folder: join(data, "journal") });
    await journal.append([Buffer.from(JSON.stringify({ eventTime: ahead }))]);
    await journal.append([Buffer.from(JSON.stringify({ eventTime: ahead }))]);
    await journal.close();
    const found = await doctor();
    expect([found.ok, found.code]).toEqual([false, 1]);
    expect(wrongs(found.checks)).toEqual(["permissions", "clock"]);
    expect(named(found.checks, "permissions")?.remedy).toBe(`chmod 700 ${join(data, "journal")}`);
    expect(named(found.checks, "clock")?.found).toMatch(/60 minutes behind the newest record/);

    const segment = join(data, "journal", "0000000000000001.journal");
    const bytes = await readFile(segment);
    bytes.writeUInt8(0, 25);
    await writeFile(segment, bytes);
    const broken = named((await doctor()).checks, "journal");
    expect(broken?.ok).toBe(false);
    expect(broken?.found).toContain(`${segment} at offset 0: entry 1 is broken`);
  });

  it("tells of a state that can't be read, a folder that isn't there, and settings that can't be used", async () => {
    expect(wrongs((await doctor()).checks)).toEqual(["data folder"]);
    await used();
    await writeFile(join(data, "state", "data.mdb"), "no LMDB".repeat(2_000));
    expect(wrongs((await doctor()).checks)).toContain("state");
    const { checks } = await doctor([], { OPENTRAIL_REGION: "nowhere" });
    expect(checks).toHaveLength(1);
    expect(wrongs(checks)).toEqual(["settings"]);
  });

  it("tells which endpoint doesn't answer, and never shows a webhook's secret path", async () => {
    await used();
    const env = {
      OPENTRAIL_ENDPOINTS: `{ sns: "${nobody}" }`,
      OPENTRAIL_WEBHOOKS: `[{ url: "${nobody}/planted-secret", secret: "0123456789abcdef" }]`,
    };
    const { checks } = await doctor([], env);
    expect(wrongs(checks)).toEqual(["endpoints.sns", "webhook 1"]);
    expect(JSON.stringify(checks)).not.toMatch(/planted-secret|0123456789abcdef/);
  });

  it("shows a person marks and advice", async () => {
    await used();
    await chmod(data, 0o750);
    const text = await printed((output) => doctorCommand(output, {}), ["--data", data, "--endpoint", nobody], {}, true);
    expect(text).toContain("✓");
    expect(text).toMatch(/✗.*permissions.*\(0750\)/);
    expect(text).toContain(`→ chmod 700 ${data}`);
    expect(text).toContain("1 thing is wrong");
  });
});

describe("opentrail doctor on a server that runs", () => {
  let child: Child | undefined;
  afterEach(() => child?.kill());

  it("asks it, looks into its folder beside it, and names a trail that can't deliver", async () => {
    const script = `
      import { pino } from "pino";
      import { loadConfig, startServer } from ${source("server/index.ts")};
      const server = await startServer(loadConfig({ port: 0, data: process.argv[1] }, {}), pino({ level: "silent" }));
      console.log(server.url);`;
    child = startChild(script, data);
    const url = (await child.line()) ?? "";
    const sound = await doctor(["--endpoint", url]);
    expect(wrongs(sound.checks)).toEqual([]);
    expect(named(sound.checks, "server")?.found).toMatch(/^0\.1\.0 at http/);
    const { s3, cloudtrail } = clients(url);
    const arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit";
    await s3.send(new CreateBucketCommand({ Bucket: "audit-logs" }));
    const Policy = bucketPolicyFor("audit-logs", accountId("123456789012"), arn);
    await s3.send(new PutBucketPolicyCommand({ Bucket: "audit-logs", Policy }));
    await cloudtrail.send(new CreateTrailCommand({ Name: "audit", S3BucketName: "audit-logs" }));
    await cloudtrail.send(new StartLoggingCommand({ Name: "audit" }));
    expect(named((await doctor(["--endpoint", url])).checks, `trail ${arn}`)?.ok).toBe(true);
    await s3.send(new DeleteBucketPolicyCommand({ Bucket: "audit-logs" }));
    const { checks, code } = await doctor(["--endpoint", url]);
    expect(code).toBe(1);
    expect(named(checks, `trail ${arn}`)).toMatchObject({ ok: false, found: expect.stringMatching(/policy/) });

    const alone = await doctor();
    expect(wrongs(alone.checks)).toContain("server");
    expect(named(alone.checks, "server")?.found).toMatch(/^process \d+ has the data folder and doesn't answer/);
  });
});
