import type { Tag } from "@aws-sdk/client-sts";
import type { Caller } from "../../aws/caller.ts";
import { AwsError } from "../../aws/error.ts";
import { violated } from "./checks.ts";

/** Session tags by key, and the keys of those that the next role of a chain gets too. */
export interface SessionTags {
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
}

const invalid = (message: string) => new AwsError("InvalidParameterValue", message);

/** Tags that a call passes, checked. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html */
export function tagsOf(tags: readonly Tag[] = []): Record<string, string> {
  if (tags.length > 50) throw violated("tags", "of this length", "have length less than or equal to 50");
  const found = new Map<string, string>();
  const keys = new Set<string>();
  for (const [index, { Key = "", Value = "" }] of tags.entries()) {
    checkText(`tags.${index + 1}.member.key`, Key, 1, 128);
    checkText(`tags.${index + 1}.member.value`, Value, 0, 256);
    if (keys.has(Key.toLowerCase()))
      throw invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.");
    keys.add(Key.toLowerCase());
    found.set(Key, Value);
  }
  return Object.fromEntries(found);
}

function checkText(member: string, text: string, least: number, most: number): void {
  if (text.length < least) throw violated(member, `'${text}'`, `have length greater than or equal to ${least}`);
  if (text.length > most) throw violated(member, `'${text}'`, `have length less than or equal to ${most}`);
  if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(text))
    throw violated(member, `'${text}'`, "satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+");
}

/** The tags that a caller's session hands on in a chain of roles. */
export function inheritedTags(caller: Caller): SessionTags {
  const { tags = {}, transitiveTagKeys = [] } = ("session" in caller ? caller.session : undefined) ?? {};
  const handedOn = Object.entries(tags).filter(([key]) => transitiveTagKeys.includes(key));
  return { tags: Object.fromEntries(handedOn), transitiveTagKeys };
}

/** The tags of a new session: the inherited ones, which can't be set anew, and those passed. */
export function sessionTags(
  passed: Readonly<Record<string, string>>,
  transitiveKeys: readonly string[],
  inherited: SessionTags,
): SessionTags {
  const has = (tags: object, key: string) => Object.keys(tags).some((own) => own.toLowerCase() === key.toLowerCase());
  if (!transitiveKeys.every((key) => has(passed, key)))
    throw invalid("The specified transitive tag key must be included in the requested tags.");
  if (Object.keys(passed).some((key) => has(inherited.tags, key)))
    throw invalid(
      "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.",
    );
  return {
    tags: { ...inherited.tags, ...passed },
    transitiveTagKeys: [...inherited.transitiveTagKeys, ...transitiveKeys],
  };
}
