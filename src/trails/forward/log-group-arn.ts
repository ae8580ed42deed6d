import { AwsError } from "../../aws/error.ts";
import type { Trail } from "../trail.ts";

/** A log group as CloudWatch Logs knows it. */
export interface LogGroup {
  readonly region: string;
  readonly name: string;
}

const form = /^arn:aws:logs:([a-z]{2,4}(?:-[a-z]+)+-\d{1,2}):(\d{12}):log-group:([.\w/#-]{1,512}):\*$/;
const roleForm = /^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]{1,512}$/;

/** The log group of an ARN that `checkLogGroupArns` let pass. */
export function logGroupOf(arn: string): LogGroup {
  const [, region = "", , name = ""] = form.exec(arn) ?? [];
  return { region, name };
}

/**
 * Checks a trail's log group and role: the ARN ends in `:*`, and the group is in the trail's own account and Region.
 * Throws InvalidCloudWatchLogsLogGroupArnException or InvalidCloudWatchLogsRoleArnException.
 */
export function checkLogGroupArns(
  { logGroupArn, roleArn }: { readonly logGroupArn: string; readonly roleArn: string },
  { account, homeRegion }: Pick<Trail, "account" | "homeRegion">,
): void {
  const [, region, owner] = form.exec(logGroupArn) ?? [];
  if (region !== homeRegion || owner !== account)
    throw new AwsError(
      "InvalidCloudWatchLogsLogGroupArnException",
      "Check the log group ARN: CloudTrail can't validate it.",
    );
  if (!roleForm.test(roleArn))
    throw new AwsError("InvalidCloudWatchLogsRoleArnException", "CloudTrail cannot validate the specified role ARN.");
}
