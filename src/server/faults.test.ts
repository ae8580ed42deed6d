import { execFileSync } from "node:child_process";
import { appendFile, mkdir, mkdtemp, rm, stat, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateVolumeCommand } from "@aws-sdk/client-ec2";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clients, eventually } from "../../test/support/clients.ts";
import { loadConfig } from "./config.ts";
import { type RunningServer, startServer } from "./server.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-faults-"));
});
let unmount: (() => void) | undefined;
afterEach(async () => {
  unmount?.();
  unmount = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function start(data: string, lines: string[] = []): Promise<RunningServer> {
  const log = pino({ level: "warn" }, { write: (line: string) => lines.push(line) });
  return startServer(loadConfig({ port: 0, data }, {}), log);
}

const get = async (server: RunningServer, path: string) => {
  const answer = await fetch(`${server.url}/_opentrail/${path}`);
  return { status: answer.status, text: await answer.text() };
};

describe("a journal whose last write was broken off", () => {
  it("is cut at its last whole entry by the next start, which says so in the log and in a metric", async () => {
    const data = join(folder, "data");
    const first = await start(data);
    await clients(first.url).ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: "us-east-1a" }));
    await first.stop();
    const segment = join(data, "journal", "0000000000000001.journal");
    const { size } = await stat(segment);
    await appendFile(segment, "a write that ended half-w");
    const lines: string[] = [];
    const second = await start(data, lines);
    expect((await stat(segment)).size).toBe(size);
    expect(lines.join("")).toContain(`25 bytes at the end of ${segment} are cut off`);
    expect((await get(second, "metrics")).text).toContain("opentrail_journal_cut_bytes 25\n");
    expect(JSON.parse((await get(second, "health")).text).journal).toEqual({ end: 1 });
    await clients(second.url).ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: "us-east-1a" }));
    expect(JSON.parse((await get(second, "health")).text).journal).toEqual({ end: 2 });
    await second.stop();
  });
});

/** A file system of its own; undefined where this process may not mount one. */
function mounted(path: string): { remount(how: string): void; unmount(): void } | undefined {
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=128m,mode=0700", "tmpfs", path], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  return {
    remount: (how) => execFileSync("mount", ["-o", `remount,${how}`, path]),
    unmount: () => execFileSync("umount", ["-l", path]),
  };
}

describe("a disk of its own that fails", () => {
  it("full or read-only: calls are refused and the reason told; they work again when it is mended", async (context) => {
    const disk = join(folder, "disk");
    await mkdir(disk);
    const mount = mounted(disk);
    if (!mount) return context.skip("mounting a tmpfs takes root");
    unmount = mount.unmount;
    const server = await start(join(disk, "data"));
    try {
      const { ec2 } = clients(server.url);
      const call = () => ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: "us-east-1a" }));
      await call();
      const { bavail, bsize } = await statfs(disk);
      await writeFile(join(disk, "ballast"), Buffer.alloc(bavail * bsize - 20 * 1024 * 1024));
      const notReady = await eventually("not ready", async () => {
        const ready = await get(server, "health/ready");
        return ready.status === 503 ? ready.text : undefined;
      });
      expect(notReady).toMatch(/^OpenTrail can't record this call, .*only \d+ bytes are free in the data folder\n$/);
      await expect(call()).rejects.toMatchObject({ name: "ServiceUnavailable" });
      expect((await get(server, "metrics")).text).toMatch(/^opentrail_unrecordable_calls_total [1-9]/m);
      expect((await get(server, "health/live")).status).toBe(200);
      await rm(join(disk, "ballast"));
      await eventually("ready again", async () =>
        (await get(server, "health/ready")).status === 200 ? true : undefined,
      );
      await call();
    } finally {
      await server.stop();
    }
    mount.remount("ro");
    await expect(start(join(disk, "data"))).rejects.toThrow(
      `The data folder ${join(disk, "data")} cannot be written (EROFS); make it writable or give another --data`,
    );
  });
});
