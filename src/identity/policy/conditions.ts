import { BlockList, isIP } from "node:net";
import { matchesPattern } from "./pattern.ts";

/** Values of a request's condition keys; keys in lower case, as they are compared so. */
export type Context = Readonly<Record<string, string | readonly string[] | undefined>>;

/** A statement's Condition element: operator, key, values. */
export type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

type Test = (actual: string, wanted: string) => boolean;

const number = (compare: (a: number, b: number) => boolean): Test => {
  return (actual, wanted) => compare(Number(actual), Number(wanted));
};

// ISO 8601, or seconds since 1970.
const time = (text: string) => (/^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text));
const date = (compare: (a: number, b: number) => boolean): Test => {
  return (actual, wanted) => compare(time(actual), time(wanted));
};

// Each of an ARN's first five parts has its own pattern; the sixth takes the rest.
const arn: Test = (actual, wanted) => {
  const split = (text: string) => [...text.split(":").slice(0, 5), text.split(":").slice(5).join(":")];
  const [parts, patterns] = [split(actual), split(wanted)];
  return parts.every((part, index) => matchesPattern(part, patterns[index] ?? ""));
};

const ipAddress: Test = (actual, wanted) => {
  const [network = "", bits] = wanted.split("/");
  const family = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");
  if (!isIP(actual) || !isIP(network)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits ?? (isIP(network) === 6 ? 128 : 32)), family(network));
  return list.check(actual, family(actual));
};

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
const operators: Readonly<Record<string, Test>> = {
  stringequals: (actual, wanted) => actual === wanted,
  stringequalsignorecase: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  stringlike: matchesPattern,
  numericequals: number((a, b) => a === b),
  numericlessthan: number((a, b) => a < b),
  numericlessthanequals: number((a, b) => a <= b),
  numericgreaterthan: number((a, b) => a > b),
  numericgreaterthanequals: number((a, b) => a >= b),
  dateequals: date((a, b) => a === b),
  datelessthan: date((a, b) => a < b),
  datelessthanequals: date((a, b) => a <= b),
  dategreaterthan: date((a, b) => a > b),
  dategreaterthanequals: date((a, b) => a >= b),
  bool: (actual, wanted) => actual.toLowerCase() === wanted.toLowerCase(),
  binaryequals: (actual, wanted) => actual === wanted,
  ipaddress: ipAddress,
  arnequals: arn,
  arnlike: arn,
};

/** Whether all conditions hold for a request. An operator that isn't known never holds. */
export function conditionsHold(conditions: Conditions | undefined, context: Context): boolean {
  return Object.entries(conditions ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, wanted]) => holds(operator, key, textsOf(wanted), context)),
  );
}

function textsOf(value: unknown): string[] {
  return [value].flat().map(String);
}

function holds(operator: string, key: string, wanted: readonly string[], context: Context): boolean {
  const [, quantifier, name = "", ifExists] =
    /^(?:(forallvalues|foranyvalue):)?(\w+?)(ifexists)?$/.exec(operator.toLowerCase()) ?? [];
  const value = context[key.toLowerCase()];
  const actual = value === undefined ? undefined : [value].flat();
  if (name === "null") return (actual === undefined) === (wanted[0]?.toLowerCase() === "true");
  const negated = /^(string|arn|numeric|date)not|^notip/.test(name);
  const test = operators[negated ? name.replace("not", "") : name];
  if (!test) return false;
  if (actual === undefined || actual.length === 0) return Boolean(ifExists) || negated || quantifier === "forallvalues";
  const passes = (one: string) => wanted.some((other) => test(one, other)) !== negated;
  return quantifier === "foranyvalue" ? actual.some(passes) : actual.every(passes);
}
