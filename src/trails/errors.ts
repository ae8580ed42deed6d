import { AwsError } from "../aws/error.ts";

/** What a reference to an event data store comes to where there are none: its ARN isn't one, or it isn't there. */
export function eventDataStoreNotFound(reference: string): AwsError {
  const isArn = /^arn:[a-z-]+:cloudtrail:[a-z0-9-]+:\d{12}:eventdatastore\/[A-Za-z0-9-]+$/.test(reference);
  return reference.includes(":") && !isArn
    ? new AwsError("EventDataStoreARNInvalidException", `Event data store ARN ${reference} is not valid.`)
    : new AwsError("EventDataStoreNotFoundException", `Event data store ${reference} was not found.`);
}

/** Only the management account and delegated administrators change an organization's trails. */
export function notMasterAccount(): AwsError {
  return new AwsError(
    "NotOrganizationMasterAccountException",
    "You cannot configure or manage trails for an organization because this action requires being signed in with the management account.",
  );
}
