import { type AttributeKey, termOf } from "../events/attributes.ts";

/** Whom or what a story is about: a resource by its name, or a caller by one of the attributes that tell callers. */
export interface Subject {
  readonly key: SubjectKey;
  readonly value: string;
}

export type SubjectKey = (typeof subjectKeys)[number];

const subjectKeys = [
  "ResourceName",
  "Username",
  "Role",
  "AccessKeyId",
  "PrincipalArn",
] as const satisfies readonly AttributeKey[];

export const isSubjectKey = (key: string): key is SubjectKey => (subjectKeys as readonly string[]).includes(key);

/** Reads the subject from an address's query; undefined where it names none. */
export function subjectOf(query: string): Subject | undefined {
  for (const [name, given] of new URLSearchParams(query)) {
    const term = termOf(name, given);
    if (term && !term.negated && isSubjectKey(term.key)) return { key: term.key, value: term.value };
  }
  return undefined;
}

/** The address of a story, in the words of Event history's own addresses. */
export function storyHref(key: SubjectKey, value: string): string {
  return `/console/story?${new URLSearchParams({ [key]: value })}`;
}
