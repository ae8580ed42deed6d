import type { Span } from "../../../src/history/story.ts";
import { ask, type FoundEvent, findEvents } from "../events/api.ts";
import { anyValue, type Term } from "../events/attributes.ts";
import type { TimeRange } from "../events/time-range.ts";
import { lifeEvents } from "./life.ts";
import type { Subject } from "./subject.ts";

export type { Issue, PersonStory, Related, ResourceStory, Span } from "../../../src/history/story.ts";

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
