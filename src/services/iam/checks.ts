import { invalidInput, violated } from "./errors.ts";

/** A member that must be there. */
export function required<Value>(member: string, value: Value | undefined): Value {
  if (value === undefined) throw violated(member, "not be null");
  return value;
}

/** Spreads an optional member into an entity or an answer: nothing when there is no value. */
export function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [Key in Name]: Value } | Record<never, never> {
  return value === undefined ? {} : ({ [name]: value } as { [Key in Name]: Value });
}

interface GivenTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

const keyPattern = String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]+`;
const keyForm = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u;
const valueForm = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

/** Tags as they are kept. Policies tell keys of different case apart; for anything else they are one key. */
export function tagsOf(value: readonly GivenTag[] | undefined, keysAre: "same" | "distinct" = "same") {
  const given = value ?? [];
  if (given.length > 50) throw violated("tags", "have length less than or equal to 50");
  const tags = given.map((tag, index) => {
    const at = `tags.${index + 1}.member`;
    const Key = required(`${at}.key`, tag.Key);
    const Value = tag.Value ?? "";
    if (Key === "") throw violated(`${at}.key`, "have length greater than or equal to 1");
    if (Key.length > 128) throw violated(`${at}.key`, "have length less than or equal to 128");
    if (!keyForm.test(Key)) throw violated(`${at}.key`, `satisfy regular expression pattern: ${keyPattern}`);
    if (Value.length > 256) throw violated(`${at}.value`, "have length less than or equal to 256");
    if (!valueForm.test(Value)) {
      throw violated(`${at}.value`, `satisfy regular expression pattern: ${keyPattern.replace(/\+$/, "*")}`);
    }
    return { Key, Value };
  });
  const keys = new Set(tags.map((tag) => (keysAre === "same" ? tag.Key.toLowerCase() : tag.Key)));
  if (keys.size < tags.length) {
    throw invalidInput(
      keysAre === "same"
        ? "Duplicate tag keys found. Please note that Tag keys are case insensitive."
        : "Duplicate tag keys found.",
    );
  }
  return tags;
}

/** Keys of tags to take away. */
export function tagKeysOf(value: readonly string[] | undefined): readonly string[] {
  const keys = required("tagKeys", value);
  if (keys.length > 50) throw violated("tagKeys", "have length less than or equal to 50");
  if (keys.every((key) => key.length <= 128 && keyForm.test(key))) return keys;
  throw violated(
    "tagKeys",
    `satisfy constraint: [Member must have length less than or equal to 128, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ${keyPattern}, Member must not be null]`,
  );
}
