import { AwsError } from "../aws/error.ts";
import type { AccountId, Region } from "../aws/names.ts";

const keyId = "(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|mrk-[0-9a-f]{32})";
const aliasName = "alias/[A-Za-z0-9/_-]{1,250}";
const bare = new RegExp(`^(?:(${keyId})|(${aliasName}))$`, "i");
const arn = new RegExp(`^arn:aws:kms:[a-z]{2,4}(?:-[a-z]+)+-\\d{1,2}:\\d{12}:(?:key/${keyId}|${aliasName})$`, "i");

/**
 * The ARN of a key or of an alias from any form that KmsKeyId takes: key id, alias, or their ARNs. An alias stays one:
 * OpenTrail has no KMS that would tell its key. Throws InvalidKmsKeyIdException.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html
 */
export function kmsKeyArn(given: string, account: AccountId, region: Region): string {
  if (arn.test(given)) return given;
  const [, id, alias] = bare.exec(given) ?? [];
  if (id === undefined && alias === undefined)
    throw new AwsError("InvalidKmsKeyIdException", `KMS key ${given} is not a valid key id, alias or ARN.`);
  return `arn:aws:kms:${region}:${account}:${alias ?? `key/${id}`}`;
}

/** KMS keys and buckets go together only within a Region; throws KmsKeyNotFoundException. */
export function checkKmsKeyRegion(kmsKey: string | undefined, bucketRegion: Region): void {
  const keyRegion = kmsKey?.split(":")[3];
  if (keyRegion !== undefined && keyRegion !== bucketRegion)
    throw new AwsError(
      "KmsKeyNotFoundException",
      `KMS key ${kmsKey} does not exist in the Region of the bucket, ${bucketRegion}.`,
    );
}

/** The headers that have S3 encrypt an object with the key. */
export function encryptionHeaders(kmsKey: string | undefined): Readonly<Record<string, string>> {
  if (kmsKey === undefined) return {};
  return {
    "x-amz-server-side-encryption": "aws:kms",
    "x-amz-server-side-encryption-aws-kms-key-id": kmsKey,
  };
}
