import { AwsError } from "../../aws/error.ts";

/** The fields of a form; names in lower case. */
type Fields = Readonly<Record<string, string>>;

/** How many bytes the file of a form may have. */
export interface LengthRange {
  readonly min: number;
  readonly max: number;
}

type Condition =
  | { readonly kind: "eq" | "starts-with"; readonly field: string; readonly value: string; readonly text: string }
  | { readonly kind: "content-length-range"; readonly range: LengthRange };

const invalid = (why: string) => new AwsError("InvalidPolicyDocument", `Invalid Policy: ${why}`);
const denied = (why: string) => new AwsError("AccessDenied", `Invalid according to Policy: ${why}`, { status: 403 });

// Fields that a policy need not allow.
const exempt = /^(policy|x-amz-signature|signature|awsaccesskeyid|file|x-ignore-.*)$/;

const shown = (...parts: readonly string[]) => `[${parts.map((part) => JSON.stringify(part)).join(", ")}]`;

function* simpleConditions(condition: object): Generator<Condition> {
  const entries = Object.entries(condition);
  if (entries.length !== 1)
    throw invalid("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.");
  for (const [name, value] of entries) {
    if (typeof value !== "string") throw invalid("Invalid Simple-Condition: value must be a string.");
    const text = shown("eq", `$${name}`, value);
    yield { kind: "eq", field: name.toLowerCase(), value, text };
  }
}

function listCondition(condition: readonly unknown[]): Condition {
  const [operator, first, second] = condition;
  const kind = typeof operator === "string" ? operator.toLowerCase() : "";
  if (kind === "content-length-range") {
    const [min, max] = [Number(first), Number(second)];
    if (condition.length !== 3 || !Number.isSafeInteger(min) || !Number.isSafeInteger(max) || min < 0)
      throw invalid("Invalid content-length-range: it has two numbers.");
    return { kind, range: { min, max } };
  }
  if (kind !== "eq" && kind !== "starts-with") throw invalid(`Unknown operation: ${String(operator)}.`);
  if (condition.length !== 3 || typeof first !== "string" || !first.startsWith("$") || typeof second !== "string")
    throw invalid(`Invalid ${kind}: it has the name of a field, which begins with $, and text.`);
  const text = shown(kind, first, second);
  return { kind, field: first.slice(1).toLowerCase(), value: second, text };
}

function parsed(policy: string): { expiration: number; conditions: Condition[] } {
  let document: unknown;
  try {
    document = JSON.parse(Buffer.from(policy, "base64").toString("utf8"));
  } catch {
    throw invalid("Invalid JSON.");
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) throw invalid("Invalid JSON.");
  const { expiration, conditions } = document as { expiration?: unknown; conditions?: unknown };
  if (expiration === undefined) throw invalid("Policy missing expiration.");
  if (conditions === undefined) throw invalid("Policy missing conditions.");
  const until = Date.parse(String(expiration));
  if (Number.isNaN(until)) throw invalid("Invalid 'expiration' value.");
  if (!Array.isArray(conditions)) throw invalid("Invalid 'conditions' value: must be a List.");
  return {
    expiration: until,
    conditions: conditions.flatMap((one: unknown) => {
      if (Array.isArray(one)) return [listCondition(one)];
      if (typeof one === "object" && one !== null) return [...simpleConditions(one)];
      throw invalid("Invalid condition: must be a List or an Object.");
    }),
  };
}

function holds({ kind, field, value }: Extract<Condition, { field: string }>, given: string | undefined): boolean {
  if (given === undefined) return false;
  if (kind === "eq") return given === value;
  // A list of types begins as each of its types does.
  const texts = field === "content-type" ? given.split(",").map((one) => one.trim()) : [given];
  return texts.every((text) => text.startsWith(value));
}

/**
 * Checks a form against its policy (Base64 of JSON); gives the size that the file must have, where the policy says one.
 * Throws InvalidPolicyDocument, or AccessDenied when it has expired, when a field isn't as it demands or isn't in it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 */
export function checkPostPolicy(policy: string, fields: Fields, bucket: string, now: number): LengthRange | undefined {
  const { expiration, conditions } = parsed(policy);
  if (expiration <= now) throw denied("Policy expired.");
  const given: Fields = { ...fields, bucket };
  const named = new Set<string>(["bucket"]);
  let range: LengthRange | undefined;
  for (const condition of conditions) {
    if (condition.kind === "content-length-range") {
      range = condition.range;
      continue;
    }
    named.add(condition.field);
    if (!holds(condition, given[condition.field])) throw denied(`Policy Condition failed: ${condition.text}`);
  }
  const extra = Object.keys(fields).filter((name) => !named.has(name) && !exempt.test(name));
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(", ")}`);
  return range;
}
