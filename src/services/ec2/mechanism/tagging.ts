import type { Tag, TagSpecification } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { invalidValue } from "./errors.ts";
import type { StoredTag } from "./kind.ts";

// Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions
const tagLimit = 50;
const keyLimit = 128;
const valueLimit = 256;

/** The tags that a request gives a new resource of the type. Throws for a type that the action can't tag. */
export function tagsFor(
  specifications: readonly TagSpecification[] | undefined,
  type: string,
  allowed: readonly string[] = [type],
): StoredTag[] {
  const tags: StoredTag[] = [];
  for (const { ResourceType, Tags } of specifications ?? []) {
    if (!ResourceType || !allowed.includes(ResourceType))
      throw invalidValue(`'${ResourceType ?? "null"}' is not a valid taggable resource type for this operation.`);
    if (!Tags?.length) throw invalidValue("Tag specification must have at least one tag");
    if (ResourceType === type) tags.push(...checked(Tags));
  }
  const twice = tags.find((tag, at) => tags.findIndex(({ Key }) => Key === tag.Key) !== at);
  if (twice) throw invalidValue(`Duplicate tag key '${twice.Key}' specified.`);
  return withinLimit(tags);
}

/** The tags a resource has after new ones were put on it. */
export function withTags(tags: readonly StoredTag[], added: readonly StoredTag[]): StoredTag[] {
  const result = new Map([...tags, ...added].map((tag) => [tag.Key, tag]));
  return withinLimit([...result.values()]);
}

/** The tags that remain: a removed tag is named by its key, and when it has a value, only with that value. */
export function withoutTags(tags: readonly StoredTag[], removed: readonly Tag[]): StoredTag[] {
  return tags.filter(
    (tag) => !removed.some(({ Key, Value }) => Key === tag.Key && (Value === undefined || Value === tag.Value)),
  );
}

/** Tags as a request may have them: keys and values of the right length, none of AWS's own. */
export function checked(tags: readonly Tag[]): StoredTag[] {
  return tags.map(({ Key, Value = "" }) => {
    if (!Key) throw invalidValue("Tag key cannot be null or empty.");
    if (Key.toLowerCase().startsWith("aws:"))
      throw invalidValue("Tag keys starting with 'aws:' are reserved for internal use");
    if (Key.length > keyLimit) throw invalidValue(`Tag key exceeds the maximum length of ${keyLimit} characters`);
    if (Value.length > valueLimit)
      throw invalidValue(`Tag value exceeds the maximum length of ${valueLimit} characters`);
    return { Key, Value };
  });
}

function withinLimit(tags: StoredTag[]): StoredTag[] {
  if (tags.filter(({ Key }) => !Key.startsWith("aws:")).length > tagLimit)
    throw new AwsError("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.");
  return tags;
}
