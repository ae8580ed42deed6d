import type { EventSelector, PutEventSelectorsRequest } from "@aws-sdk/client-cloudtrail";
import { AwsError } from "../aws/error.ts";
import type { CloudTrailRecord } from "../record/record.ts";
import { checkedAdvancedSelectors, isSelectedByAdvanced } from "./advanced-event-selectors.ts";
import { checkedBasicSelectors, isSelectedByBasic } from "./basic-event-selectors.ts";
import type { Trail } from "./trail.ts";

/** What a trail selects until PutEventSelectors: all management events. */
export const defaultEventSelectors: EventSelector[] = [
  { ReadWriteType: "All", IncludeManagementEvents: true, DataResources: [], ExcludeManagementEventSources: [] },
];

/** Whether the trail selects anything but what a new trail does. */
export function hasCustomEventSelectors(trail: Trail): boolean {
  return (
    trail.advancedEventSelectors !== undefined ||
    (trail.eventSelectors !== undefined &&
      JSON.stringify(trail.eventSelectors) !== JSON.stringify(defaultEventSelectors))
  );
}

/**
 * What a PutEventSelectors makes of a trail's selectors, with AWS's defaults. Throws InvalidEventSelectorsException.
 * No advanced ones, as Terraform's provider puts after it has put basic ones, takes only advanced ones away.
 */
export function checkedEventSelectors(
  { EventSelectors, AdvancedEventSelectors }: PutEventSelectorsRequest,
  { eventSelectors }: Pick<Trail, "eventSelectors">,
): Pick<Trail, "eventSelectors" | "advancedEventSelectors"> {
  const basic = EventSelectors?.length ? EventSelectors : undefined;
  const advanced = AdvancedEventSelectors?.length ? AdvancedEventSelectors : undefined;
  if (basic && advanced)
    throw new AwsError(
      "InvalidEventSelectorsException",
      "You can use either EventSelectors or AdvancedEventSelectors, but not both.",
    );
  if (basic) return { eventSelectors: checkedBasicSelectors(basic) };
  if (advanced) return { advancedEventSelectors: checkedAdvancedSelectors(advanced) };
  if (!EventSelectors && AdvancedEventSelectors) return eventSelectors ? { eventSelectors } : {};
  throw new AwsError("InvalidEventSelectorsException", "You must specify EventSelectors or AdvancedEventSelectors.");
}

/** Whether the trail's event selectors select the record: one that does is enough. */
export function isSelected(trail: Trail, record: CloudTrailRecord): boolean {
  return trail.advancedEventSelectors
    ? isSelectedByAdvanced(trail.advancedEventSelectors, record)
    : isSelectedByBasic(trail.eventSelectors ?? defaultEventSelectors, record);
}
