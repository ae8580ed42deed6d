import { AwsError } from "../aws/error.ts";
import { eventDataStoreNotFound } from "./errors.ts";

/**
 * Checks that a call which can mean a trail or an event data store means a trail: throws InvalidParameterCombinationException
 * for both or neither, and EventDataStoreNotFoundException for an event data store, of which there is none.
 */
export function checkOfTrail(trailName: string | undefined, eventDataStore: string | undefined): void {
  if ((trailName === undefined) === (eventDataStore === undefined))
    throw new AwsError(
      "InvalidParameterCombinationException",
      "Specify either TrailName or EventDataStore, and not both of them.",
    );
  if (eventDataStore !== undefined) throw eventDataStoreNotFound(eventDataStore);
}
