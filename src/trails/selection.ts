import type { AccountId } from "../aws/names.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import type { Position } from "../storage/journal/journal.ts";
import { isSelected } from "./event-selectors.ts";
import type { Trail } from "./trail.ts";

// Services with one endpoint for all Regions; their events belong to us-east-1.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events
const globalEventSources = new Set(["iam.amazonaws.com", "cloudfront.amazonaws.com", "route53.amazonaws.com"]);
const globalStsHost = "sts.amazonaws.com";

function isGlobalServiceEvent(record: CloudTrailRecord): boolean {
  return (
    record.awsRegion === "us-east-1" &&
    (globalEventSources.has(record.eventSource) ||
      (record.eventSource === "sts.amazonaws.com" && record.tlsDetails?.clientProvidedHostHeader === globalStsHost))
  );
}

/** Whether the trail was logging when the entry came; a span ends with the record of the call that stopped it. */
function wasLogging({ logging }: Trail, position: Position, record: CloudTrailRecord): boolean {
  return logging.some(
    ({ from, stop }) => position > from && (!stop || position <= stop.position || record.requestID === stop.requestId),
  );
}

/** Whether the trail logs the record at this position of the journal. */
export function logs(trail: Trail, position: Position, record: CloudTrailRecord): boolean {
  return (
    (trail.organization?.accounts ?? [trail.account]).includes(record.recipientAccountId as AccountId) &&
    (trail.multiRegion || record.awsRegion === trail.homeRegion) &&
    (trail.globalServiceEvents || !isGlobalServiceEvent(record)) &&
    wasLogging(trail, position, record) &&
    isSelected(trail, record)
  );
}
