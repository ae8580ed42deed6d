import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { DescribeSnapshotsCommand, DescribeVolumesCommand, EC2Client } from "@aws-sdk/client-ec2";
import { IAMClient, ListRolesCommand, ListUsersCommand } from "@aws-sdk/client-iam";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { CloudTrailRecord } from "../record/index.ts";
import { loadConfig, type RunningServer, startServer } from "../server/index.ts";
import { printed } from "./command.fixture.ts";
import { demoCommand } from "./demo.ts";

let server: RunningServer;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-demo-"));
  server = await startServer(loadConfig({ port: "0", data: folder }, {}), pino({ level: "silent" }));
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const demo = (isTTY: boolean) => printed(demoCommand, [], { AWS_ENDPOINT_URL: server.url }, isTTY);

it("tells who did what, then what is on record and where to look", async () => {
  const text = stripVTControlCharacters(await demo(true));
  const [, person = ""] = /✓ root +CreateUser +(ada-\w+) joins/.exec(text) ?? [];
  expect(text).toMatch(/✗ ada-\w+ +AssumeRole +tries vault-\w+: AccessDenied/);
  expect(text).toMatch(new RegExp(`ModifySnapshotAttribute +${person}-at-night +ec2`));
  expect(text).toMatch(/✓ 999988887777 +CreateVolume +makes a volume of it, vol-\w+, in that account/);
  expect(text).toMatch(/SharedSnapshotVolumeCreated/);
  expect(text).toContain(`AttributeKey=Username,AttributeValue=${person}\n`);
});

it("runs again, gives the records to a pipe, and leaves nothing but them", async () => {
  const text = await demo(false);
  const records = text.split("\n").flatMap((line) => (line === "" ? [] : (JSON.parse(line) as CloudTrailRecord)));
  expect(records.map(({ eventName }) => eventName)).toEqual(
    expect.arrayContaining(["CreateUser", "RunInstances", "SendSSHPublicKey", "AssumeRole", "TerminateInstances"]),
  );
  const shared = records.find(({ eventName }) => eventName === "ModifySnapshotAttribute");
  expect(shared?.userIdentity.type).toBe("AssumedRole");
  expect(JSON.stringify(shared?.requestParameters)).toContain("999988887777");
  const taken = records.find(({ eventName }) => eventName === "SharedSnapshotVolumeCreated");
  expect(taken).toMatchObject({
    eventType: "AwsServiceEvent",
    userIdentity: { accountId: "999988887777", invokedBy: "ec2.amazonaws.com" },
    recipientAccountId: "123456789012",
    serviceEventDetails: { snapshotId: expect.stringMatching(/^snap-/) },
  });
  expect(new Set(records.map(({ eventID }) => eventID)).size).toBe(records.length);

  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const options = { endpoint: server.url, region: "us-east-1", credentials };
  const ec2 = new EC2Client(options);
  const iam = new IAMClient(options);
  await expect
    .poll(async () => (await ec2.send(new DescribeVolumesCommand({}))).Volumes, { timeout: 10_000 })
    .toEqual([]);
  const { Snapshots = [] } = await ec2.send(new DescribeSnapshotsCommand({ OwnerIds: ["self"] }));
  const { Users = [] } = await iam.send(new ListUsersCommand({}));
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  expect([Snapshots, Users, Roles]).toEqual([[], [], []]);
});
