import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateTrailCommand, LookupEventsCommand, StartLoggingCommand } from "@aws-sdk/client-cloudtrail";
import { CreateVolumeCommand, DescribeVolumesCommand } from "@aws-sdk/client-ec2";
import { CreateBucketCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clients, eventually } from "../../test/support/clients.ts";
import { accountId } from "../aws/names.ts";
import { type Health, loadConfig, startServer } from "../server/index.ts";
import { bucketPolicyFor } from "../trails/index.ts";
import { printed } from "./command.fixture.ts";
import { rebuildCommand } from "./rebuild.ts";

let folder: string;
let data: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-rebuild-"));
  data = join(folder, "data");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const start = () => startServer(loadConfig({ port: 0, data, deliveryInterval: "1s" }, {}), pino({ level: "silent" }));
const rebuild = () => printed((output) => rebuildCommand(output, {}), ["--data", data], {});

type Clients = ReturnType<typeof clients>;

/** The records of Event history, oldest first, byte for byte. */
async function history({ cloudtrail }: Clients): Promise<string[]> {
  const found: string[] = [];
  let NextToken: string | undefined;
  do {
    const page = await cloudtrail.send(new LookupEventsCommand({ NextToken, MaxResults: 50 }));
    for (const { CloudTrailEvent = "" } of page.Events ?? []) found.push(CloudTrailEvent);
    NextToken = page.NextToken;
  } while (NextToken);
  return found.filter((event) => !event.includes('"eventName":"LookupEvents"')).reverse();
}

const idOf = (record: string) => (JSON.parse(record) as { eventID: string }).eventID;

describe("opentrail rebuild", () => {
  it("brings all events back, each once, from the journal and from the log files of what it has no more", async () => {
    const first = await start();
    const own = clients(first.url);
    for (const name of ["one", "two"]) {
      const arn = `arn:aws:cloudtrail:us-east-1:123456789012:trail/${name}`;
      await own.s3.send(new CreateBucketCommand({ Bucket: `logs-${name}` }));
      const Policy = bucketPolicyFor(`logs-${name}`, accountId("123456789012"), arn);
      await own.s3.send(new PutBucketPolicyCommand({ Bucket: `logs-${name}`, Policy }));
      await own.cloudtrail.send(new CreateTrailCommand({ Name: name, S3BucketName: `logs-${name}` }));
      await own.cloudtrail.send(new StartLoggingCommand({ Name: name }));
    }
    for (let n = 0; n < 12; n++)
      await own.ec2.send(new CreateVolumeCommand({ Size: n + 1, AvailabilityZone: "us-east-1a" }));
    const before = await eventually("all in Event history", async () => {
      const all = await history(own);
      return all.filter((record) => record.includes('"eventName":"CreateVolume"')).length === 12 ? all : undefined;
    });
    await eventually("log files of all", async () => {
      const health = (await (await fetch(`${first.url}/_opentrail/health`)).json()) as Health;
      return health.readers.trails?.backlogEntries === 0 ? true : undefined;
    });
    await first.stop();

    await rm(join(data, "tables"), { recursive: true });
    expect(await rebuild()).toMatch(/^Event history has \d+ events: \d+ of the journal, 0 of [1-9]\d* log files\.\n$/);
    const second = await start();
    const again = await history(clients(second.url));
    const there = (records: readonly string[]) => before.filter((record) => !records.includes(record));
    expect(there(again)).toEqual([]);
    expect(new Set(again.map(idOf)).size).toBe(again.length);
    await expect(rebuild()).rejects.toThrow(/in use by process/);
    await clients(second.url).ec2.send(new DescribeVolumesCommand({}));
    await second.stop();

    // A journal that gave all up.
    await rm(join(data, "tables"), { recursive: true });
    await rm(join(data, "journal"), { recursive: true });
    expect(await rebuild()).toMatch(/: 0 of the journal, [1-9]\d* of \d+ log files\.\n$/);
    const third = await start();
    const kept = await history(clients(third.url));
    await third.stop();
    const volumes = (records: readonly string[]) =>
      records.filter((record) => record.includes('"eventName":"CreateVolume"'));
    expect(volumes(kept)).toEqual(volumes(before));
    expect(new Set(kept.map(idOf)).size).toBe(kept.length);
  }, 120_000);
});
