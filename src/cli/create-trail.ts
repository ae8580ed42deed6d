import {
  type CloudTrailClient,
  CreateTrailCommand,
  GetTrailCommand,
  StartLoggingCommand,
  type Trail,
  UpdateTrailCommand,
} from "@aws-sdk/client-cloudtrail";
import { HeadBucketCommand, type S3Client } from "@aws-sdk/client-s3";
import { GetCallerIdentityCommand, type STSClient } from "@aws-sdk/client-sts";
import { accountId } from "../aws/names.ts";
import { bucketPolicyOf, createBucket, type LogBucket, letTrailWrite } from "../trails/index.ts";

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

/** Makes the bucket unless it's there; the trail may write to it then. Resolves with what was done for each. */
async function setUpBucket(s3: S3Client, { region, ...wanted }: LogBucket & { readonly region: string }) {
  const { bucket } = wanted;
  const wasThere = await unless(["NotFound"], s3.send(new HeadBucketCommand({ Bucket: bucket })));
  if (!wasThere) await createBucket(s3, bucket, region);
  const isNew = await letTrailWrite(s3, wanted, wasThere && (await bucketPolicyOf(s3, bucket)));
  return {
    bucket: wasThere ? "was there" : "made",
    policy: isNew ? "lets the trail write" : "lets the trail write already",
  };
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

  const place = { bucket, prefix, region, account: accountId(account), trailName: name, trailArn: arn };
  const done = await setUpBucket(s3, place);
  if (found) await cloudtrail.send(new UpdateTrailCommand({ Name: name, ...settings }));
  else {
    const S3KeyPrefix = prefix ? { S3KeyPrefix: prefix } : {};
    await cloudtrail.send(new CreateTrailCommand({ Name: name, S3BucketName: bucket, ...S3KeyPrefix, ...settings }));
  }
  await cloudtrail.send(new StartLoggingCommand({ Name: name }));
  const steps = [
    ["Bucket", `s3://${bucket} ${done.bucket}`],
    ["Bucket policy", done.policy],
    ["Trail", `${arn} ${found ? "was there" : "made"}: all Regions, log file validation`],
    ["Logging", "on"],
  ] as const;
  return { account, arn, steps };
}
