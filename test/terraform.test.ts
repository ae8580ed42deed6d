import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DescribeTrailsCommand,
  GetEventSelectorsCommand,
  GetInsightSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
  ListTagsCommand,
} from "@aws-sdk/client-cloudtrail";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { clients, eventOf, eventually } from "./support/clients.ts";
import { type Moto, startMoto } from "./support/moto.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { nothingToDo, openTerraform, pluginFolder, type Terraform } from "./support/terraform.ts";
import { isHere } from "./support/tools.ts";

const plugins = pluginFolder();
const hasMoto = plugins !== undefined && isHere("moto_server", "--help");
const account = "123456789012";
const arn = (name: string) => `arn:aws:cloudtrail:us-east-1:${account}:trail/${name}`;
const organization = { id: "o-exampleorg1", managementAccount: account, accounts: ["111111111111"] };

const statement = (sid: string, action: string, resource: string, condition?: object) => ({
  Sid: sid,
  Effect: "Allow",
  Principal: { Service: "cloudtrail.amazonaws.com" },
  Action: action,
  Resource: `arn:aws:s3:::tf-logs${resource}`,
  ...(condition && { Condition: condition }),
});
const ownerControls = { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } };
const policy = {
  Version: "2012-10-17",
  Statement: [
    statement("AWSCloudTrailAclCheck20150319", "s3:GetBucketAcl", ""),
    statement("AWSCloudTrailWrite20150319", "s3:PutObject", "/*", ownerControls),
  ],
};

type Block = Readonly<Record<string, unknown>>;

const topicPolicy = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { Service: "cloudtrail.amazonaws.com" },
      Action: "SNS:Publish",
      Resource: `arn:aws:sns:us-east-1:${account}:notices`,
    },
  ],
};
const trustPolicy = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Action: "sts:AssumeRole" }],
};
const logsPolicy = {
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: `arn:aws:logs:us-east-1:${account}:log-group:trails/events:log-stream:${account}_CloudTrail_us-east-1*`,
    },
  ],
};

/** A trail's log group and the role for it, as resources of the same configuration. */
const logGroup = {
  // biome-ignore-start lint/suspicious/noTemplateCurlyInString: Terraform's own expressions
  cloud_watch_logs_group_arn: "${aws_cloudwatch_log_group.events.arn}:*",
  cloud_watch_logs_role_arn: "${aws_iam_role.logs.arn}",
  depends_on: ["aws_s3_bucket_policy.logs", "aws_iam_role_policy.logs"],
  // biome-ignore-end lint/suspicious/noTemplateCurlyInString: Terraform's own expressions
};

/**
 * What Terraform is to make: a bucket with its policy, a topic and a log group (on moto's server), a role, the trails,
 * and what else is in `more`.
 */
const configuration = (moto: string, trails: Readonly<Record<string, Block>>, more: Block) => ({
  terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
  provider: { aws: { s3_use_path_style: true, endpoints: { sns: moto, logs: moto } } },
  resource: {
    aws_sns_topic: { notices: { name: "notices", policy: JSON.stringify(topicPolicy) } },
    aws_cloudwatch_log_group: { events: { name: "trails/events" } },
    aws_iam_role: { logs: { name: "logs", path: "/trails/", assume_role_policy: JSON.stringify(trustPolicy) } },
    aws_iam_role_policy: {
      logs: {
        name: "deliver",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own expressions
        role: "${aws_iam_role.logs.name}",
        policy: JSON.stringify(logsPolicy),
      },
    },
    aws_s3_bucket: { logs: { bucket: "tf-logs", force_destroy: true } },
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own expressions
    aws_s3_bucket_policy: { logs: { bucket: "${aws_s3_bucket.logs.id}", policy: JSON.stringify(policy) } },
    aws_cloudtrail: Object.fromEntries(
      Object.entries(trails).map(([name, settings]) => [
        name,
        { name, s3_bucket_name: "tf-logs", depends_on: ["aws_s3_bucket_policy.logs"], ...settings },
      ]),
    ),
    ...more,
  },
});

const key = (id: string) => `arn:aws:kms:us-east-1:${account}:key/${id}`;
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3m5RdDAkk8FjNjZ2VLNGDwTtp6EhdECsg8oRWqvXI3";

