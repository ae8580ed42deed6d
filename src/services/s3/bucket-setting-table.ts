import type { Tag } from "@aws-sdk/client-s3";
import type { Members } from "../../aws/call.ts";
import { AwsError } from "../../aws/error.ts";
import type { Json } from "../../storage/state/index.ts";
import { type Bucket, versioningOf } from "./bucket.ts";
import { invalidArgument, invalidRequest, malformedXml, notImplemented } from "./errors.ts";
import { checkTagSet, mostBucketTags } from "./tags.ts";

export type MissingError = readonly [code: string, message: string];

/** A setting of a bucket that is kept as it was put, and shown. */
export interface Setting {
  /** The member of the Put action that holds it, and its name in the state. */
  readonly member: string;
  readonly get: string;
  readonly put: string;
  readonly remove?: string;
  /** The Get action shows the setting's members, not the setting as one member. */
  readonly spread?: boolean;
  /** What a bucket without it has. */
  readonly missing: MissingError | Json;
  /** A member that goes in a header of its own, kept with the setting. */
  readonly beside?: { readonly member: string; readonly default: string };
  /** What S3's XML schema takes, by path; anything else is MalformedXML. */
  readonly values?: { readonly [path: string]: readonly string[] };
  /** Lists whose items S3 gives an identifier when they come without. */
  readonly identified?: readonly (readonly [list: string, id: string])[];
  /** Throws what S3 answers to a setting that the bucket can't have. */
  readonly check?: (setting: Members, bucket: Bucket) => void;
}

const onOff = ["Enabled", "Disabled"];

function invalidBucketState(message: string): AwsError {
  return new AwsError("InvalidBucketState", message, { status: 409 });
}

function checkLifecycle({ Rules }: Members): void {
  const rules = Rules as readonly Members[];
  if (rules.length > 1000) throw malformedXml();
  const ids = rules.map(({ ID }) => String(ID));
  const long = ids.find((id) => id.length > 255);
  if (long !== undefined) throw invalidArgument("ID length should not exceed allowed limit of 255", "ID", long);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined)
    throw invalidArgument("Rule ID must be unique. Found same ID for more than one rule", "ID", twice);
  const actions = [
    "Expiration",
    "Transitions",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionTransitions",
    "AbortIncompleteMultipartUpload",
  ];
  for (const rule of rules) {
    if (!actions.some((action) => rule[action] !== undefined))
      throw invalidRequest("At least one action needs to be specified in a rule");
    const days = (rule.Expiration as Members | undefined)?.Days;
    if (days !== undefined && !(Number(days) > 0)) {
      throw invalidArgument("'Days' for Expiration action must be a positive integer", "Days", String(days));
    }
  }
}

function checkVersioning({ Status, MFADelete }: Members, bucket: Bucket): void {
  if (Status === undefined)
    throw new AwsError("IllegalVersioningConfigurationException", "The Versioning element must be specified");
  // Nobody here could check the code.
  if (MFADelete === "Enabled") throw notImplemented();
  if (Status === "Enabled") return;
  if (bucket.settings.ObjectLockConfiguration)
    throw invalidBucketState(
      "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
    );
  if (bucket.settings.ReplicationConfiguration)
    throw invalidBucketState(
      "A replication configuration is present on this bucket, so the versioning state cannot be changed.",
    );
}

function checkObjectLock({ ObjectLockEnabled, Rule }: Members, bucket: Bucket): void {
  if (ObjectLockEnabled !== "Enabled") throw malformedXml();
  if (versioningOf(bucket) !== "Enabled")
    throw invalidBucketState("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration");
  if (Rule === undefined) return;
  const { Mode, Days, Years } = ((Rule as Members).DefaultRetention ?? {}) as Members;
  if (Mode === undefined || (Days === undefined) === (Years === undefined)) throw malformedXml();
  const period = Number(Days ?? Years);
  if (!(period > 0))
    throw new AwsError("InvalidArgument", "Default retention period must be a positive integer value.");
  if (period > (Days === undefined ? 100 : 36_500))
    throw new AwsError("InvalidArgument", "Default retention period too large.");
}

