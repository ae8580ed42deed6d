import type { CloudTrailRecord } from "../../record/record.ts";

/** A record as EventBridge tells it. */
export interface TrailEvent {
  readonly version: "0";
  /** The record's eventID, so that a repeated event is known by it. */
  readonly id: string;
  readonly "detail-type": string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: CloudTrailRecord;
}

// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html; of signing in, its page writes
// "Signin" and the events themselves "Sign In" (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-aws-service-specific-topics.html).
const detailTypes: Readonly<Record<CloudTrailRecord["eventType"], string>> = {
  AwsApiCall: "AWS API Call via CloudTrail",
  AwsServiceEvent: "AWS Service Event via CloudTrail",
  AwsConsoleAction: "AWS Console Action via CloudTrail",
  AwsConsoleSignIn: "AWS Console Sign In via CloudTrail",
  AwsVpceEvent: "AWS Network Activity Event via CloudTrail",
};

/** The event of a record; its source is the service's with `prefix` before it, as in `aws.ec2`. */
export function trailEvent(record: CloudTrailRecord, prefix = "aws."): TrailEvent {
  return {
    version: "0",
    id: record.eventID,
    "detail-type": detailTypes[record.eventType],
    source: prefix + record.eventSource.replace(/\.amazonaws\.com$/, ""),
    account: record.recipientAccountId,
    time: record.eventTime,
    region: record.awsRegion,
    resources: [],
    detail: record,
  };
}
