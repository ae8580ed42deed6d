export { bucketPolicyFor } from "./bucket-policy.ts";
export { type DeliveryOptions, type RunningDelivery, startDelivery } from "./delivery.ts";
export type { LogTarget, TargetBucket } from "./target.ts";
export { createTrails, type Trails } from "./trails.ts";
