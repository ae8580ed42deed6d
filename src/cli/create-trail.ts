import {
  type CloudTrailClient,
  CreateTrailCommand,
  GetTrailCommand,
  StartLoggingCommand,
  type Trail,
  UpdateTrailCommand,
} from "@aws-sdk/client-cloudtrail";
import {
  CreateBucketCommand,
  GetBucketPolicyCommand,
  HeadBucketCommand,
  PutBucketPolicyCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { accountId } from "../aws/names.ts";
import { bucketPolicyFor } from "../trails/index.ts";

/** The public APIs that a trail is set up with. */
export interface TrailClients {
  readonly cloudtrail: CloudTrailClient;
  readonly s3: S3Client;
  readonly sts: STSClient;
}

export interface WantedTrail {
  readonly name: string;
  readonly bucket: string;
  readonly prefix?: string;
  readonly region: string;
}

/** A trail that works, and what was done for it. */
export interface SetUpTrail {
  readonly account: string;
  readonly arn: string;
  /** What it concerns, and what was done: one pair for each step. */
  readonly steps: readonly (readonly [subject: string, done: string])[];
}

/** What the promise gives; undefined when it is rejected with an error of one of the names. */
async function unless<Result>(names: readonly string[], promise: Promise<Result>): Promise<Result | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (names.includes((error as Error).name)) return undefined;
    throw error;
  }
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

async function setUpBucket(s3: S3Client, { bucket, region }: WantedTrail): Promise<string> {
  if (await unless(["NotFound"], s3.send(new HeadBucketCommand({ Bucket: bucket })))) return "was there";
  const LocationConstraint = region as "eu-west-1";
  await s3.send(
    new CreateBucketCommand({
      Bucket: bucket,
      ...(region !== "us-east-1" && { CreateBucketConfiguration: { LocationConstraint } }),
    }),
  );
  return "made";
}

async function setUpPolicy(s3: S3Client, wanted: WantedTrail, account: string, arn: string): Promise<string> {
  const { bucket: Bucket, name, prefix } = wanted;
  const before = await unless(["NoSuchBucketPolicy"], s3.send(new GetBucketPolicyCommand({ Bucket })));
  const needed = bucketPolicyFor(Bucket, accountId(account), arn, prefix);
  const Policy = policyWith(before?.Policy, needed, name);
  if (Policy === undefined) return "lets the trail write already";
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  return "lets the trail write";
}

/** A trail that delivers elsewhere is somebody's: it isn't turned round by the way. */
function checkSameBucket(trail: Trail, { name, bucket, prefix }: WantedTrail): void {
  const place = (to: string | undefined, below: string | undefined) => `s3://${to}/${below ?? ""}`;
  const there = place(trail.S3BucketName, trail.S3KeyPrefix);
  if (there !== place(bucket, prefix))
    throw new Error(`The trail ${name} is there and delivers to ${there}; give the new one another --name`);
}

const settings = { IsMultiRegionTrail: true, IncludeGlobalServiceEvents: true, EnableLogFileValidation: true };

/**
 * Sets up a trail of all Regions with log file validation, and all that it needs: bucket, bucket policy, logging.
 * What is there already stays, so it may be run again. Rejects with the SDK's errors.
 */
export async function setUpTrail({ cloudtrail, s3, sts }: TrailClients, wanted: WantedTrail): Promise<SetUpTrail> {
  const { name, bucket, prefix, region } = wanted;
  const { Account: account = "" } = await sts.send(new GetCallerIdentityCommand({}));
  const arn = `arn:aws:cloudtrail:${region}:${account}:trail/${name}`;
  const found = await unless(["TrailNotFoundException"], cloudtrail.send(new GetTrailCommand({ Name: name })));
  if (found?.Trail) checkSameBucket(found.Trail, wanted);

  const bucketDone = await setUpBucket(s3, wanted);
  const policyDone = await setUpPolicy(s3, wanted, account, arn);
  if (found) await cloudtrail.send(new UpdateTrailCommand({ Name: name, ...settings }));
  else {
    const S3KeyPrefix = prefix ? { S3KeyPrefix: prefix } : {};
    await cloudtrail.send(new CreateTrailCommand({ Name: name, S3BucketName: bucket, ...S3KeyPrefix, ...settings }));
  }
  await cloudtrail.send(new StartLoggingCommand({ Name: name }));
  const steps = [
    ["Bucket", `s3://${bucket} ${bucketDone}`],
    ["Bucket policy", policyDone],
    ["Trail", `${arn} ${found ? "was there" : "made"}: all Regions, log file validation`],
    ["Logging", "on"],
  ] as const;
  return { account, arn, steps };
}
