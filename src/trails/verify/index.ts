export { openFolder } from "./folder-source.ts";
export { openS3 } from "./s3-source.ts";
export type { ObjectSource } from "./source.ts";
export { type Report, type VerificationKey, type VerifyRequest, verificationKey, verify } from "./verify.ts";
