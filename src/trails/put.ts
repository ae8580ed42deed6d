import { AwsError } from "../aws/error.ts";
import { putRequest } from "./bucket-policy.ts";
import { encryptionHeaders } from "./kms-key.ts";
import { policyAllows } from "./resource-policy.ts";
import type { LogTarget } from "./target.ts";
import { type Trail, trailArn } from "./trail.ts";

const headers = {
  "content-type": "application/json",
  "content-encoding": "gzip",
  "x-amz-acl": "bucket-owner-full-control",
};

/** Puts gzip'd files for a trail, as its bucket's policy lets CloudTrail; rejects with the AwsError that S3 would give. */
export async function putFiles(
  target: LogTarget,
  trail: Pick<Trail, "account" | "homeRegion" | "name" | "kmsKey">,
  bucket: string,
  files: readonly { readonly key: string; readonly body: Buffer }[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  const found = await target.bucket(bucket);
  const encryption = encryptionHeaders(trail.kmsKey);
  if (!found) throw new AwsError("NoSuchBucket", "The specified bucket does not exist", { status: 404 });
  for (const { key, body } of files) {
    const request = putRequest(bucket, key, trail.account, trailArn(trail), encryption);
    if (!found.ownCredentials && !policyAllows(found.policy, request))
      throw new AwsError("AccessDenied", "Access Denied", { status: 403 });
    await target.putObject(bucket, key, body, { ...headers, ...encryption, ...metadata });
  }
}
