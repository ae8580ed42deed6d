import { setTimeout as pause } from "node:timers/promises";
import type { LookupEventsRequest, LookupEventsResponse } from "@aws-sdk/client-cloudtrail";
import type { Clock } from "../aws/clock.ts";
import type { AccountId, Region } from "../aws/names.ts";
import type { Journal, Position } from "../storage/journal/index.ts";
import type { State } from "../storage/state/index.ts";
import type { Tables } from "../storage/tables/index.ts";
import { type Activity, activityOf } from "./activity.ts";
import type { AttributeKey } from "./attributes.ts";
import { HistoryRequestError } from "./errors.ts";
import type { HistoryEvent } from "./event.ts";
import type { Filter } from "./filter.ts";
import { findEvents } from "./find.ts";
import { lookupOf, pageOf } from "./lookup-events.ts";
import { newestFirst, type Order, type Place, placeOf, reversed } from "./order.ts";
import { type Overview, overviewOf } from "./overview.ts";
import { createThrottle } from "./rate.ts";
import { type HistoryReader, startHistoryReader } from "./reader.ts";
import { type PersonStory, personStoryOf, type ResourceStory, resourceStoryOf } from "./story.ts";
import { createEventsTable } from "./table.ts";
import { followJournal } from "./tail.ts";
import { timeRangeOf } from "./time-range.ts";
import { type CountedValue, valuesOf } from "./values.ts";

export interface HistoryOptions {
  readonly tables: Tables;
  readonly state: State;
  readonly journal: Journal;
  readonly clock: Clock;
  /** How far Event history looks back; AWS's is 90 days. */
  readonly retentionDays: number;
  /** LookupEvents calls a second, for each account and Region (AWS: 2); not given: as many as come. */
  readonly lookupRate?: number;
  /** How long a question waits for what it wants `seen`, in milliseconds. */
  readonly longestWaitMs?: number;
  /** Told of a batch that couldn't be inserted, which is tried again with backoff. */
  readonly onFailure: (error: unknown, nextAttemptInMs: number) => void;
}

/** Which part of Event history is looked at; without `start` as far back as it goes. */
export interface Selection extends Filter {
  readonly start?: Date | undefined;
  readonly end?: Date | undefined;
  /** Wait until this entry of the journal can be found; a HistoryRequestError tells when that takes too long. */
  readonly seen?: Position | undefined;
}

/** What `search` looks for. */
export interface SearchQuery extends Selection {
  /** Newest first, when not given. */
  readonly order?: Order;
  /** Only events that follow this place in that order. */
  readonly after?: Place | undefined;
  /** Instead of the first events the last ones that come before this place. */
  readonly before?: Place | undefined;
  readonly limit: number;
}

export interface OverviewQuery extends Selection {
  /** How many values of each attribute. */
  readonly top: number;
  /** In which days and hours are told: the name of a time zone, or minutes east of UTC. */
  readonly zone: string | number;
}

export interface StoryQuery extends Selection {
  /** How many of each list. */
  readonly top: number;
}

export interface ActivityQuery extends Selection {
  /** How many bars there may be at most. */
  readonly bars: number;
}

export interface ValuesQuery extends Selection {
  readonly attribute: AttributeKey;
  /** Text that the values contain, in any case. */
  readonly typed: string;
  readonly limit: number;
}

export interface TailQuery extends Filter {
  /** Follow from behind this entry; not given: only what comes from now on. */
  readonly after?: Position | undefined;
  readonly signal: AbortSignal;
}

/** Event history: what happened in the last 90 days, by account and Region; fed from the journal. */
export interface History {
  /** Begins to read the journal, where it left off. */
  start(): Promise<void>;
  /** Ends after the batch under way. */
  stop(): Promise<void>;
  /** The journal's entry up to which events are found. */
  position(): Position;
  /** Resolves when events up to `position` are found. */
  caughtUp(position: Position): Promise<void>;
  /** The action LookupEvents; throws its AwsErrors. */
  lookupEvents(account: AccountId, region: Region, input: LookupEventsRequest): Promise<LookupEventsResponse>;
  /** All events that match all of the query, in its order, fetched as they are taken. */
  search(query: SearchQuery): AsyncIterable<HistoryEvent>;
  /** How many of the events that match fall into each stretch of time. */
  activity(query: ActivityQuery): Promise<Activity>;
  /** An attribute's values in the events that match, the most frequent first. */
  values(query: ValuesQuery): Promise<CountedValue[]>;
  /** The events that match at a glance: their most frequent values, when they were, and what was new. */
  overview(query: OverviewQuery): Promise<Overview>;
  /** What happened to a resource, in the events that match, and what belongs to it. */
  resourceStory(resource: string, query: StoryQuery): Promise<ResourceStory>;
  /** What they did whose events match. */
  personStory(query: StoryQuery): Promise<PersonStory>;
  /** Events as they are recorded, data events too, until the signal aborts. */
  tail(query: TailQuery): AsyncIterable<HistoryEvent>;
}

