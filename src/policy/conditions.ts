import { BlockList, isIP } from "node:net";
import { matches } from "./pattern.ts";
import { type Context, type Template, template } from "./template.ts";

/** Whether one value of a request satisfies one value of a policy. */
type Test = (actual: string, context: Context) => boolean;

/** Makes the test of one value of a policy. */
type Operator = (wanted: string, variables: boolean) => Test;

/** One key of a Condition element, compiled. */
export interface Condition {
  readonly operator: string;
  /** Lower case. */
  readonly key: string;
  readonly values: readonly string[];
  readonly holds: (context: Context) => boolean;
}

const number = (compare: (a: number, b: number) => boolean): Operator => {
  return (wanted) => (actual) => actual.trim() !== "" && compare(Number(actual), Number(wanted));
};

// ISO 8601, or seconds since 1970.
const time = (text: string) => (/^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : Date.parse(text));
const date = (compare: (a: number, b: number) => boolean): Operator => {
  return (wanted) => (actual) => compare(time(actual), time(wanted));
};

const text = (compare: (actual: string, wanted: string) => boolean): Operator => {
  return (wanted, variables) => {
    const value = template(wanted, variables);
    return (actual, context) => {
      const resolved = value.text(context);
      return resolved !== undefined && compare(actual, resolved);
    };
  };
};

const like: Operator = (wanted, variables) => {
  const value = template(wanted, variables);
  return (actual, context) => matchesTemplate(actual, value, context);
};

function matchesTemplate(actual: string, value: Template, context: Context): boolean {
  const pattern = value.pattern(context);
  return pattern !== undefined && matches(actual, pattern);
}

// Each of an ARN's first five parts has its own pattern; the sixth takes the rest.
const arn: Operator = (wanted, variables) => {
  const patterns = arnParts(wanted).map((part) => template(part, variables));
  return (actual, context) => {
    const parts = arnParts(actual);
    return (
      parts.length === patterns.length &&
      patterns.every((pattern, index) => matchesTemplate(parts[index] ?? "", pattern, context))
    );
  };
};

// The colons of `${aws:PrincipalAccount}` part nothing.
function arnParts(whole: string): string[] {
  const parts = whole.match(/(?:\$\{[^}]*\}|[^:])*(?::|$)/g) ?? [];
  const first = parts.slice(0, 5);
  const rest = whole.slice(first.join("").length);
  return [...first.map((part) => part.replace(/:$/, "")), ...(parts.length > 5 ? [rest] : [])];
}

const family = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");

const ipAddress: Operator = (wanted) => {
  const [network = "", bits] = wanted.split("/");
  const widest = isIP(network) === 6 ? 128 : 32;
  const prefix = Number(bits ?? widest);
  if (!isIP(network) || !Number.isInteger(prefix) || prefix < 0 || prefix > widest) return () => false;
  const list = new BlockList();
  list.addSubnet(network, prefix, family(network));
  // An IPv4 address is no IPv6 address, though a list would take it for one: ::ffff:0:0/96
  return (actual) => isIP(actual) !== 0 && family(actual) === family(network) && list.check(actual, family(actual));
};

const ignoringCase = (one: string, other: string) => one.toLowerCase() === other.toLowerCase();

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
const operators: ReadonlyMap<string, Operator> = new Map([
  ["stringequals", text((actual, wanted) => actual === wanted)],
  ["stringequalsignorecase", text(ignoringCase)],
  ["stringlike", like],
  ["numericequals", number((a, b) => a === b)],
  ["numericlessthan", number((a, b) => a < b)],
  ["numericlessthanequals", number((a, b) => a <= b)],
  ["numericgreaterthan", number((a, b) => a > b)],
  ["numericgreaterthanequals", number((a, b) => a >= b)],
  ["dateequals", date((a, b) => a === b)],
  ["datelessthan", date((a, b) => a < b)],
  ["datelessthanequals", date((a, b) => a <= b)],
  ["dategreaterthan", date((a, b) => a > b)],
  ["dategreaterthanequals", date((a, b) => a >= b)],
  ["bool", (wanted) => (actual) => ignoringCase(actual, wanted)],
  ["binaryequals", (wanted) => (actual) => actual === wanted],
  ["ipaddress", ipAddress],
  ["arnequals", arn],
  ["arnlike", arn],
]);

const negated: ReadonlyMap<string, string> = new Map([
  ["stringnotequals", "stringequals"],
  ["stringnotequalsignorecase", "stringequalsignorecase"],
  ["stringnotlike", "stringlike"],
  ["numericnotequals", "numericequals"],
  ["datenotequals", "dateequals"],
  ["notipaddress", "ipaddress"],
  ["arnnotequals", "arnequals"],
  ["arnnotlike", "arnlike"],
]);

/** The conditions of a Condition element; an operator that isn't known never holds. */
export function conditionsOf(element: unknown, variables: boolean): Condition[] {
  if (typeof element !== "object" || element === null) return [];
  return Object.entries(element).flatMap(([operator, keys]) =>
    Object.entries((keys ?? {}) as object).map(([key, value]) => {
      const values = [value as unknown].flat().map(String);
      return {
        operator,
        key: key.toLowerCase(),
        values,
        holds: compile(operator, key.toLowerCase(), values, variables),
      };
    }),
  );
}

function compile(operator: string, key: string, values: readonly string[], variables: boolean): Condition["holds"] {
  const [, quantifier, name = "", ifExists] =
    /^(?:(forallvalues|foranyvalue):)?(\w+?)(ifexists)?$/.exec(operator.toLowerCase()) ?? [];
  if (name === "null") return nullCheck(key, values);
  const make = operators.get(negated.get(name) ?? name);
  if (!make) return () => false;
  const isNegated = negated.has(name);
  const tests = values.map((value) => make(value, variables));
  return (context) => {
    const actual = valuesOf(context, key);
    if (actual.length === 0) return Boolean(ifExists) || (quantifier ? quantifier === "forallvalues" : isNegated);
    const passes = (one: string) => tests.some((test) => test(one, context)) !== isNegated;
    // Without a quantifier one value is enough to match, and to fail an operator that says "not".
    const all = quantifier === undefined ? isNegated : quantifier === "forallvalues";
    return all ? actual.every(passes) : actual.some(passes);
  };
}

function nullCheck(key: string, values: readonly string[]): Condition["holds"] {
  return (context) => values.some((value) => ignoringCase(value, String(valuesOf(context, key).length === 0)));
}

function valuesOf(context: Context, key: string): readonly string[] {
  const value = context[key];
  return value === undefined ? [] : typeof value === "string" ? [value] : value;
}
