import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  CreateTrailCommand,
  DescribeTrailsCommand,
  GetTrailStatusCommand,
  RegisterOrganizationDelegatedAdminCommand,
  StartLoggingCommand,
  StopLoggingCommand,
} from "@aws-sdk/client-cloudtrail";
import { CreateKeyPairCommand } from "@aws-sdk/client-ec2";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accountId } from "../src/aws/names.ts";
import { bucketPolicyFor } from "../src/trails/index.ts";
import { clients, eventually } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { awsEnvironment, output } from "./support/tools.ts";

const main = new URL("../dist/cli/main.js", import.meta.url).pathname;

const management = accountId("333333333333");
const admin = accountId("444444444444");
const member = accountId("555555555555");
const organization = { id: "o-exampleorg1", managementAccount: management, accounts: [admin, member] };
const arn = `arn:aws:cloudtrail:us-east-1:${management}:trail/all-accounts`;
const KmsKeyId = `arn:aws:kms:us-east-1:${management}:key/12345678-1234-1234-1234-123456789012`;

describe("an organization, with the AWS SDK", () => {
  let server: TestServer;
  let folder: string;
  const of = (account: string, region?: string) =>
    clients(server.url, { accessKeyId: account, secretAccessKey: "test" }, region);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "opentrail-organization-"));
    const config = join(folder, "opentrail.yaml");
    await writeFile(config, JSON.stringify({ organization, deliveryInterval: "1s", digestInterval: "1s" }));
    server = await startOpenTrail("--config", config);
  });
  afterAll(async () => {
    await server.dispose();
    await rm(folder, { recursive: true });
  });

  it("has one trail for all accounts, made by a delegated administrator, its files encrypted with a key of KMS", async () => {
    const { s3, cloudtrail } = of(management);
    await s3.send(new CreateBucketCommand({ Bucket: "org-logs" }));
    const Policy = bucketPolicyFor("org-logs", management, arn, undefined, organization.id);
    await s3.send(new PutBucketPolicyCommand({ Bucket: "org-logs", Policy }));
    await cloudtrail.send(new RegisterOrganizationDelegatedAdminCommand({ MemberAccountId: admin }));
    const wanted = {
      Name: "all-accounts",
      S3BucketName: "org-logs",
      IsOrganizationTrail: true,
      IsMultiRegionTrail: true,
      EnableLogFileValidation: true,
    };
    const made = await of(admin).cloudtrail.send(new CreateTrailCommand({ ...wanted, KmsKeyId }));
    expect(made).toMatchObject({ TrailARN: arn, IsOrganizationTrail: true, KmsKeyId });
    await of(admin).cloudtrail.send(new StartLoggingCommand({ Name: arn }));
    await of(member, "eu-west-1").ec2.send(new CreateKeyPairCommand({ KeyName: "of-a-member" }));

    const Key = await eventually("the member's log file", async () => {
      const below = `AWSLogs/o-exampleorg1/${member}/CloudTrail/eu-west-1/`;
      const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: "org-logs", Prefix: below }));
      return Contents?.[0]?.Key;
    });
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: "org-logs", Key }));
    const { Records } = JSON.parse(gunzipSync((await Body?.transformToByteArray()) ?? "").toString());
    expect(Records).toMatchObject([{ eventName: "CreateKeyPair", recipientAccountId: member }]);
    expect(await s3.send(new HeadObjectCommand({ Bucket: "org-logs", Key }))).toMatchObject({
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: KmsKeyId,
      ContentEncoding: "gzip",
    });
  });

  it("has digests of each account, which opentrail verify proves by the trail's ARN", async () => {
    const credentials = { AWS_ACCESS_KEY_ID: management, AWS_SECRET_ACCESS_KEY: "test" };
    const env = { ...awsEnvironment(server.url), ...credentials };
    await eventually("the member's digest", async () => {
      const Prefix = `AWSLogs/o-exampleorg1/${member}/CloudTrail-Digest/eu-west-1/`;
      const { Contents } = await of(management).s3.send(new ListObjectsV2Command({ Bucket: "org-logs", Prefix }));
      return Contents?.length;
    });
    const report = JSON.parse(await output(process.execPath, [main, "verify", arn, "--json"], env));
    expect(report.findings.filter(({ level }: { level: string }) => level === "error")).toEqual([]);
    const regions = report.covered.map(({ region }: { region: string }) => region);
    expect(new Set(regions)).toEqual(new Set(["us-east-1", "eu-west-1"]));
  });

  it("shows its members the trail, and refuses to let them change it", async () => {
    const { cloudtrail } = of(member, "eu-west-1");
    const { trailList } = await cloudtrail.send(new DescribeTrailsCommand({}));
    expect(trailList).toMatchObject([{ TrailARN: arn, HomeRegion: "us-east-1", IsOrganizationTrail: true }]);
    const status = await cloudtrail.send(new GetTrailStatusCommand({ Name: arn }));
    expect(status.IsLogging).toBe(true);
    expect(status.LatestDeliveryTime).toBeInstanceOf(Date);
    await expect(of(member).cloudtrail.send(new StopLoggingCommand({ Name: arn }))).rejects.toMatchObject({
      name: "NotOrganizationMasterAccountException",
      $metadata: { httpStatusCode: 400 },
    });
  });

  it("tells how far the trails are, as a metric", async () => {
    const backlog = /^opentrail_reader_backlog_entries\{reader="trails"\} (\d+)$/m;
    await eventually("nothing left to deliver", async () => {
      const text = await (await fetch(`${server.url}/_opentrail/metrics`)).text();
      return backlog.exec(text)?.[1] === "0" || undefined;
    });
  });
});
