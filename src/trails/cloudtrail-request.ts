import type { AccountId } from "../aws/names.ts";

/** One thing that the service CloudTrail asks of a bucket or topic. */
export interface CloudTrailRequest {
  readonly action: "s3:GetBucketAcl" | "s3:PutObject" | "sns:Publish";
  readonly resource: string;
  /** Condition keys and their values, keys in lower case. */
  readonly context: Readonly<Record<string, string>>;
}

/** The context of whatever CloudTrail asks for a trail. */
export function contextOf(account: AccountId, trailArn: string): CloudTrailRequest["context"] {
  return { "aws:sourcearn": trailArn, "aws:sourceaccount": account, "aws:securetransport": "true" };
}
