/**
 * S3 actions that CloudTrail calls otherwise than the API does.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
 */
export const eventNames: Readonly<Record<string, string>> = {
  DeletePublicAccessBlock: "DeleteBucketPublicAccessBlock",
  GetBucketAccelerateConfiguration: "GetAccelerateConfiguration",
  GetBucketLifecycleConfiguration: "GetBucketLifecycle",
  GetBucketNotificationConfiguration: "GetBucketNotification",
  GetObjectLegalHold: "GetObjectLockLegalHold",
  GetObjectLockConfiguration: "GetBucketObjectLockConfiguration",
  GetObjectRetention: "GetObjectLockRetention",
  GetPublicAccessBlock: "GetBucketPublicAccessBlock",
  ListObjectsV2: "ListObjects",
  PutBucketAccelerateConfiguration: "PutAccelerateConfiguration",
  PutBucketLifecycleConfiguration: "PutBucketLifecycle",
  PutBucketNotificationConfiguration: "PutBucketNotification",
  PutObjectLegalHold: "PutObjectLockLegalHold",
  PutObjectLockConfiguration: "PutBucketObjectLockConfiguration",
  PutObjectRetention: "PutObjectLockRetention",
  PutPublicAccessBlock: "PutBucketPublicAccessBlock",
};

/** Data events on a bucket rather than on one object; every action with a Key is one too. */
export const bucketDataEvents: ReadonlySet<string> = new Set([
  "DeleteObjects",
  "HeadBucket",
  "ListMultipartUploads",
  "ListObjects",
  "ListObjectsV2",
  "ListObjectVersions",
]);
