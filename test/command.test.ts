import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateKeyPairCommand, DescribeKeyPairsCommand } from "@aws-sdk/client-ec2";
import { CreateBucketCommand, ListBucketsCommand } from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { clients, eventOf, eventually } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

const main = new URL("../dist/cli/main.js", import.meta.url).pathname;
const opentrail = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
  return { status, stdout, stderr };
};

const servers: TestServer[] = [];
afterEach(async () => {
  // The last first: a server that was started again has the data of the one before.
  for (const server of servers.splice(0).reverse()) await server.dispose();
});
async function start(...flags: string[]) {
  const server = await startOpenTrail(...flags);
  servers.push(server);
  return server;
}

describe("opentrail start", () => {
  it("explains itself at the first start, in ten lines, and not again", async () => {
    const server = await start();
    const advice = server.output();
    expect(advice).toContain(`export AWS_ENDPOINT_URL=${server.url}`);
    expect(advice).toContain(server.data);
    expect(advice.trim().split("\n").length).toBeLessThanOrEqual(11);
    const again = await server.restart();
    servers.push(again);
    expect(again.output()).toBe(`OpenTrail is ready on ${again.url}\n`);
  });

  it("ends with exit code 0 on SIGTERM and keeps what was made", async () => {
    const server = await start();
    await clients(server.url).ec2.send(new CreateKeyPairCommand({ KeyName: "kept" }));
    expect(await server.end("SIGTERM")).toBe(0);
    const again = await server.restart();
    servers.push(again);
    const { KeyPairs } = await clients(again.url).ec2.send(new DescribeKeyPairsCommand({}));
    expect(KeyPairs?.map(({ KeyName }) => KeyName)).toEqual(["kept"]);
    const { record } = await eventOf(clients(again.url).cloudtrail, "CreateKeyPair");
    expect(record.requestParameters.keyName).toBe("kept");
  });

  it("lets a call that is under way finish on SIGTERM", async () => {
    const server = await start();
    await clients(server.url).s3.send(new CreateBucketCommand({ Bucket: "half-way" }));
    const upload = request(`${server.url}/half-way/file`, { method: "PUT", headers: { "content-length": "10" } });
    const status = new Promise<number | undefined>((resolve, reject) => {
      upload.on("response", (response) => resolve(response.resume().statusCode)).on("error", reject);
    });
    await new Promise((resolve) => upload.write("first", resolve));
    await clients(server.url).s3.send(new ListBucketsCommand({})); // sent later, answered: the upload has arrived, too
    const ended = server.end("SIGTERM");
    await eventually("no new connections", () =>
      fetch(server.url).then(
        () => undefined,
        () => true,
      ),
    );
    upload.end("later");
    expect(await status).toBe(200);
    expect(await ended).toBe(0);
  });

  it("ends when SIGTERM goes to npm start", async () => {
    const data = join(await mkdtemp(join(tmpdir(), "opentrail-npm-")), "data");
    const npm = spawn("npm", ["start", "--", "--port", "0", "--data", data], {
      cwd: new URL("..", import.meta.url).pathname,
      stdio: ["ignore", "pipe", "ignore"],
    });
    await new Promise<void>((resolve) => {
      npm.stdout.on("data", (chunk: Buffer) => {
        if (String(chunk).includes("OpenTrail is ready on")) resolve();
      });
    });
    const exit = new Promise((resolve) => npm.once("exit", (code, signal) => resolve(code ?? signal)));
    npm.kill("SIGTERM");
    expect([0, 143, "SIGTERM"]).toContain(await exit);
    // The folder's lock is free again only if the server itself has ended, not just npm.
    const server = spawnSync(process.execPath, [main, "start", "--port", "no"], { encoding: "utf8" });
    expect(server.status).toBe(1);
    await rm(join(data, ".."), { recursive: true });
  });
});

describe("a start that can't be", () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "opentrail-start-"));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const oneLine = /^opentrail: [^\n]+\n$/;

  it("names the port that is in use", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    const { status, stderr } = opentrail("start", "--port", String(port), "--data", join(folder, "a"));
    other.close();
    expect([status, stderr]).toEqual([1, expect.stringMatching(oneLine)]);
    expect(stderr).toContain(`Port ${port} on 127.0.0.1 is in use`);
    expect(stderr).toContain("--port");
  });

  it("names the data folder that another process holds", async () => {
    const server = await start();
    const { status, stderr } = opentrail("start", "--port", "0", "--data", server.data);
    expect([status, stderr]).toEqual([1, expect.stringMatching(oneLine)]);
    expect(stderr).toContain(`${server.data} is in use by process ${server.process.pid}`);
  });

  it("names the data folder that can't be made", async () => {
    const file = join(folder, "file");
    await writeFile(file, "");
    const { status, stderr } = opentrail("start", "--port", "0", "--data", join(file, "data"));
    expect([status, stderr]).toEqual([1, expect.stringMatching(oneLine)]);
    expect(stderr).toContain(join(file, "data"));
  });

  it.skipIf(!existsSync("/proc"))("names the data folder where nothing can be made", () => {
    const { status, stderr } = opentrail("start", "--port", "0", "--data", "/proc/opentrail/data");
    expect([status, stderr]).toEqual([1, expect.stringMatching(oneLine)]);
    expect(stderr).toContain("/proc/opentrail/data cannot be written");
  });

  it.skipIf(process.getuid?.() === 0)("names the data folder that can't be written", async () => {
    await chmod(folder, 0o500);
    const { status, stderr } = opentrail("start", "--port", "0", "--data", join(folder, "b"));
    await chmod(folder, 0o700);
    expect([status, stderr]).toEqual([1, expect.stringMatching(oneLine)]);
    expect(stderr).toContain(join(folder, "b"));
  });

  it("names the setting that is wrong", () => {
    const { status, stderr } = opentrail("start", "--port", "http");
    expect([status, stderr]).toEqual([1, "opentrail: --port: takes a number from 0 to 65535\n"]);
  });
});

describe("--help", () => {
  it.each([
    [[]],
    [["start"]],
    [["lookup"]],
    [["tail"]],
    [["trail"]],
    [["trail", "create"]],
    [["verify"]],
    [["export"]],
  ])("opentrail %j", (command) => {
    const { status, stdout } = opentrail(...command, "--help");
    expect(status).toBe(0);
    expect(stdout).toContain(`Usage: opentrail ${command.join(" ")}`.trim());
  });

  it("an unknown command says what to do", () => {
    const { status, stderr } = opentrail("strat");
    expect(status).toBe(1);
    expect(stderr).toContain("--help");
  });
});
