import { AwsError } from "./error.ts";
import type { Protocol, Service } from "./model.ts";

const rateExceeded = "Rate exceeded";
const retryAfter = 1;

// Whose fault: real records have Client.RequestLimitExceeded, though EC2 answers it with 503.
const rows: Readonly<Record<Protocol, () => AwsError>> = {
  ec2Query: () =>
    new AwsError("RequestLimitExceeded", "Request limit exceeded.", { status: 503, fault: "Sender", retryAfter }),
  awsQuery: () => new AwsError("Throttling", rateExceeded, { retryAfter }),
  "awsJson1.1": () => new AwsError("ThrottlingException", rateExceeded, { retryAfter }),
  // EBS, the only one: https://docs.aws.amazon.com/ebs/latest/APIReference/API_RequestThrottledException.html
  restJson: () => new AwsError("RequestThrottledException", rateExceeded, { retryAfter }),
  restXml: () => new AwsError("SlowDown", "Please reduce your request rate.", { status: 503, retryAfter }),
};

/** A service's own refusal of a call that came too soon after others. */
export function throttled(service: Service): AwsError {
  return rows[service.protocol]();
}
