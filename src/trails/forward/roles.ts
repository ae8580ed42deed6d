import { AwsError } from "../../aws/error.ts";
import type { Trail } from "../trail.ts";

/** What a role is to be allowed. */
export interface RoleRequest {
  readonly action: string;
  readonly resource: string;
}

/** IAM, as far as trails need it. */
export interface Roles {
  /** Whether the service CloudTrail may assume the role; undefined when no such role is known here. */
  trustsCloudTrail(arn: string): Promise<boolean | undefined>;
  /** Whether its policies allow the request, as far as their texts are known. */
  allows(arn: string, request: RoleRequest): Promise<boolean>;
}

const needed = ["logs:CreateLogStream", "logs:PutLogEvents"];

/**
 * Checks that CloudTrail could write to the trail's log group with the trail's role. A role that isn't known here may be
 * another IAM's. Throws AWS's errors, which beyond AWS's messages tell what is missing.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
 */
export async function checkLogGroupRole(
  roles: Roles,
  { cloudWatchLogs, account, homeRegion }: Pick<Trail, "cloudWatchLogs" | "account" | "homeRegion">,
): Promise<void> {
  if (!cloudWatchLogs) return;
  const { logGroupArn, roleArn } = cloudWatchLogs;
  const trusts = await roles.trustsCloudTrail(roleArn);
  if (trusts === undefined) return;
  if (!trusts)
    throw new AwsError(
      "InvalidCloudWatchLogsRoleArnException",
      `Access denied. Verify in IAM that the role has adequate trust relationships. ${roleArn} does not: Allow sts:AssumeRole to the service cloudtrail.amazonaws.com.`,
    );
  const resource = `${logGroupArn.slice(0, -":*".length)}:log-stream:${account}_CloudTrail_${homeRegion}`;
  for (const action of needed)
    if (!(await roles.allows(roleArn, { action, resource })))
      throw new AwsError(
        "InvalidCloudWatchLogsLogGroupArnException",
        `Access denied. Verify in IAM that the role has adequate permissions. ${roleArn} does not: Allow ${action} on ${resource}.`,
      );
}
