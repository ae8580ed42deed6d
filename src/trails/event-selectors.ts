import type { AdvancedEventSelector, EventSelector, PutEventSelectorsRequest } from "@aws-sdk/client-cloudtrail";
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

/** The selectors of a PutEventSelectors, with AWS's defaults; basic or advanced. Throws InvalidEventSelectorsException. */
export function checkedEventSelectors({
  EventSelectors,
  AdvancedEventSelectors,
}: PutEventSelectorsRequest):
  | { eventSelectors: EventSelector[] }
  | { advancedEventSelectors: AdvancedEventSelector[] } {
  const basic = EventSelectors?.length ? EventSelectors : undefined;
  const advanced = AdvancedEventSelectors?.length ? AdvancedEventSelectors : undefined;
  if (basic && advanced)
    throw new AwsError(
      "InvalidEventSelectorsException",
      "You can use either EventSelectors or AdvancedEventSelectors, but not both.",
    );
  if (basic) return { eventSelectors: checkedBasicSelectors(basic) };
  if (advanced) return { advancedEventSelectors: checkedAdvancedSelectors(advanced) };
  throw new AwsError("InvalidEventSelectorsException", "You must specify EventSelectors or AdvancedEventSelectors.");
}

/** Whether the trail's event selectors select the record: one that does is enough. */
export function isSelected(trail: Trail, record: CloudTrailRecord): boolean {
  return trail.advancedEventSelectors
    ? isSelectedByAdvanced(trail.advancedEventSelectors, record)
    : isSelectedByBasic(trail.eventSelectors ?? defaultEventSelectors, record);
}