const others = (port: number, team: string) => ({
  aws_ebs_volume: { data: { availability_zone: "us-east-1a", size: 1, type: "gp3", tags: { team } } },
  aws_security_group: {
    ssh: {
      name: "ssh",
      description: "ssh from inside",
      ingress: [
        {
          from_port: port,
          to_port: port,
          protocol: "tcp",
          cidr_blocks: ["10.0.0.0/8"],
          description: "ssh",
          ipv6_cidr_blocks: [],
          prefix_list_ids: [],
          security_groups: [],
          self: false,
        },
      ],
      tags: { team },
    },
  },
  aws_key_pair: { me: { key_name: "me", public_key: publicKey, tags: { team } } },
});

const before = (moto: string) =>
  configuration(
    moto,
    {
      audit: {
        s3_key_prefix: "below",
        is_multi_region_trail: true,
        include_global_service_events: true,
        enable_log_file_validation: true,
        enable_logging: true,
        kms_key_id: key("12345678-1234-1234-1234-123456789012"),
        event_selector: [
          {
            read_write_type: "WriteOnly",
            include_management_events: true,
            exclude_management_event_sources: ["kms.amazonaws.com"],
            data_resource: [{ type: "AWS::S3::Object", values: ["arn:aws:s3:::data/"] }],
          },
        ],
        insight_selector: [{ insight_type: "ApiCallRateInsight" }],
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own expressions
        sns_topic_name: "${aws_sns_topic.notices.name}",
        tags: { team: "blue" },
      },
      data: {
        enable_logging: false,
        include_global_service_events: false,
        advanced_event_selector: [
          {
            name: "snapshots",
            field_selector: [
              { field: "eventCategory", equals: ["Data"] },
              { field: "resources.type", equals: ["AWS::EC2::Snapshot"] },
              { field: "resources.ARN", starts_with: ["arn:aws:ec2:us-east-1::snapshot/"], not_ends_with: ["0"] },
              { field: "eventName", not_equals: ["ListSnapshotBlocks"], ends_with: ["Block"] },
            ],
          },
        ],
      },
      whole: { is_organization_trail: true, is_multi_region_trail: true, ...logGroup },
    },
    others(22, "blue"),
  );

const after = (moto: string) =>
  configuration(
    moto,
    {
      audit: {
        is_multi_region_trail: false,
        include_global_service_events: false,
        enable_log_file_validation: false,
        enable_logging: false,
        advanced_event_selector: [
          {
            field_selector: [
              { field: "eventCategory", equals: ["Management"] },
              { field: "readOnly", equals: ["false"] },
            ],
          },
        ],
        insight_selector: [{ insight_type: "ApiErrorRateInsight" }, { insight_type: "ApiCallRateInsight" }],
        tags: { team: "red", on: "call" },
      },
      data: {
        enable_logging: true,
        kms_key_id: key("87654321-1234-1234-1234-123456789012"),
        s3_key_prefix: "data",
        event_selector: [
          {
            read_write_type: "ReadOnly",
            include_management_events: false,
            data_resource: [{ type: "AWS::S3::Object", values: ["arn:aws:s3"] }],
          },
        ],
        // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform's own expressions
        sns_topic_name: "${aws_sns_topic.notices.name}",
        ...logGroup,
      },
      whole: { is_organization_trail: false, is_multi_region_trail: true },
    },
    others(2222, "red"),
  );

