import type { CreateTrailRequest, UpdateTrailRequest } from "@aws-sdk/client-cloudtrail";
import { AwsError } from "../aws/error.ts";
import { bucketRequests } from "./bucket-policy.ts";
import { contextOf } from "./cloudtrail-request.ts";
import { checkLogGroupArns, checkLogGroupRole, logGroupOf } from "./forward/index.ts";
import { checkKmsKeyRegion, encryptionHeaders } from "./kms-key.ts";
import type { Topics } from "./notify/index.ts";
import type { TrailsParts } from "./parts.ts";
import { policyAllows } from "./resource-policy.ts";
import type { LogTarget } from "./target.ts";
import { accountFolder, logsFolder, type Trail, trailArn } from "./trail.ts";

type Settings = Omit<CreateTrailRequest | UpdateTrailRequest, "Name" | "TagsList">;

interface SettingRule {
  readonly breaks: (settings: Settings) => boolean;
  readonly code: string;
  readonly message: (settings: Settings) => string;
}

// What AWS refuses before it looks at anything outside the request.
const rules: readonly SettingRule[] = [
  {
    breaks: ({ S3BucketName }) =>
      S3BucketName !== undefined && !/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(S3BucketName),
    code: "InvalidS3BucketNameException",
    message: ({ S3BucketName }) => `Bucket name ${S3BucketName} is not a valid S3 bucket name.`,
  },
  {
    breaks: ({ S3KeyPrefix }) => (S3KeyPrefix ?? "").length > 200,
    code: "InvalidS3PrefixException",
    message: ({ S3KeyPrefix }) => `S3 prefix is longer than maximum length: ${S3KeyPrefix?.length}`,
  },
  {
    breaks: ({ S3KeyPrefix }) => /^\/|[^A-Za-z0-9!_.*'()/&$@=;:+ ,?-]/.test(S3KeyPrefix ?? ""),
    code: "InvalidS3PrefixException",
    message: ({ S3KeyPrefix }) => `S3 prefix ${S3KeyPrefix} contains characters that are not allowed.`,
  },
  {
    breaks: ({ CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn }) =>
      !!CloudWatchLogsRoleArn && !CloudWatchLogsLogGroupArn,
    code: "InvalidCloudWatchLogsLogGroupArnException",
    message: () => "CloudTrail cannot validate the specified log group ARN.",
  },
  {
    breaks: ({ CloudWatchLogsLogGroupArn, CloudWatchLogsRoleArn }) =>
      !!CloudWatchLogsLogGroupArn && !CloudWatchLogsRoleArn,
    code: "InvalidCloudWatchLogsRoleArnException",
    message: () => "You must specify a role ARN as well as a log group.",
  },
];

/** Checks the parameters that CreateTrail and UpdateTrail share; throws the AwsError of the first that breaks a rule. */
export function checkSettings(settings: Settings): void {
  const broken = rules.find((rule) => rule.breaks(settings));
  if (broken) throw new AwsError(broken.code, broken.message(settings));
}

/** AWS refuses a trail of all Regions without the events of global services. */
export function checkGlobalServices(multiRegion: boolean, globalServiceEvents: boolean): void {
  if (multiRegion && !globalServiceEvents)
    throw new AwsError(
      "InvalidParameterCombinationException",
      "Multi-Region trail must include global service events.",
    );
}

/** What a service beyond OpenTrail answers; throws ServiceUnavailable when it can't be asked. */
async function asked<Answer>(answer: Promise<Answer>): Promise<Answer> {
  return answer.catch((error: Error) => {
    throw error instanceof AwsError
      ? error
      : new AwsError("ServiceUnavailable", error.message, { status: 503, cause: error });
  });
}

/**
 * Looks whether the trail's topic is there and lets CloudTrail publish, as far as OpenTrail may see. Throws
 * InsufficientSnsTopicPolicyException, which beyond AWS's message tells what to do.
 */
export async function checkTopic(topics: Topics | undefined, trail: Trail): Promise<void> {
  if (!trail.snsTopic) return;
  const { arn } = trail.snsTopic;
  const insufficient = (remedy: string) =>
    new AwsError(
      "InsufficientSnsTopicPolicyException",
      `SNS Topic does not exist or the topic policy is incorrect!${remedy}`,
    );
  if (!topics) throw insufficient(" OpenTrail has no SNS: set endpoints.sns to where the topic is.");
  const topic = await asked(topics.find(arn));
  if (!topic) throw insufficient("");
  const context = contextOf(trail.account, trailArn(trail));
  if (topic.policy !== undefined && !policyAllows(topic.policy, { action: "sns:Publish", resource: arn, context }))
    throw insufficient(` It does not: Allow SNS:Publish on ${arn} to the service cloudtrail.amazonaws.com.`);
}

/**
 * Looks whether the trail's log group is there and its role may write to it. Throws
 * InvalidCloudWatchLogsLogGroupArnException, InvalidCloudWatchLogsRoleArnException, and
 * CloudWatchLogsDeliveryUnavailableException where OpenTrail has no CloudWatch Logs.
 */
export async function checkLogGroup(
  { logGroups, roles }: Pick<TrailsParts, "logGroups" | "roles">,
  trail: Trail,
): Promise<void> {
  const { cloudWatchLogs } = trail;
  if (!cloudWatchLogs) return;
  checkLogGroupArns(cloudWatchLogs, trail);
  if (!logGroups)
    throw new AwsError(
      "CloudWatchLogsDeliveryUnavailableException",
      "Cannot set a CloudWatch Logs delivery for this region. OpenTrail has no CloudWatch Logs: set endpoints.logs to where the log group is.",
    );
  if (roles) await checkLogGroupRole(roles, trail);
  if (!(await asked(logGroups.exists(logGroupOf(cloudWatchLogs.logGroupArn)))))
    throw new AwsError(
      "InvalidCloudWatchLogsLogGroupArnException",
      "Check the log group ARN: CloudTrail can't validate it.",
    );
}

/**
 * Looks whether log files can go there: throws S3BucketDoesNotExistException, or InsufficientS3BucketPolicyException,
 * which beyond AWS's message tells the statement that the bucket policy lacks.
 */
export async function checkBucket(target: Pick<LogTarget, "bucket">, trail: Trail): Promise<void> {
  const { bucket, account } = trail;
  const insufficient = (why: string) =>
    new AwsError(
      "InsufficientS3BucketPolicyException",
      `Incorrect S3 bucket policy is detected for bucket: ${bucket}. ${why}`,
    );
  const found = await asked(
    target.bucket(bucket).catch((error: unknown) => {
      if (error instanceof AwsError && error.code === "AccessDenied")
        throw insufficient("OpenTrail's own credentials have no access to it.");
      throw error;
    }),
  );
  if (found?.ownCredentials) return;
  if (!found) throw new AwsError("S3BucketDoesNotExistException", `S3 bucket ${bucket} does not exist!`);
  checkKmsKeyRegion(trail.kmsKey, found.region);
  // An organization's folder has one for each account; the statement that AWS asks for has them all.
  const folder = trail.organization ? logsFolder(trail) : accountFolder(trail, account);
  const missing = bucketRequests(bucket, account, trailArn(trail), folder, encryptionHeaders(trail.kmsKey)).filter(
    ({ request }) => !policyAllows(found.policy, request),
  );
  if (missing.length > 0) throw insufficient(`It does not: ${missing.map(({ statement }) => statement).join("; ")}.`);
}
