import {
  type BucketLocationConstraint,
  CreateBucketCommand,
  GetBucketPolicyCommand,
  PutBucketPolicyCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import type { AccountId } from "../aws/names.ts";
import { bucketPolicyFor } from "./bucket-policy.ts";

// Runs in the console, too: through the public API only, with nothing of Node's.

/** The bucket that a trail is to write to, and what its policy names. */
export interface LogBucket {
  readonly bucket: string;
  readonly prefix?: string | undefined;
  readonly account: AccountId;
  readonly trailName: string;
  readonly trailArn: string;
  /** Of an organization's trail. */
  readonly organizationId?: string | undefined;
}

interface Statement {
  readonly Sid?: string;
}

const withoutSid = ({ Sid: _, ...rest }: Statement) => JSON.stringify(rest);

/** The bucket's policy with the statements that the trail needs; undefined when it has them. */
function policyWith(before: string | undefined, needed: string, name: string): string | undefined {
  if (before === undefined) return needed;
  const policy = JSON.parse(before) as { Statement: Statement | Statement[] };
  const statements = [policy.Statement].flat();
  const there = new Set(statements.map(withoutSid));
  const missing = (JSON.parse(needed) as { Statement: Statement[] }).Statement.filter(
    (statement) => !there.has(withoutSid(statement)),
  );
  if (missing.length === 0) return undefined;
  const sids = new Set(statements.map(({ Sid }) => Sid));
  // Another trail's statements have AWS's usual names, and a name may be there once.
  const added = missing.map((statement) =>
    sids.has(statement.Sid)
      ? { ...statement, Sid: `${statement.Sid}${name.replaceAll(/[^A-Za-z0-9]/g, "")}` }
      : statement,
  );
  return JSON.stringify({ ...policy, Statement: [...statements, ...added] });
}

/** Makes a bucket in a Region. Rejects with the SDK's errors. */
export async function createBucket(s3: S3Client, bucket: string, region: string): Promise<void> {
  const CreateBucketConfiguration = { LocationConstraint: region as BucketLocationConstraint };
  // The first Region is the one that can't be named.
  await s3.send(
    new CreateBucketCommand({ Bucket: bucket, ...(region !== "us-east-1" && { CreateBucketConfiguration }) }),
  );
}

/** A bucket's policy as it is; undefined when it has none. Rejects with the SDK's errors. */
export async function bucketPolicyOf(s3: S3Client, bucket: string): Promise<string | undefined> {
  try {
    return (await s3.send(new GetBucketPolicyCommand({ Bucket: bucket }))).Policy;
  } catch (error) {
    if ((error as Error).name === "NoSuchBucketPolicy") return undefined;
    throw error;
  }
}

/** Adds to the bucket's policy, given as it is, what the trail needs to write there; false when that is in it already. */
export async function letTrailWrite(s3: S3Client, wanted: LogBucket, policy: string | undefined): Promise<boolean> {
  const { bucket, prefix, account, trailName, trailArn, organizationId } = wanted;
  const Policy = policyWith(policy, bucketPolicyFor(bucket, account, trailArn, prefix, organizationId), trailName);
  if (Policy === undefined) return false;
  await s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
  return true;
}
