import type { Filter } from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import { invalidValue } from "./errors.ts";

/** What a filter compares: one value or several, of which one must match. */
export type FilterValue = string | number | boolean | Date | undefined | readonly FilterValue[];

/** The filters that an action knows, by name, and what each compares. */
export type Filters<Shape, R = unknown> = Readonly<Record<string, (shape: Shape, resource: R) => FilterValue>>;

const valueLimit = 200;

/**
 * A test for the requested filters: all of them must match, each by one of its values; case counts, `*` stands for any
 * text and `?` for one character. Throws InvalidParameterValue for a filter that the action doesn't know.
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
export function matcherOf<Shape, R = undefined>(
  known: Filters<Shape, R>,
  tagsOf: (shape: Shape) => readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
  requested: readonly Filter[] | undefined,
): ((shape: Shape, resource: R) => boolean) | undefined {
  if (!requested?.length) return undefined;
  const tests = requested.map(({ Name: name = "", Values: values }) => {
    const compared = valueGetter(known, tagsOf, name);
    if (!compared) throw invalidValue(`The filter '${name}' is invalid`);
    if (!values?.length) throw invalidValue(`The filter '${name}' requires at least one value`);
    if (values.length > valueLimit)
      throw new AwsError(
        "FilterLimitExceeded",
        "The maximum number of filter values specified on a single call is 200",
      );
    const matches = values.map(patternOf);
    return (shape: Shape, resource: R) =>
      someValue(compared(shape, resource), (value) => matches.some((match) => match(value)));
  });
  return (shape, resource) => tests.every((test) => test(shape, resource));
}

function valueGetter<Shape, R>(
  known: Filters<Shape, R>,
  tagsOf: (shape: Shape) => readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined,
  name: string,
): ((shape: Shape, resource: R) => FilterValue) | undefined {
  if (Object.hasOwn(known, name)) return known[name];
  if (name === "tag-key") return (shape) => tagsOf(shape)?.map((tag) => tag.Key);
  if (name === "tag-value") return (shape) => tagsOf(shape)?.map((tag) => tag.Value);
  if (!name.startsWith("tag:")) return undefined;
  const key = name.slice("tag:".length);
  return (shape) => tagsOf(shape)?.find((tag) => tag.Key === key)?.Value;
}

function someValue(value: FilterValue, test: (text: string) => boolean): boolean {
  if (value === undefined) return false;
  if (Array.isArray(value)) return value.some((one: FilterValue) => someValue(one, test));
  return test(value instanceof Date ? value.toISOString() : String(value));
}

/** `\*`, `\?` and `\\` stand for the character itself. */
function patternOf(pattern: string): (text: string) => boolean {
  if (!/[*?\\]/.test(pattern)) return (text) => text === pattern;
  const source = pattern.replace(/\\[*?\\]|[*?]|[\\^$.+()[\]{}|/-]/g, (found) => {
    if (found === "*") return "[^]*";
    if (found === "?") return "[^]";
    return found.length === 2 ? `\\${found[1]}` : `\\${found}`;
  });
  const expression = new RegExp(`^${source}$`);
  return (text) => expression.test(text);
}
