import {
  type BucketLifecycleConfiguration,
  CreateBucketCommand,
  DeleteBucketCorsCommand,
  DeleteBucketMetricsConfigurationCommand,
  GetBucketCorsCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketMetricsConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  GetBucketReplicationCommand,
  GetBucketWebsiteCommand,
  ListBucketMetricsConfigurationsCommand,
  PutBucketAccelerateConfigurationCommand,
  PutBucketAclCommand,
  PutBucketCorsCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketMetricsConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketReplicationCommand,
  PutBucketVersioningCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clients, eventOf } from "./support/clients.ts";
import { startOpenTrail, type TestServer } from "./support/opentrail.ts";
import { nothingToDo, openTerraform, pluginFolder } from "./support/terraform.ts";

let server: TestServer;
let aws: ReturnType<typeof clients>;
const Bucket = "settings";

beforeAll(async () => {
  server = await startOpenTrail();
  aws = clients(server.url);
  await aws.s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => server.dispose());

describe("the settings of a bucket", () => {
  it("are missed in S3's words, given back as they were put, and gone when they are deleted", async () => {
    const { s3 } = aws;
    const missing = { name: "NoSuchCORSConfiguration", message: "The CORS configuration does not exist" };
    await expect(s3.send(new GetBucketCorsCommand({ Bucket }))).rejects.toMatchObject(missing);
    const CORSRules = [{ AllowedMethods: ["GET"], AllowedOrigins: ["*"], MaxAgeSeconds: 30 }];
    await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }));
    expect(await s3.send(new GetBucketCorsCommand({ Bucket }))).toMatchObject({ CORSRules });
    await s3.send(new DeleteBucketCorsCommand({ Bucket }));
    await expect(s3.send(new GetBucketCorsCommand({ Bucket }))).rejects.toMatchObject(missing);

    const website = { IndexDocument: { Suffix: "index.html" }, ErrorDocument: { Key: "error.html" } };
    await s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration: website }));
    expect(await s3.send(new GetBucketWebsiteCommand({ Bucket }))).toMatchObject(website);
    const LoggingEnabled = { TargetBucket: Bucket, TargetPrefix: "log/" };
    await s3.send(new PutBucketLoggingCommand({ Bucket, BucketLoggingStatus: { LoggingEnabled } }));
    expect(await s3.send(new GetBucketLoggingCommand({ Bucket }))).toMatchObject({ LoggingEnabled });
    const TopicConfigurations = [
      { TopicArn: "arn:aws:sns:us-east-1:123456789012:new", Events: ["s3:ObjectCreated:*" as const] },
    ];
    const NotificationConfiguration = { TopicConfigurations };
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
    expect(await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }))).toMatchObject({
      TopicConfigurations: [{ ...TopicConfigurations[0], Id: expect.any(String) }],
    });
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }));
    const none = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
    expect(none.TopicConfigurations).toBeUndefined();
    const { record } = await eventOf(aws.cloudtrail, "PutBucketCors");
    expect(record.requestParameters).toMatchObject({ bucketName: Bucket });
  });

  it("of a lifecycle keep their times; rules without a name get one; wrong ones are refused", async () => {
    const put = (LifecycleConfiguration: BucketLifecycleConfiguration) =>
      aws.s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
    const when = new Date("2031-01-01T00:00:00Z");
    await put({ Rules: [{ Status: "Enabled", Filter: { Prefix: "tmp/" }, Expiration: { Date: when } }] });
    const { Rules } = await aws.s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }));
    expect(Rules).toMatchObject([{ ID: expect.any(String), Expiration: { Date: when } }]);
    await expect(put({ Rules: [{ Status: "Enabled", Filter: {} }] })).rejects.toMatchObject({ name: "InvalidRequest" });
    await expect(
      put({ Rules: [{ Status: "on" as "Enabled", Filter: {}, Expiration: { Days: 1 } }] }),
    ).rejects.toMatchObject({ name: "MalformedXML" });
    await expect(put({ Rules: [{ Status: "Enabled", Filter: {}, Expiration: { Days: 0 } }] })).rejects.toMatchObject({
      name: "InvalidArgument",
    });
  });

  it("that come as lists are put, listed and deleted by their id", async () => {
    const { s3 } = aws;
    const one = { Bucket, Id: "all" };
    const missing = { name: "NoSuchConfiguration", message: "The specified configuration does not exist." };
    await expect(s3.send(new GetBucketMetricsConfigurationCommand(one))).rejects.toMatchObject(missing);
    const MetricsConfiguration = { Id: "all", Filter: { Prefix: "a/" } };
    await s3.send(new PutBucketMetricsConfigurationCommand({ ...one, MetricsConfiguration }));
    expect(await s3.send(new GetBucketMetricsConfigurationCommand(one))).toMatchObject({ MetricsConfiguration });
    expect(await s3.send(new ListBucketMetricsConfigurationsCommand({ Bucket }))).toMatchObject({
      IsTruncated: false,
      MetricsConfigurationList: [MetricsConfiguration],
    });
    await s3.send(new DeleteBucketMetricsConfigurationCommand(one));
    await expect(s3.send(new DeleteBucketMetricsConfigurationCommand(one))).rejects.toMatchObject(missing);
  });

  it("that the bucket isn't ready for are refused", async () => {
    const { s3 } = aws;
    const Destination = { Bucket: "arn:aws:s3:::copies" };
    const ReplicationConfiguration = {
      Role: "arn:aws:iam::123456789012:role/copier",
      Rules: [{ Status: "Enabled" as const, Prefix: "", Destination }],
    };
    const replicate = () => s3.send(new PutBucketReplicationCommand({ Bucket, ReplicationConfiguration }));
    await expect(replicate()).rejects.toMatchObject({
      name: "InvalidRequest",
      message: "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
    });
    const versioning = (Status: "Enabled" | "Suspended") =>
      s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status } }));
    await versioning("Enabled");
    await replicate();
    expect(await s3.send(new GetBucketReplicationCommand({ Bucket }))).toMatchObject({ ReplicationConfiguration });
    await expect(versioning("Suspended")).rejects.toMatchObject({ name: "InvalidBucketState" });
    const AccelerateConfiguration = { Status: "Fast" as "Enabled" };
    await expect(
      s3.send(new PutBucketAccelerateConfigurationCommand({ Bucket, AccelerateConfiguration })),
    ).rejects.toMatchObject({ name: "MalformedXML" });
    await expect(s3.send(new PutBucketAclCommand({ Bucket, ACL: "public-read" }))).rejects.toMatchObject({
      name: "AccessControlListNotSupported",
    });
  });

  it("say how what is put into it is encrypted", async () => {
    const ApplyServerSideEncryptionByDefault = { SSEAlgorithm: "aws:kms" as const, KMSMasterKeyID: "1234abcd" };
    const Rules = [{ ApplyServerSideEncryptionByDefault, BucketKeyEnabled: true }];
    await aws.s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration: { Rules } }));
    expect(await aws.s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "text" }))).toMatchObject({
      ServerSideEncryption: "aws:kms",
      SSEKMSKeyId: "arn:aws:kms:us-east-1:123456789012:key/1234abcd",
      BucketKeyEnabled: true,
    });
  });
});

