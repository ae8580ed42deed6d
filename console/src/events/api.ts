import type { Activity } from "../../../src/history/activity.ts";
import type { CloudTrailRecord } from "../../../src/record/record.ts";
import { refusalIn } from "../session/refused.ts";
import { type AttributeKey, parameterOf, type Term } from "./attributes.ts";
import { momentsOf, type TimeRange } from "./time-range.ts";
import { newestFirst, type Sort } from "./view.ts";

/** An event, and what CloudTrail derives from its record for look-ups. */
export interface FoundEvent {
  readonly position: number;
  readonly username?: string;
  readonly resources: readonly { readonly type?: string; readonly name: string }[];
  readonly record: CloudTrailRecord;
  /** Where it stands in the order that was asked for, for what comes behind it. */
  readonly place?: string;
}

/** Which events are meant, in which time; `seen`: the server answers when this entry of the journal can be found. */
export interface Selection {
  readonly terms: readonly Term[];
  readonly range: TimeRange;
  readonly seen?: number | undefined;
}

export type { Activity, Bar } from "../../../src/history/activity.ts";

type Options = Readonly<Record<string, string | number | undefined>>;

/** The query that asks OpenTrail's API for a selection; `now` in milliseconds since 1970. */
export function selectionQuery({ terms, range, seen }: Selection, options: Options, now: number): string {
  const parameters = new URLSearchParams(terms.map(parameterOf));
  for (const [name, value] of Object.entries({ ...momentsOf(range, now), seen, ...options }))
    if (value !== undefined) parameters.set(name, String(value));
  return parameters.toString();
}

async function get(path: string, selection: Selection, options: Options, signal: AbortSignal): Promise<Response> {
  const query = selectionQuery(selection, options, Date.now());
  const response = await fetch(`/_opentrail/${path}?${query}`, { signal });
  if (!response.ok) throw await refusalIn(response);
  return response;
}

interface PageOptions {
  readonly sort?: Sort;
  readonly after?: string | undefined;
  readonly before?: string;
  readonly limit: number;
}

/**
 * The first events that are meant in the order, behind `after`, or the last ones before `before`; the newest first, unless
 * told otherwise.
 */
export async function findEvents(
  selection: Selection,
  { sort = newestFirst, ...options }: PageOptions,
  signal: AbortSignal,
): Promise<FoundEvent[]> {
  const response = await get("events", selection, { ...options, ...sortOptions(sort) }, signal);
  const lines = (await response.text()).split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as FoundEvent);
}

const sortOptions = ({ by, ascending }: Sort): Options => ({ sort: by, order: ascending ? "asc" : "desc" });

/** The events with these ids, in their order; those that Event history hasn't got are left out. */
export async function findEventsById(ids: readonly string[], signal: AbortSignal): Promise<FoundEvent[]> {
  const terms = ids.map((value): Term => ({ key: "EventId", value, negated: false }));
  const found = ids.length === 0 ? [] : await findEvents({ terms, range: undefined }, { limit: ids.length }, signal);
  return ids.flatMap((id) => found.find(({ record }) => record.eventID === id) ?? []);
}

/** What one of the API's paths below `/_opentrail/` answers for a selection. Rejects with its message. */
export async function ask<Answer>(
  path: string,
  selection: Selection,
  options: Options,
  signal: AbortSignal,
): Promise<Answer> {
  return (await get(path, selection, options, signal)).json();
}

export async function findActivity(selection: Selection, bars: number, signal: AbortSignal): Promise<Activity> {
  return ask("activity", selection, { bars }, signal);
}

/** An attribute's values that contain what was typed, the most frequent first. */
export async function findValues(
  selection: Selection,
  options: { readonly attribute: AttributeKey; readonly typed: string; readonly limit: number },
  signal: AbortSignal,
): Promise<{ value: string; events: number }[]> {
  return ask("values", selection, options, signal);
}

/** Beyond every entry of the journal: who wants to have seen it has seen all. */
const journalEnd = 999_999_999_999_999;

/**
 * Tells the journal's end when it begins to follow, then each event's entry as it is recorded, until the signal aborts; ends
 * with an error when it breaks off.
 */
export async function followEvents(
  terms: readonly Term[],
  onEvent: (position: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await get("tail", { terms, range: undefined }, {}, signal);
  // What was recorded before it is followed may not have been found yet.
  onEvent(journalEnd);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done) throw new Error("OpenTrail went away.");
    const lines = (rest + value).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") onEvent((JSON.parse(line) as FoundEvent).position);
  }
}

/** Where the selection can be downloaded in its order; the first 200,000 events at most. */
export function downloadHref(selection: Selection, sort: Sort, format: "csv" | "json"): string {
  return `/_opentrail/event_history.${format}?${selectionQuery(selection, sortOptions(sort), Date.now())}`;
}
