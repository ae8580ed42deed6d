import type {
  GetObjectLegalHoldOutput,
  GetObjectLegalHoldRequest,
  GetObjectRetentionOutput,
  GetObjectRetentionRequest,
  PutObjectLegalHoldRequest,
  PutObjectRetentionRequest,
} from "@aws-sdk/client-s3";
import { AwsError } from "../../aws/error.ts";
import type { Handlers } from "../service.ts";
import { readBucket } from "./bucket.ts";
import { checkHasLock, held, lockDescribedBy, retained } from "./object-lock.ts";
import { describeObject, objectKey, readObject } from "./object-store.ts";
import type { S3Parts } from "./parts.ts";

type LockRequest = GetObjectRetentionRequest | GetObjectLegalHoldRequest;

function noLock(): AwsError {
  return new AwsError(
    "NoSuchObjectLockConfiguration",
    "The specified object does not have a ObjectLock configuration",
    { status: 404 },
  );
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html */
export function objectLockHandlers(parts: S3Parts): Handlers {
  async function lockable(input: LockRequest) {
    const { value: bucket } = await readBucket(parts.state, input.Bucket, input.ExpectedBucketOwner);
    checkHasLock(bucket);
    return readObject(parts, bucket, objectKey(input.Key), input.VersionId);
  }

  return {
    async GetObjectRetention(input: GetObjectRetentionRequest): Promise<GetObjectRetentionOutput> {
      const { ObjectLockMode: Mode, ObjectLockRetainUntilDate } = lockDescribedBy((await lockable(input)).headers);
      if (Mode === undefined || ObjectLockRetainUntilDate === undefined) throw noLock();
      return { Retention: { Mode, RetainUntilDate: ObjectLockRetainUntilDate } };
    },

    async PutObjectRetention(input: PutObjectRetentionRequest): Promise<object> {
      const version = await lockable(input);
      await describeObject(parts, version, (headers) => retained(headers, input, parts.clock));
      return {};
    },

    async GetObjectLegalHold(input: GetObjectLegalHoldRequest): Promise<GetObjectLegalHoldOutput> {
      const { ObjectLockLegalHoldStatus: Status } = lockDescribedBy((await lockable(input)).headers);
      if (Status === undefined) throw noLock();
      return { LegalHold: { Status } };
    },

    async PutObjectLegalHold(input: PutObjectLegalHoldRequest): Promise<object> {
      const version = await lockable(input);
      await describeObject(parts, version, (headers) => held(headers, input));
      return {};
    },
  };
}
