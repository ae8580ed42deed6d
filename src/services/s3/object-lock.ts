import type { PutObjectRequest } from "@aws-sdk/client-s3";
import { invalidRequest } from "./errors.ts";

type Locked = Partial<
  Pick<PutObjectRequest, "ObjectLockMode" | "ObjectLockRetainUntilDate" | "ObjectLockLegalHoldStatus">
>;

/**
 * Refuses an upload that asks for Object Lock as S3 does in a bucket without it: no bucket here has it, and nobody shall
 * believe that an object is kept when it isn't.
 */
export function checkNoLock({ ObjectLockMode, ObjectLockRetainUntilDate, ObjectLockLegalHoldStatus }: Locked): void {
  if (ObjectLockMode ?? ObjectLockRetainUntilDate ?? ObjectLockLegalHoldStatus)
    throw invalidRequest("Bucket is missing Object Lock Configuration");
}
