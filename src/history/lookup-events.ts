import { createHash } from "node:crypto";
import type { Event as LookedUpEvent, LookupEventsRequest, LookupEventsResponse } from "@aws-sdk/client-cloudtrail";
import { z } from "zod";
import { AwsError } from "../aws/error.ts";
import type { AccountId, Region } from "../aws/names.ts";
import { lookupKeys } from "./attributes.ts";
import { type HistoryEvent, timeOf } from "./event.ts";
import type { Term } from "./filter.ts";
import type { Query } from "./find.ts";
import { newestFirst, type Place } from "./order.ts";
import { lastSecond, timeRangeOf } from "./time-range.ts";

export const mostResults = 50;

/** What LookupEvents asks for, checked: where to look, or nothing at all (Insights events, of which there are none). */
export interface Lookup {
  readonly query: Query;
  readonly insight: boolean;
  /** The token of the page that follows an event. */
  readonly tokenAfter: (place: Place) => string;
}

/**
 * Checks the input of LookupEvents. `earliest`: where Event history begins, in seconds since 1970.
 * Throws InvalidLookupAttributes-, InvalidTimeRange-, InvalidMaxResults-, InvalidNextToken-, InvalidEventCategoryException.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html (codes; the messages are ours)
 */
export function lookupOf(account: AccountId, region: Region, input: LookupEventsRequest, earliest: number): Lookup {
  const insight = input.EventCategory !== undefined;
  if (insight && input.EventCategory !== "insight")
    throw new AwsError(
      "InvalidEventCategoryException",
      `The event category ${input.EventCategory} is not valid. The valid value is insight.`,
    );
  const attribute = attributeOf(input, insight);
  const { StartTime: start, EndTime: end } = input;
  if (start && end && start > end)
    throw new AwsError(
      "InvalidTimeRangeException",
      `The start time ${start.toISOString()} is after the end time ${end.toISOString()}.`,
    );
  const limit = input.MaxResults ?? mostResults;
  if (limit < 1 || limit > mostResults)
    throw new AwsError(
      "InvalidMaxResultsException",
      `The maximum number of results ${limit} is not valid. Specify a value from 1 to ${mostResults}.`,
    );
  // MaxResults is not part of it: clients ask for fewer on their last page.
  const parameters = digest([account, region, attribute, start, end, input.EventCategory]);
  return {
    insight,
    query: {
      terms: [
        { key: "AccountId", value: account },
        { key: "Region", value: region },
        ...(attribute ? [attribute] : []),
      ],
      ...timeRangeOf(start, end, earliest),
      order: newestFirst,
      after: input.NextToken === undefined ? undefined : placeOfToken(input.NextToken, parameters),
      limit,
    },
    tokenAfter: ({ time, position }) => Buffer.from(JSON.stringify([parameters, time, position])).toString("base64"),
  };
}

/** The page: events newest first, and a token when there are more. */
export function pageOf(lookup: Lookup, found: readonly HistoryEvent[]): LookupEventsResponse {
  const events = found.slice(0, lookup.query.limit);
  const last = events.at(-1);
  return {
    Events: events.map(lookedUp),
    ...(last &&
      found.length > events.length && {
        NextToken: lookup.tokenAfter({ time: timeOf(last), position: last.position }),
      }),
  };
}

function lookedUp(event: HistoryEvent): LookedUpEvent {
  const { record } = event;
  return {
    EventId: record.eventID,
    EventName: record.eventName,
    ReadOnly: event.readOnly,
    ...(event.accessKeyId !== undefined && { AccessKeyId: event.accessKeyId }),
    EventTime: new Date(record.eventTime),
    EventSource: record.eventSource,
    ...(event.username !== undefined && { Username: event.username }),
    Resources: event.resources.map(({ type, name }) => ({
      ...(type !== undefined && { ResourceType: type }),
      ResourceName: name,
    })),
    CloudTrailEvent: event.raw,
  };
}

const insightKeys: ReadonlySet<string> = new Set(["EventId", "EventName", "EventSource"]);
const longestValue = 2000;

function attributeOf(input: LookupEventsRequest, insight: boolean): Term | undefined {
  const attributes = input.LookupAttributes ?? [];
  const [attribute] = attributes;
  if (attributes.length > 1) throw invalidAttributes("LookupAttributes can contain only one item.");
  if (!attribute) return undefined;
  const { AttributeKey: key, AttributeValue: value } = attribute;
  const keys = insight ? insightKeys : lookupKeys;
  if (key === undefined || !keys.has(key))
    throw invalidAttributes(`The attribute key ${key} is not valid. Valid keys are ${[...keys].join(", ")}.`);
  if (!value) throw invalidAttributes(`The value of the attribute ${key} is empty.`);
  // AWS counts these characters twice.
  const length = value.length + (value.match(/[_ ,\n]/g)?.length ?? 0);
  if (length > longestValue)
    throw invalidAttributes(`The value of the attribute ${key} is longer than ${longestValue} characters.`);
  return { key, value };
}

function invalidAttributes(message: string): AwsError {
  return new AwsError("InvalidLookupAttributesException", message);
}

const token = z.tuple([z.string(), z.int().min(0).max(lastSecond), z.int().min(0)]);

function placeOfToken(text: string, parameters: string): Place {
  try {
    const [own, time, position] = token.parse(JSON.parse(Buffer.from(text, "base64").toString("utf8")));
    if (own === parameters) return { time, position };
  } catch {
    // Anything that isn't a token of ours gets the same answer.
  }
  throw new AwsError(
    "InvalidNextTokenException",
    "The NextToken is not valid, or it was used with other parameters than those of the request that returned it.",
  );
}

function digest(parameters: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parameters)).digest("base64").slice(0, 16);
}