// Codes and messages: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html and the pages of the actions.
export const settings: readonly Setting[] = [
  {
    member: "AbacStatus",
    get: "GetBucketAbac",
    put: "PutBucketAbac",
    missing: { Status: "Disabled" },
    values: { Status: onOff },
  },
  {
    member: "AccelerateConfiguration",
    get: "GetBucketAccelerateConfiguration",
    put: "PutBucketAccelerateConfiguration",
    spread: true,
    missing: {},
    values: { Status: ["Enabled", "Suspended"] },
    check: (_, { name }) => {
      if (name.includes("."))
        throw invalidRequest("S3 Transfer Acceleration is not supported for buckets with periods (.) in their names");
    },
  },
  {
    member: "CORSConfiguration",
    get: "GetBucketCors",
    put: "PutBucketCors",
    remove: "DeleteBucketCors",
    spread: true,
    missing: ["NoSuchCORSConfiguration", "The CORS configuration does not exist"],
    check: ({ CORSRules }) => {
      for (const { AllowedMethods } of CORSRules as readonly Members[]) {
        const unknown = (AllowedMethods as string[]).find(
          (one) => !["GET", "PUT", "HEAD", "POST", "DELETE"].includes(one),
        );
        if (unknown !== undefined)
          throw invalidRequest(`Found unsupported HTTP method in CORS config. Unsupported method is ${unknown}`);
      }
    },
  },
  {
    member: "ServerSideEncryptionConfiguration",
    get: "GetBucketEncryption",
    put: "PutBucketEncryption",
    remove: "DeleteBucketEncryption",
    missing: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" }, BucketKeyEnabled: false }],
    },
    values: {
      "Rules[].ApplyServerSideEncryptionByDefault.SSEAlgorithm": ["AES256", "aws:kms", "aws:kms:dsse", "aws:fsx"],
    },
  },
  {
    member: "LifecycleConfiguration",
    get: "GetBucketLifecycleConfiguration",
    put: "PutBucketLifecycleConfiguration",
    remove: "DeleteBucketLifecycle",
    spread: true,
    beside: { member: "TransitionDefaultMinimumObjectSize", default: "all_storage_classes_128K" },
    missing: ["NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"],
    values: { "Rules[].Status": onOff },
    identified: [["Rules", "ID"]],
    check: checkLifecycle,
  },
  {
    member: "BucketLoggingStatus",
    get: "GetBucketLogging",
    put: "PutBucketLogging",
    spread: true,
    missing: {},
  },
  {
    member: "NotificationConfiguration",
    get: "GetBucketNotificationConfiguration",
    put: "PutBucketNotificationConfiguration",
    spread: true,
    missing: {},
    identified: [
      ["TopicConfigurations", "Id"],
      ["QueueConfigurations", "Id"],
      ["LambdaFunctionConfigurations", "Id"],
    ],
  },
  {
    member: "ObjectLockConfiguration",
    get: "GetObjectLockConfiguration",
    put: "PutObjectLockConfiguration",
    missing: ["ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"],
    values: { "Rule.DefaultRetention.Mode": ["GOVERNANCE", "COMPLIANCE"] },
    check: checkObjectLock,
  },
  {
    member: "OwnershipControls",
    get: "GetBucketOwnershipControls",
    put: "PutBucketOwnershipControls",
    remove: "DeleteBucketOwnershipControls",
    missing: ["OwnershipControlsNotFoundError", "The bucket ownership controls were not found"],
    values: { "Rules[].ObjectOwnership": ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"] },
  },
  {
    member: "PublicAccessBlockConfiguration",
    get: "GetPublicAccessBlock",
    put: "PutPublicAccessBlock",
    remove: "DeletePublicAccessBlock",
    missing: ["NoSuchPublicAccessBlockConfiguration", "The public access block configuration was not found"],
  },
  {
    member: "ReplicationConfiguration",
    get: "GetBucketReplication",
    put: "PutBucketReplication",
    remove: "DeleteBucketReplication",
    missing: ["ReplicationConfigurationNotFoundError", "The replication configuration was not found"],
    values: { "Rules[].Status": onOff },
    identified: [["Rules", "ID"]],
    check: (_, bucket) => {
      if (versioningOf(bucket) !== "Enabled")
        throw invalidRequest("Versioning must be 'Enabled' on the bucket to apply a replication configuration");
    },
  },
  {
    member: "RequestPaymentConfiguration",
    get: "GetBucketRequestPayment",
    put: "PutBucketRequestPayment",
    spread: true,
    missing: { Payer: "BucketOwner" },
    values: { Payer: ["BucketOwner", "Requester"] },
  },
  {
    member: "Tagging",
    get: "GetBucketTagging",
    put: "PutBucketTagging",
    remove: "DeleteBucketTagging",
    spread: true,
    missing: ["NoSuchTagSet", "The TagSet does not exist"],
    check: ({ TagSet }) => void checkTagSet(TagSet as readonly Tag[], mostBucketTags),
  },
  {
    member: "VersioningConfiguration",
    get: "GetBucketVersioning",
    put: "PutBucketVersioning",
    spread: true,
    missing: {},
    values: { Status: ["Enabled", "Suspended"], MFADelete: onOff },
    check: checkVersioning,
  },
  {
    member: "WebsiteConfiguration",
    get: "GetBucketWebsite",
    put: "PutBucketWebsite",
    remove: "DeleteBucketWebsite",
    spread: true,
    missing: ["NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"],
    check: ({ IndexDocument, RedirectAllRequestsTo }) => {
      if (IndexDocument === undefined && RedirectAllRequestsTo === undefined)
        throw invalidArgument(
          "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty",
          "IndexDocument",
          "null",
        );
    },
  },
];
