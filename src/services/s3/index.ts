export { createLogTarget } from "./log-target.ts";
export type { S3Parts } from "./parts.ts";
export { createS3 } from "./s3.ts";
