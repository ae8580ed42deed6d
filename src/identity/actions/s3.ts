import type { Call, Members } from "../../aws/call.ts";
import type { Context } from "../../policy/index.ts";
import { type Requirement, type RequirementParts, requestTags, valuesAt } from "./requirement.ts";

/**
 * The permission of an action, where it isn't the action's own name.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const permissions: Readonly<Record<string, string>> = {
  CompleteMultipartUpload: "PutObject",
  CopyObject: "PutObject",
  CreateMultipartUpload: "PutObject",
  DeleteBucketAnalyticsConfiguration: "PutAnalyticsConfiguration",
  DeleteBucketCors: "PutBucketCORS",
  DeleteBucketEncryption: "PutEncryptionConfiguration",
  DeleteBucketIntelligentTieringConfiguration: "PutIntelligentTieringConfiguration",
  DeleteBucketInventoryConfiguration: "PutInventoryConfiguration",
  DeleteBucketLifecycle: "PutLifecycleConfiguration",
  DeleteBucketMetricsConfiguration: "PutMetricsConfiguration",
  DeleteBucketOwnershipControls: "PutBucketOwnershipControls",
  DeleteBucketReplication: "PutReplicationConfiguration",
  DeleteBucketTagging: "PutBucketTagging",
  DeleteObjects: "DeleteObject",
  DeletePublicAccessBlock: "PutBucketPublicAccessBlock",
  GetBucketAccelerateConfiguration: "GetAccelerateConfiguration",
  GetBucketAnalyticsConfiguration: "GetAnalyticsConfiguration",
  GetBucketCors: "GetBucketCORS",
  GetBucketEncryption: "GetEncryptionConfiguration",
  GetBucketIntelligentTieringConfiguration: "GetIntelligentTieringConfiguration",
  GetBucketInventoryConfiguration: "GetInventoryConfiguration",
  GetBucketLifecycle: "GetLifecycleConfiguration",
  GetBucketLifecycleConfiguration: "GetLifecycleConfiguration",
  GetBucketMetricsConfiguration: "GetMetricsConfiguration",
  GetBucketNotificationConfiguration: "GetBucketNotification",
  GetBucketReplication: "GetReplicationConfiguration",
  GetObjectLockConfiguration: "GetBucketObjectLockConfiguration",
  GetPublicAccessBlock: "GetBucketPublicAccessBlock",
  HeadBucket: "ListBucket",
  HeadObject: "GetObject",
  ListBucketAnalyticsConfigurations: "GetAnalyticsConfiguration",
  ListBucketIntelligentTieringConfigurations: "GetIntelligentTieringConfiguration",
  ListBucketInventoryConfigurations: "GetInventoryConfiguration",
  ListBucketMetricsConfigurations: "GetMetricsConfiguration",
  ListBuckets: "ListAllMyBuckets",
  ListMultipartUploads: "ListBucketMultipartUploads",
  ListObjects: "ListBucket",
  ListObjectsV2: "ListBucket",
  ListObjectVersions: "ListBucketVersions",
  ListParts: "ListMultipartUploadParts",
  PostObject: "PutObject",
  PutBucketAccelerateConfiguration: "PutAccelerateConfiguration",
  PutBucketAnalyticsConfiguration: "PutAnalyticsConfiguration",
  PutBucketCors: "PutBucketCORS",
  PutBucketEncryption: "PutEncryptionConfiguration",
  PutBucketIntelligentTieringConfiguration: "PutIntelligentTieringConfiguration",
  PutBucketInventoryConfiguration: "PutInventoryConfiguration",
  PutBucketLifecycle: "PutLifecycleConfiguration",
  PutBucketLifecycleConfiguration: "PutLifecycleConfiguration",
  PutBucketMetricsConfiguration: "PutMetricsConfiguration",
  PutBucketNotificationConfiguration: "PutBucketNotification",
  PutBucketReplication: "PutReplicationConfiguration",
  PutObjectLockConfiguration: "PutBucketObjectLockConfiguration",
  PutPublicAccessBlock: "PutBucketPublicAccessBlock",
  SelectObjectContent: "GetObject",
  UploadPart: "PutObject",
  UploadPartCopy: "PutObject",
};

/** Permissions that have a sister for a version that the request names. */
const ofVersions: Readonly<Record<string, string>> = {
  DeleteObject: "DeleteObjectVersion",
  DeleteObjectTagging: "DeleteObjectVersionTagging",
  GetObject: "GetObjectVersion",
  GetObjectAcl: "GetObjectVersionAcl",
  GetObjectAttributes: "GetObjectVersionAttributes",
  GetObjectTagging: "GetObjectVersionTagging",
  PutObjectAcl: "PutObjectVersionAcl",
  PutObjectTagging: "PutObjectVersionTagging",
};

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html#amazons3-policy-keys
const headerKeys: readonly string[] = [
  "x-amz-acl",
  "x-amz-copy-source",
  "x-amz-content-sha256",
  "x-amz-grant-full-control",
  "x-amz-grant-read",
  "x-amz-grant-read-acp",
  "x-amz-grant-write",
  "x-amz-grant-write-acp",
  "x-amz-metadata-directive",
  "x-amz-server-side-encryption",
  "x-amz-server-side-encryption-aws-kms-key-id",
  "x-amz-server-side-encryption-customer-algorithm",
  "x-amz-storage-class",
  "x-amz-website-redirect-location",
];

