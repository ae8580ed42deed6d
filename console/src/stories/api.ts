import { ask, type FoundEvent, findEvents } from "../events/api.ts";
import { anyValue, type Term } from "../events/attributes.ts";
import type { TimeRange } from "../events/time-range.ts";
import { lifeEvents } from "./life.ts";
import type { Subject } from "./subject.ts";

/** How many events there are, how many failed, when the first and the last was, in seconds since 1970. */
export interface Span {
  readonly events: number;
  readonly errors: number;
  readonly first: number;
  readonly last: number;
}

/** A resource that belongs to another; `how` names the event that joined them. */
export interface Related {
  readonly name: string;
  readonly type: string;
  readonly events: number;
  readonly how: string;
  readonly first: number;
  readonly last: number;
}

export interface ResourceStory extends Span {
  readonly type: string;
  readonly related: readonly Related[];
}

/** What a person did with one value of an attribute, such as with one access key. */
export interface Used extends Span {
  readonly value: string;
}

/** Credentials that somebody got from STS. */
export interface Issue {
  readonly eventId: string;
  readonly eventName: string;
  readonly time: number;
  readonly roleArn?: string;
  readonly sessionName?: string;
  readonly issuedAccessKeyId: string;
  readonly username?: string;
  readonly accessKeyId?: string;
  readonly sourceIPAddress: string;
}

export interface PersonStory extends Span {
  readonly accessKeys: readonly Used[];
  readonly sourceIPAddresses: readonly Used[];
  readonly userAgents: readonly Used[];
  readonly usernames: readonly Used[];
  readonly roles: readonly Used[];
  readonly regions: readonly Used[];
  readonly eventNames: readonly Used[];
  readonly errorCodes: readonly Used[];
  readonly resources: readonly Used[];
  readonly assumed: readonly Issue[];
  /** Where a temporary access key came from: who asked for it, who had asked for that one's key, and so on. */
  readonly sessions: readonly { readonly accessKeyId: string; readonly issued: readonly Issue[] }[];
}

export const termOf = ({ key, value }: Subject): Term => ({ key, value, negated: false });

/** What is told of a subject: a ResourceStory of a resource, a PersonStory of anyone else. */
export const findStory = <Story extends Span>(
  subject: Subject,
  range: TimeRange,
  signal: AbortSignal,
): Promise<Story> => ask("story", { terms: [termOf(subject)], range }, { top: 50 }, signal);

/** A resource's first and last day: the events that made it and took it away, as far as Event history knows them. */
export async function findLife(
  subject: Subject,
  type: string,
  signal: AbortSignal,
): Promise<{ readonly made: FoundEvent | undefined; readonly gone: FoundEvent | undefined }> {
  const one = async (names: readonly string[], ascending: boolean) => {
    const named = names.map((value): Term => ({ key: "EventName", value, negated: false }));
    const succeeded: Term = { key: "ErrorCode", value: anyValue, negated: true };
    const options = { sort: { by: "EventTime", ascending }, limit: 1 } as const;
    const selection = { terms: [termOf(subject), succeeded, ...named], range: undefined };
    return names.length === 0 ? undefined : (await findEvents(selection, options, signal))[0];
  };
  const { making, ending } = lifeEvents(type);
  const [made, gone] = await Promise.all([one(making, true), one(ending, false)]);
  return { made, gone };
}
