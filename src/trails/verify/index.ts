export type { TrailStatus } from "./chain.ts";
export { openFolder } from "./folder-source.ts";
export type { Finding } from "./problems.ts";
export { openS3 } from "./s3-source.ts";
export { type Report, type VerificationKey, type VerifyRequest, verify, type WantedTrail } from "./verify.ts";