/** What a call of S3 needs: on the bucket, on each object that it names, and on the object that it copies. */
export async function s3Requirements(call: Call, parts: RequirementParts): Promise<Requirement[]> {
  const { actionName, input = {} } = call;
  const bucket = typeof input.Bucket === "string" ? input.Bucket : undefined;
  const permission = permissions[actionName] ?? actionName;
  if (bucket === undefined) return [{ action: `s3:${permission}`, resource: "*", named: "", context: contextOf(call) }];
  const inBucket = { ...(await ownerOf(bucket, parts)), context: contextOf(call) };
  const keys = keysOf(actionName, input);
  const needed = keys.map(({ key, version }) => ({
    action: `s3:${version === undefined ? permission : (ofVersions[permission] ?? permission)}`,
    resource: `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${key}`}`,
    ...inBucket,
    context: { ...inBucket.context, "s3:versionid": version },
  }));
  return [...needed, ...(await copied(call, parts))].map((one) => ({ ...one, named: `"${one.resource}"` }));
}

interface ObjectName {
  /** Undefined for the bucket itself. */
  readonly key: string | undefined;
  readonly version: string | undefined;
}

function keysOf(action: string, input: Members): ObjectName[] {
  if (action === "DeleteObjects") {
    const objects =
      ((input.Delete ?? {}) as { Objects?: readonly { Key?: string; VersionId?: string }[] }).Objects ?? [];
    return objects.map(({ Key, VersionId }) => ({ key: Key, version: VersionId }));
  }
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return [{ key: text(input.Key), version: text(input.VersionId) }];
}

async function ownerOf(bucket: string, { resources }: RequirementParts): Promise<Pick<Requirement, "owner">> {
  const found = await resources?.bucket(bucket);
  return found ? { owner: { account: found.owner, ...(found.policy !== undefined && { policy: found.policy }) } } : {};
}

async function copied(call: Call, parts: RequirementParts): Promise<Requirement[]> {
  const [source] = valuesAt(call.input ?? {}, "CopySource");
  const [, bucket, key, version] = /^\/?([^/]+)\/(.*?)(?:\?versionId=(.*))?$/s.exec(decoded(source)) ?? [];
  if (bucket === undefined || key === undefined) return [];
  return [
    {
      action: version === undefined ? "s3:GetObject" : "s3:GetObjectVersion",
      resource: `arn:aws:s3:::${bucket}/${key}`,
      ...(await ownerOf(bucket, parts)),
      context: { ...contextOf(call), "s3:versionid": version },
    },
  ];
}

function decoded(text = ""): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function contextOf({ input = {}, request, region }: Call): Context {
  const one = (member: string) => valuesAt(input, member)[0];
  const headers = headerKeys.flatMap((name) => {
    const value = request.headers[name];
    return value === undefined ? [] : [[`s3:${name}`, value] as const];
  });
  const tags = [...new URLSearchParams(one("Tagging") ?? "")].map(([Key, Value]) => ({ Key, Value }));
  const requested = Object.fromEntries(
    tags.map(({ Key, Value }) => [`s3:requestobjecttag/${Key.toLowerCase()}`, Value]),
  );
  return {
    ...Object.fromEntries(headers),
    ...requestTags(tags),
    ...requested,
    "s3:prefix": one("Prefix"),
    "s3:delimiter": one("Delimiter"),
    "s3:max-keys": one("MaxKeys"),
    "s3:locationconstraint": one("CreateBucketConfiguration.LocationConstraint"),
    "s3:authtype": request.headers.authorization === undefined ? "REST-QUERY-STRING" : "REST-HEADER",
    "s3:signatureversion": request.headers.authorization?.startsWith("AWS ") ? "AWS" : "AWS4-HMAC-SHA256",
    "s3:tlsversion": request.tls?.version.replace(/^TLSv/, ""),
    "aws:requestedregion": region,
  };
}
