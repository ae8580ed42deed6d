export { openFolder } from "./folder-source.ts";
export { verificationKey, verify } from "./node.ts";
export { openS3 } from "./s3-source.ts";
export type { ObjectSource } from "./source.ts";
export type { Report, VerificationKey, VerifyRequest } from "./verify.ts";
