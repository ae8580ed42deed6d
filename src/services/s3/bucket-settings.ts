import type { Members } from "../../aws/call.ts";
import { AwsError } from "../../aws/error.ts";
import type { Json } from "../../storage/state/index.ts";
import type { Handler, Handlers } from "../service.ts";
import { changeBucket, readBucket } from "./bucket.ts";
import { malformedXml } from "./errors.ts";
import type { S3Parts } from "./parts.ts";

type MissingError = readonly [code: string, message: string];

/** A setting that is kept as it was put, and shown. */
interface Setting {
  /** The member of the Put action that holds it, and its name in the state. */
  readonly member: string;
  readonly get: string;
  readonly put: string;
  readonly remove: string;
  /** The Get action shows the setting's members, not the setting as one member. */
  readonly spread?: boolean;
  /** What a bucket without it has. */
  readonly missing: MissingError | Json;
}

// Codes and messages: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and the pages of the actions.
const settings: readonly Setting[] = [
  {
    member: "Tagging",
    get: "GetBucketTagging",
    put: "PutBucketTagging",
    remove: "DeleteBucketTagging",
    spread: true,
    missing: ["NoSuchTagSet", "The TagSet does not exist"],
  },
  {
    member: "ServerSideEncryptionConfiguration",
    get: "GetBucketEncryption",
    put: "PutBucketEncryption",
    remove: "DeleteBucketEncryption",
    missing: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }],
    },
  },
  {
    member: "PublicAccessBlockConfiguration",
    get: "GetPublicAccessBlock",
    put: "PutPublicAccessBlock",
    remove: "DeletePublicAccessBlock",
    missing: ["NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"],
  },
  {
    member: "OwnershipControls",
    get: "GetBucketOwnershipControls",
    put: "PutBucketOwnershipControls",
    remove: "DeleteBucketOwnershipControls",
    missing: ["OwnershipControlsNotFoundError", "The bucket ownership controls were not found"],
  },
];

// Settings that a bucket here never has; to put one is refused as unsupported.
const never: readonly (readonly [action: string, answer: MissingError | { readonly [member: string]: Json }])[] = [
  ["GetBucketAccelerateConfiguration", {}],
  ["GetBucketCors", ["NoSuchCORSConfiguration", "The CORS configuration does not exist"]],
  ["GetBucketLifecycleConfiguration", ["NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"]],
  ["GetBucketLogging", {}],
  ["GetBucketNotificationConfiguration", {}],
  ["GetBucketReplication", ["ReplicationConfigurationNotFoundError", "The replication configuration was not found"]],
  ["GetBucketRequestPayment", { Payer: "BucketOwner" }],
  ["GetBucketVersioning", {}],
  ["GetBucketWebsite", ["NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"]],
  [
    "GetObjectLockConfiguration",
    ["ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"],
  ],
];

interface BucketInput extends Members {
  readonly Bucket?: string;
  readonly ExpectedBucketOwner?: string;
}

function isError(missing: unknown): missing is MissingError {
  return Array.isArray(missing);
}

function missingError([code, message]: MissingError, bucket: string): AwsError {
  return new AwsError(code, message, { status: 404, details: { BucketName: bucket } });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/buckets-configure.html */
export function bucketSettingHandlers({ state }: S3Parts): Handlers {
  const handlers: Record<string, Handler<never, object>> = {};

  for (const [action, answer] of never) {
    handlers[action] = async (input: BucketInput) => {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      if (isError(answer)) throw missingError(answer, bucket.name);
      return answer;
    };
  }

  for (const { member, get, put, remove, spread, missing } of settings) {
    handlers[get] = async (input: BucketInput) => {
      const { value: bucket } = await readBucket(state, input.Bucket, input.ExpectedBucketOwner);
      const setting = bucket.settings[member];
      if (setting === undefined && isError(missing)) throw missingError(missing, bucket.name);
      const shown = setting ?? missing;
      return spread ? (shown as object) : { [member]: shown };
    };
    handlers[put] = async (input: BucketInput) => {
      const setting = input[member] as Json | undefined;
      if (setting === undefined) throw malformedXml();
      await changeBucket(state, input.Bucket, input.ExpectedBucketOwner, (bucket) => ({
        ...bucket,
        settings: { ...bucket.settings, [member]: setting },
      }));
      return {};
    };
    handlers[remove] = async (input: BucketInput) => {
      await changeBucket(state, input.Bucket, input.ExpectedBucketOwner, (bucket) => {
        const { [member]: _, ...others } = bucket.settings;
        return { ...bucket, settings: others };
      });
      return {};
    };
  }

  return handlers;
}