describe.skipIf(!hasMoto)("Terraform's provider for AWS, unchanged", () => {
  let server: TestServer;
  let moto: Moto;
  let folder: string;
  let terraform: Terraform;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "opentrail-terraform-"));
    const config = join(folder, "opentrail.yaml");
    await writeFile(config, JSON.stringify({ organization }));
    moto = await startMoto();
    vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
    vi.stubEnv("OPENTRAIL_ENDPOINTS", JSON.stringify({ sns: moto.url, logs: moto.url }));
    server = await startOpenTrail("--delivery-interval", "1s", "--config", config);
    terraform = await openTerraform(server.url, plugins);
  });
  afterAll(async () => {
    await server.dispose();
    await moto.stop();
    vi.unstubAllEnvs();
    await terraform.dispose();
    await rm(folder, { recursive: true });
  });

  it("applies, sees no difference, updates, goes back, sees none each time, and destroys", {
    timeout: 600_000,
  }, async () => {
    const { cloudtrail } = clients(server.url);
    const trail = async (Name: string) => (await cloudtrail.send(new GetTrailCommand({ Name }))).Trail;
    expect(await terraform.apply(before(moto.url))).toContain("12 added, 0 changed, 0 destroyed");
    expect(await terraform.plan()).toContain(nothingToDo);
    const { trailList } = await cloudtrail.send(new DescribeTrailsCommand({}));
    expect(trailList).toMatchObject([
      {
        Name: "audit",
        S3KeyPrefix: "below",
        KmsKeyId: key("12345678-1234-1234-1234-123456789012"),
        IsMultiRegionTrail: true,
        LogFileValidationEnabled: true,
        HasCustomEventSelectors: true,
        HasInsightSelectors: true,
        SnsTopicARN: `arn:aws:sns:us-east-1:${account}:notices`,
      },
      { Name: "data", HasInsightSelectors: false, IncludeGlobalServiceEvents: false, IsOrganizationTrail: false },
      {
        Name: "whole",
        IsOrganizationTrail: true,
        HasCustomEventSelectors: false,
        CloudWatchLogsLogGroupArn: `arn:aws:logs:us-east-1:${account}:log-group:trails/events:*`,
        CloudWatchLogsRoleArn: `arn:aws:iam::${account}:role/trails/logs`,
      },
    ]);
    expect(await cloudtrail.send(new GetTrailStatusCommand({ Name: "audit" }))).toMatchObject({ IsLogging: true });
    expect(await cloudtrail.send(new GetTrailStatusCommand({ Name: "data" }))).toMatchObject({ IsLogging: false });
    const { record } = await eventOf(cloudtrail, "CreateTrail");
    expect(record.userAgent).toContain("terraform-provider-aws");

    expect(await terraform.apply(after(moto.url))).toContain("0 added, 6 changed, 0 destroyed");
    expect(await terraform.plan()).toContain(nothingToDo);
    for (const gone of ["SnsTopicARN", "KmsKeyId", "S3KeyPrefix"])
      expect(await trail("audit")).not.toHaveProperty(gone);
    expect(await trail("whole")).not.toHaveProperty("CloudWatchLogsLogGroupArn");
    expect(await trail("data")).toMatchObject({
      SnsTopicName: "notices",
      CloudWatchLogsRoleArn: expect.stringContaining(":role/trails/logs"),
    });
    expect(await cloudtrail.send(new GetEventSelectorsCommand({ TrailName: "data" }))).toMatchObject({
      EventSelectors: [{ ReadWriteType: "ReadOnly", IncludeManagementEvents: false }],
    });
    expect(await cloudtrail.send(new GetEventSelectorsCommand({ TrailName: "audit" }))).toMatchObject({
      AdvancedEventSelectors: [{ FieldSelectors: expect.arrayContaining([{ Field: "readOnly", Equals: ["false"] }]) }],
    });
    const { InsightSelectors } = await cloudtrail.send(new GetInsightSelectorsCommand({ TrailName: "audit" }));
    expect(InsightSelectors?.map(({ InsightType }) => InsightType).sort()).toEqual([
      "ApiCallRateInsight",
      "ApiErrorRateInsight",
    ]);
    const { ResourceTagList } = await cloudtrail.send(new ListTagsCommand({ ResourceIdList: [arn("audit")] }));
    expect(ResourceTagList?.[0]?.TagsList).toEqual(expect.arrayContaining([{ Key: "on", Value: "call" }]));

    expect(await terraform.apply(before(moto.url))).toContain("0 added, 6 changed, 0 destroyed");
    expect(await terraform.plan()).toContain(nothingToDo);
    const back = (await cloudtrail.send(new DescribeTrailsCommand({}))).trailList;
    expect(back).toEqual(trailList);

    // Log files lie in the bucket by now, and force_destroy empties it.
    await eventually("a log file", async () => {
      const { Contents } = await clients(server.url).s3.send(new ListObjectsV2Command({ Bucket: "tf-logs" }));
      return Contents?.length;
    });
    expect(await terraform.destroy()).toContain("12 destroyed");
    expect((await cloudtrail.send(new DescribeTrailsCommand({}))).trailList).toEqual([]);
  });
});