// Of what `search` fetches at once: the first events soon, then long stretches.
const firstPage = 200;
const nextPages = 2_000;

/** Opens Event history on its storage; `start` then makes it follow the journal. */
export async function openHistory(options: HistoryOptions): Promise<History> {
  const { tables, journal, clock, retentionDays, lookupRate, longestWaitMs = 10_000 } = options;
  await createEventsTable(tables, retentionDays);
  const throttle = lookupRate === undefined ? undefined : createThrottle(lookupRate, clock);
  const now = (): number => Math.floor(clock.now() / 1000);
  const earliest = (): number => Math.max(0, Math.floor(now() - retentionDays * 86_400));
  let reader: HistoryReader | undefined;

  function running(): HistoryReader {
    if (!reader) throw new Error("Event history is not started");
    return reader;
  }

  async function waitFor(entry: Position): Promise<void> {
    const answered = new AbortController();
    const late = pause(longestWaitMs, "late", { signal: answered.signal }).catch(() => undefined);
    try {
      if ((await Promise.race([running().caughtUp(entry), late])) !== "late") return;
    } finally {
      answered.abort();
    }
    throw new HistoryRequestError(
      `Event history is behind: it hasn't taken in entry ${entry} of the journal yet, and goes on trying. Ask again later.`,
      503,
    );
  }

  async function rangeOf({ start, end, seen }: Selection): Promise<{ from: number; to: number }> {
    await reader?.lookedAt();
    if (seen !== undefined) await waitFor(Math.min(seen, journal.end()));
    return timeRangeOf(start, end, earliest());
  }

  return {
    async start() {
      reader ??= await startHistoryReader(options);
    },

    async stop() {
      await reader?.stop();
    },

    position: () => running().position(),

    caughtUp: (position) => running().caughtUp(position),

    async lookupEvents(account, region, input) {
      throttle?.(`${account}/${region}`);
      await reader?.lookedAt();
      const lookup = lookupOf(account, region, input, earliest());
      if (lookup.insight) return { Events: [] };
      // One more than asked for tells whether there is another page.
      return pageOf(lookup, await findEvents(tables, { ...lookup.query, limit: lookup.query.limit + 1 }, now()));
    },

    async *search({ limit: wanted, order = newestFirst, ...query }) {
      const range = await rangeOf(query);
      if (query.before) {
        const backwards = { order: reversed(order), after: query.before, limit: wanted };
        yield* (await findEvents(tables, { terms: query.terms, ...range, ...backwards }, now())).reverse();
        return;
      }
      let after = query.after;
      for (let found = 0; found < wanted; ) {
        const limit = Math.min(wanted - found, found === 0 ? firstPage : nextPages);
        const page = await findEvents(tables, { terms: query.terms, ...range, order, after, limit }, now());
        yield* page;
        const last = page.at(-1);
        if (!last || page.length < limit) return;
        found += page.length;
        after = placeOf(last, order);
      }
    },

    async activity(query) {
      return activityOf(tables, { ...query, ...(await rangeOf(query)) }, now());
    },

    async values(query) {
      return valuesOf(tables, { ...query, ...(await rangeOf(query)) }, now());
    },

    async overview(query) {
      return overviewOf(tables, { ...query, ...(await rangeOf(query)), earliest: earliest() }, now());
    },

    async resourceStory(resource, query) {
      const terms = [...query.terms, { key: "ResourceName", value: resource } as const];
      return resourceStoryOf(tables, resource, { ...query, terms, ...(await rangeOf(query)) });
    },

    async personStory(query) {
      return personStoryOf(tables, { ...query, ...(await rangeOf(query)) });
    },

    tail: ({ after, signal, ...filter }) => followJournal(journal, after ?? journal.end(), filter, signal),
  };
}