const plugins = pluginFolder();

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: Terraform's own expressions
const bucket = "${aws_s3_bucket.data.id}";

const configuration = (days: number, status: string, content: string) => ({
  terraform: { required_providers: { aws: { source: "hashicorp/aws" } } },
  provider: { aws: { s3_use_path_style: true } },
  resource: {
    aws_s3_bucket: {
      data: { bucket: "tf-data", force_destroy: true, tags: { team: "blue" } },
      locked: { bucket: "tf-locked", object_lock_enabled: true },
    },
    aws_s3_bucket_versioning: { data: { bucket, versioning_configuration: { status } } },
    aws_s3_bucket_server_side_encryption_configuration: {
      data: {
        bucket,
        rule: { apply_server_side_encryption_by_default: { sse_algorithm: "AES256" }, bucket_key_enabled: true },
      },
    },
    aws_s3_bucket_policy: {
      data: {
        bucket,
        policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Effect: "Deny",
              Principal: "*",
              Action: "s3:*",
              Resource: "arn:aws:s3:::tf-data/*",
              Condition: { Bool: { "aws:SecureTransport": "false" } },
            },
          ],
        }),
      },
    },
    aws_s3_bucket_public_access_block: {
      data: {
        bucket,
        block_public_acls: true,
        block_public_policy: true,
        ignore_public_acls: true,
        restrict_public_buckets: true,
      },
    },
    aws_s3_bucket_ownership_controls: { data: { bucket, rule: { object_ownership: "BucketOwnerPreferred" } } },
    aws_s3_bucket_acl: { data: { bucket, acl: "private", depends_on: ["aws_s3_bucket_ownership_controls.data"] } },
    aws_s3_bucket_lifecycle_configuration: {
      data: {
        bucket,
        rule: [
          {
            id: "old",
            status: "Enabled",
            filter: { prefix: "log/" },
            expiration: { days },
            noncurrent_version_expiration: { noncurrent_days: 30 },
          },
        ],
      },
    },
    aws_s3_bucket_cors_configuration: {
      data: { bucket, cors_rule: [{ allowed_methods: ["GET"], allowed_origins: ["https://example.com"] }] },
    },
    aws_s3_bucket_logging: { data: { bucket, target_bucket: bucket, target_prefix: "access/" } },
    aws_s3_bucket_website_configuration: { data: { bucket, index_document: { suffix: "index.html" } } },
    aws_s3_bucket_metric: { data: { bucket, name: "all" } },
    aws_s3_bucket_object_lock_configuration: {
      locked: {
        bucket: "${aws_s3_bucket.locked.id}",
        rule: { default_retention: { mode: "GOVERNANCE", days: 1 } },
      },
    },
    aws_s3_object: {
      notes: {
        bucket: "${aws_s3_bucket_versioning.data.bucket}",
        key: "notes.txt",
        content,
        content_type: "text/plain",
        tags: { kind: "note" },
      },
    },
  },
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: Terraform's own expressions

it.skipIf(plugins === undefined)(
  "Terraform applies buckets and their settings, sees no difference, changes and destroys",
  {
    timeout: 600_000,
  },
  async () => {
    const terraform = await openTerraform(server.url, plugins);
    const first = configuration(90, "Enabled", "one");
    expect(await terraform.apply(first)).toContain("15 added, 0 changed, 0 destroyed");
    expect(await terraform.plan()).toContain(nothingToDo);
    expect(await terraform.apply(configuration(30, "Suspended", "two"))).toContain("0 added, 3 changed, 0 destroyed");
    expect(await terraform.plan()).toContain(nothingToDo);
    expect(await terraform.destroy()).toContain("15 destroyed");
    await terraform.dispose();
  },
);
