import { AwsError } from "../../aws/error.ts";
import type { Trail } from "../trail.ts";

/**
 * The topic that a trail's SnsTopicName names: by its name in the trail's own Region and account, or by its ARN.
 * Throws InvalidSnsTopicNameException.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html
 */
export function snsTopic(
  nameOrArn: string,
  { homeRegion, account }: Pick<Trail, "homeRegion" | "account">,
): { name: string; arn: string } {
  const name = /^arn:aws:sns:[a-z]{2,4}(?:-[a-z]+)+-\d{1,2}:\d{12}:(.*)$/s.exec(nameOrArn)?.[1];
  if (!/^[A-Za-z0-9_-]{1,256}$/.test(name ?? nameOrArn))
    throw new AwsError("InvalidSnsTopicNameException", `SNS topic name ${nameOrArn} is not valid.`);
  return {
    name: nameOrArn,
    arn: name === undefined ? `arn:aws:sns:${homeRegion}:${account}:${nameOrArn}` : nameOrArn,
  };
}
