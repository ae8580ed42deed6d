import { CloudTrailClient, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import { EC2Client } from "@aws-sdk/client-ec2";
import { EC2InstanceConnectClient } from "@aws-sdk/client-ec2-instance-connect";
import { IAMClient } from "@aws-sdk/client-iam";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The AWS SDK's clients, unchanged, pointed at an OpenTrail. */
export function clients(
  endpoint: string,
  credentials: Keys = { accessKeyId: "test", secretAccessKey: "test" },
  region = "us-east-1",
) {
  // The SDK writes into what it is given.
  const options = { endpoint, region, credentials: { ...credentials }, maxAttempts: 1 };
  return {
    ec2: new EC2Client(options),
    instanceConnect: new EC2InstanceConnectClient(options),
    sts: new STSClient(options),
    iam: new IAMClient(options),
    cloudtrail: new CloudTrailClient(options),
    s3: new S3Client({ ...options, forcePathStyle: true }),
  };
}

/** Asks `attempt` again until it gives something; fails after `withinMs` with `what`. */
export async function eventually<Result>(
  what: string,
  attempt: () => Promise<Result | undefined>,
  withinMs = 10_000,
): Promise<Result> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const result = await attempt();
    if (result !== undefined) return result;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The event of a call as soon as Event history has it, and its parsed record: by name, and request id where there are several. */
export async function eventOf(cloudtrail: CloudTrailClient, eventName: string, requestId?: string) {
  return eventually(`the event of ${eventName}`, async () => {
    const { Events = [] } = await cloudtrail.send(
      new LookupEventsCommand({ LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: eventName }] }),
    );
    const found = Events.map((event) => ({ event, record: JSON.parse(event.CloudTrailEvent ?? "null") }));
    return found.find(({ record }) => requestId === undefined || record.requestID === requestId);
  });
}
