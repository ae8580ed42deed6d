import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { CreateVolumeCommand, DescribeVolumesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CommanderError } from "commander";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadConfig, type RunningServer, startServer } from "../server/index.ts";
import { type MakeCommand, printed } from "./command.fixture.ts";
import { lookupCommand } from "./lookup.ts";
import { tailCommand } from "./tail.ts";

const header =
  "User name,AWS access key,Event time,Event source,Event name,AWS region,Source IP address,User agent,Error code," +
  "Resources,Request ID,Event ID,Read-only,Event type,Recipient Account Id,Event category";

let server: RunningServer;
let folder: string;
let ec2: EC2Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-cli-"));
  server = await startServer(loadConfig({ port: "0", data: folder }, {}), pino({ level: "silent" }));
  ec2 = new EC2Client({
    endpoint: server.url,
    region: "eu-west-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
    customUserAgent: "=HYPERLINK(1)",
  });
  await ec2.send(new CreateVolumeCommand({ Size: 1, AvailabilityZone: "eu-west-1a", VolumeType: "gp3" }));
  await expect(ec2.send(new DescribeVolumesCommand({ VolumeIds: ["vol-0123\u001b[2J"] }))).rejects.toThrow();
});
afterAll(async () => {
  ec2.destroy();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What a command prints that is pointed at the server. */
const ran = (make: MakeCommand, flags: readonly string[], { isTTY = false, url = server.url } = {}) =>
  printed(make, flags, { AWS_ENDPOINT_URL: url, AWS_REGION: "eu-west-1" }, isTTY);

const lookup = (flags: readonly string[], options = {}) => ran(lookupCommand, flags, options);
const eventually = (flags: readonly string[]) => expect.poll(() => lookup(flags), { timeout: 10_000 });

describe("opentrail lookup", () => {
  it("prints records as lines of JSON into a pipe", async () => {
    await eventually(["--event-name", "CreateVolume"]).not.toBe("");
    const lines = (await lookup(["--event-name", "CreateVolume", "--read-only", "false"])).trimEnd().split("\n");
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      eventName: "CreateVolume",
      awsRegion: "eu-west-1",
      requestParameters: { size: "1", volumeType: "gp3" },
    });
  });

  it("prints a table on a terminal, and nothing that steers it", async () => {
    await eventually(["--error-code", "Client.InvalidParameterValue"]).not.toBe("");
    const table = await lookup([], { isTTY: true });
    const lines = table.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^TIME \(UTC\) +EVENT +USER +SOURCE +RESOURCES +ERROR$/);
    expect(lines[1]).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d +DescribeVolumes +root +ec2 .*Client\.InvalidParameterValue$/,
    );
    expect(lines[2]).toMatch(/CreateVolume +root +ec2 +vol-[0-9a-f]{17}$/);
    expect(lines).toHaveLength(3);
    expect(table).not.toContain("\u001b[2J");
    expect(await lookup(["--user", "nobody"], { isTTY: true })).toBe("No events found.\n");
  });

  it("prints CSV as the CloudTrail console downloads it, without formulas", async () => {
    await eventually(["--event-name", "CreateVolume"]).not.toBe("");
    const [head, row, ...rest] = (await lookup(["--csv", "--event-name", "CreateVolume"])).split("\n");
    expect(head).toBe(header);
    expect(row).toMatch(
      /^root,\w*,\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ,ec2.amazonaws.com,CreateVolume,eu-west-1,127.0.0.1,/,
    );
    expect(row).toMatch(/"\[\{""resourceType"":""AWS::EC2::Volume"",""resourceName"":""vol-[0-9a-f]{17}""\}\]"/);
    expect(row).toMatch(/,false,AwsApiCall,123456789012,Management$/);
    expect(rest).toEqual([""]);
  });

  it("looks in one Region, or in all; at one time; for all that is asked", async () => {
    await eventually(["--event-name", "CreateVolume"]).not.toBe("");
    const names = async (flags: readonly string[]) =>
      (await lookup(flags)).split("\n").flatMap((line) => (line ? [JSON.parse(line).eventName] : []));
    expect(await names(["--region", "us-east-1"])).toEqual([]);
    expect(await names(["--all-regions", "--event-source", "ec2"])).toEqual(["DescribeVolumes", "CreateVolume"]);
    expect(await names(["--limit", "1"])).toEqual(["DescribeVolumes"]);
    expect(await names(["--since", "1h", "--user", "root", "--contains", '"volumeType":"gp3"'])).toEqual([
      "CreateVolume",
    ]);
    expect(await names(["--until", "1h"])).toEqual([]);
    expect(await names(["--event-name", "CreateVolume", "--event-name", "DescribeVolumes"])).toEqual([
      "DescribeVolumes",
      "CreateVolume",
    ]);
    expect(await names(["--error-code", "*"])).toEqual(["DescribeVolumes"]);
    expect(await names(["--contains", "createVOLUME", "--contains", "gp3"])).toEqual(["CreateVolume"]);
    expect(await names(["--contains", "createVOLUME", "--contains", "io2"])).toEqual([]);
    expect(await names(["--role", "Operator"])).toEqual([]);
    expect(await names(["--since", "2020-01-01", "--until", "2020-02-01T10:00"])).toEqual([]);
    expect(await names(["--user", "root", "--event-name", "RunInstances"])).toEqual([]);
  });

  it("says in one line what is wrong", async () => {
    await expect(lookup([], { url: "http://127.0.0.1:1" })).rejects.toThrow(
      `OpenTrail doesn't answer at http://127.0.0.1:1 (ECONNREFUSED); start it with "opentrail start", or say where it is with --endpoint`,
    );
    await expect(lookup(["--limit", "many"])).rejects.toThrow("limit is no whole number");
    await expect(lookup([], { url: "localhost:4770" })).rejects.toThrow(
      'AWS_ENDPOINT_URL: "localhost:4770" is no URL; give it as http://127.0.0.1:4770',
    );
    await expect(lookup(["--user", ""])).rejects.toThrow("Username is empty");
    await expect(lookup(["--since", "yesterday"])).rejects.toThrow(CommanderError);
    await expect(lookup(["--read-only", "perhaps"])).rejects.toThrow(CommanderError);
    await expect(lookup(["--json", "--csv"])).rejects.toThrow(CommanderError);

    const stranger = createServer((_, answer) => answer.writeHead(404).end("<h1>Not found</h1>"));
    await once(stranger.listen(0, "127.0.0.1"), "listening");
    const url = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`;
    await expect(lookup([], { url })).rejects.toThrow(`What answers at ${url} is not OpenTrail (HTTP 404)`);
    stranger.close();
  });
});

describe("opentrail tail", () => {
  it("shows calls as they are made, until Ctrl-C", async () => {
    const output = Object.assign(new PassThrough(), { isTTY: true });
    const running = tailCommand(output, { AWS_ENDPOINT_URL: server.url }).parseAsync(
      ["--event-name", "CreateVolume", "--region", "eu-west-1"],
      { from: "user" },
    );
    let seen = "";
    output.on("data", (chunk) => {
      seen += chunk;
    });
    // The heading comes when OpenTrail has begun to follow.
    await expect.poll(() => seen).toMatch(/^TIME/);
    await ec2.send(new DescribeVolumesCommand({}));
    await ec2.send(new CreateVolumeCommand({ Size: 2, AvailabilityZone: "eu-west-1a" }));
    await expect.poll(() => seen).toMatch(/CreateVolume +root +ec2 +vol-/);
    process.emit("SIGINT");
    await running;
    expect(seen).not.toContain("DescribeVolumes");
  });

  it("ends with an error when OpenTrail is not there", async () => {
    await expect(ran(tailCommand, [], { url: "http://127.0.0.1:1" })).rejects.toThrow("doesn't answer");
  });
});
