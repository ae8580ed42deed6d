export { readBucket } from "./bucket.ts";
export { createLogTarget } from "./log-target.ts";
export { createS3 } from "./s3.ts";
export { versionsOfBucket } from "./versions.ts";
