export { bucketPolicyFor } from "./bucket-policy.ts";
export { type DeliveryOptions, type RunningDelivery, startDelivery } from "./delivery.ts";
export { startDigests } from "./digest/digests.ts";
export { type DigestKeys, openDigestKeys } from "./digest/keys.ts";
export { listPublicKeysOperation } from "./digest/list-public-keys.ts";
export { eventDataStoreNotFound } from "./errors.ts";
export {
  createEventBus,
  createLogGroups,
  createWebhook,
  type LogGroups,
  type Roles,
  startLogGroupForwarding,
  startTargetForwarding,
} from "./forward/index.ts";
export { bucketPolicyOf, createBucket, type LogBucket, letTrailWrite } from "./log-bucket.ts";
export { addRecord, type LogFile, logFileBytes, logFileKey, maxLogFileBytes } from "./log-file.ts";
export { createTopics, startNotifier, type Topics } from "./notify/index.ts";
export { organizationToManage, refreshOrganization } from "./organization.ts";
export type { Organization } from "./parts.ts";
export { createS3Target } from "./s3-target.ts";
export { checkBucket, checkLogGroup, checkTopic } from "./settings.ts";
export { trailsToDeliver } from "./store.ts";
export type { LogTarget, TargetBucket } from "./target.ts";
export { isLogging, logsFolder, trailArn } from "./trail.ts";
export { createTrails, type Trails } from "./trails.ts";
