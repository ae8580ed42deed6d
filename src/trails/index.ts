export { bucketPolicyFor } from "./bucket-policy.ts";
export { type DeliveryOptions, type RunningDelivery, startDelivery } from "./delivery.ts";
export type { Requester } from "./lookup.ts";
export type { TrailsParts } from "./parts.ts";
export type { LogTarget, TargetBucket } from "./target.ts";
export { createTrails, type Trails } from "./trails.ts";
