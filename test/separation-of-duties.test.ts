import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  CreateTrailCommand,
  DeleteTrailCommand,
  GetTrailStatusCommand,
  LookupEventsCommand,
  PutEventSelectorsCommand,
  StartLoggingCommand,
  StopLoggingCommand,
  UpdateTrailCommand,
} from "@aws-sdk/client-cloudtrail";
import {
  AttachRolePolicyCommand,
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
} from "@aws-sdk/client-s3";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import { afterAll, beforeAll, expect, it } from "vitest";
import { accountId } from "../src/aws/names.ts";
import { bucketPolicyFor } from "../src/trails/index.ts";
import { clients, eventually, type Keys } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";

const account = accountId("123456789012");
const recipe = new URL("../docs/recipes/separation-of-duties/", import.meta.url).pathname;
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
const trail = "audit";
const bucket = "audit-logs";

let folder: string;
let server: TestServer;
let receiver: Server;
let root: Keys;
let admin: Keys;
let auditor: Keys;
const received: string[] = [];
const as = (keys: Keys) => clients(server.url, keys);

async function administratorNamed(UserName: string): Promise<Keys> {
  const { iam } = as(root);
  await iam.send(new CreateUserCommand({ UserName }));
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: administrator }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}

/** The role that the recipe names, made while no policy forbids it, and somebody's session in it. */
async function makeAuditor(): Promise<void> {
  const { iam } = as(root);
  admin = await administratorNamed("ada");
  const chief = await administratorNamed("grace");
  const Principal = { AWS: `arn:aws:iam::${account}:user/grace` };
  const AssumeRolePolicyDocument = JSON.stringify({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "sts:AssumeRole", Principal },
  });
  await iam.send(new CreateRoleCommand({ RoleName: "auditor", AssumeRolePolicyDocument }));
  await iam.send(new AttachRolePolicyCommand({ RoleName: "auditor", PolicyArn: administrator }));
  const RoleArn = `arn:aws:iam::${account}:role/auditor`;
  const { Credentials } = await as(chief).sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: "grace" }));
  const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
  auditor = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-duties-"));
  receiver = createServer(async (request, response) => {
    received.push(await text(request));
    response.end();
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => receiver.once("listening", resolve));
  const config = join(folder, "opentrail.yaml");
  await writeFile(config, "auth: verify\n");
  server = await startOpenTrail("--config", config, "--delivery-interval", "1s");
  const credentials = await readFile(join(server.data, "root-credentials"), "utf8");
  const value = (name: string) => new RegExp(`^${name} = (.*)$`, "m").exec(credentials)?.[1] ?? "";
  root = { accessKeyId: value("aws_access_key_id"), secretAccessKey: value("aws_secret_access_key") };
  await makeAuditor();

  await copyFile(join(recipe, "service-control-policy.json"), join(folder, "service-control-policy.json"));
  const settings = await readFile(join(recipe, "opentrail.yaml"), "utf8");
  const { port } = receiver.address() as AddressInfo;
  await writeFile(
    config,
    settings
      .replace("http://127.0.0.1:9000/", `http://127.0.0.1:${port}/`)
      .replace("service-control-policy.json", join(folder, "service-control-policy.json")),
  );
  server = await server.restart();
});
afterAll(async () => {
  await server.dispose();
  receiver.close();
  await rm(folder, { recursive: true });
});

it("the audited can't touch the trail, its bucket or the auditors' role; who stops it is on record, and told of", async () => {
  const { cloudtrail, s3 } = as(auditor);
  await s3.send(new CreateBucketCommand({ Bucket: bucket }));
  const Policy = bucketPolicyFor(bucket, account, `arn:aws:cloudtrail:us-east-1:${account}:trail/${trail}`);
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  await cloudtrail.send(new CreateTrailCommand({ Name: trail, S3BucketName: bucket, IsMultiRegionTrail: true }));
  await cloudtrail.send(new StartLoggingCommand({ Name: trail }));
  const Key = await eventually("a log file", async () => {
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "AWSLogs/" }));
    return Contents?.[0]?.Key;
  });

  for (const audited of [admin, root]) {
    const { iam, s3: bucketOf, cloudtrail: trailOf } = as(audited);
    const RoleName = "auditor";
    const attempts: readonly (() => Promise<unknown>)[] = [
      () => trailOf.send(new StopLoggingCommand({ Name: trail })),
      () => trailOf.send(new DeleteTrailCommand({ Name: trail })),
      () => trailOf.send(new UpdateTrailCommand({ Name: trail, S3BucketName: "elsewhere" })),
      () =>
        trailOf.send(
          new PutEventSelectorsCommand({ TrailName: trail, EventSelectors: [{ IncludeManagementEvents: false }] }),
        ),
      () => bucketOf.send(new DeleteObjectCommand({ Bucket: bucket, Key })),
      () => bucketOf.send(new DeleteBucketPolicyCommand({ Bucket: bucket })),
      () => iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: administrator })),
      () => iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: "{}" })),
    ];
    for (const attempt of attempts)
      await expect(attempt()).rejects.toThrow("explicit deny in a service control policy");
  }
  expect((await cloudtrail.send(new GetTrailStatusCommand({ Name: trail }))).IsLogging).toBe(true);

  await cloudtrail.send(new StopLoggingCommand({ Name: trail }));
  const outcomes = await eventually("all attempts and the success", async () => {
    const LookupAttributes = [{ AttributeKey: "EventName" as const, AttributeValue: "StopLogging" }];
    const { Events = [] } = await cloudtrail.send(new LookupEventsCommand({ LookupAttributes }));
    const found = Events.map(({ CloudTrailEvent = "" }) => JSON.parse(CloudTrailEvent));
    return found.length === 3 ? found.map(({ errorCode, userIdentity }) => [userIdentity.type, errorCode]) : undefined;
  });
  expect(outcomes.sort()).toEqual([
    ["AssumedRole", undefined],
    ["IAMUser", "AccessDenied"],
    ["Root", "AccessDenied"],
  ]);
  await eventually("the webhook's copies", async () => {
    const told = received.flatMap((body) => [...body.matchAll(/"eventName":"(\w+)"/g)].map(([, name]) => name));
    return told.filter((name) => name === "StopLogging").length === 3 || undefined;
  });
});
