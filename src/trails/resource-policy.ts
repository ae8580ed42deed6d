import type { AccountId } from "../aws/names.ts";

/** One thing that the service CloudTrail asks of a bucket or topic. */
export interface CloudTrailRequest {
  readonly action: "s3:GetBucketAcl" | "s3:PutObject" | "sns:Publish";
  readonly resource: string;
  /** Condition keys and their values, keys in lower case. */
  readonly context: Readonly<Record<string, string>>;
}

/** The context of whatever CloudTrail asks for a trail. */
export function contextOf(account: AccountId, trailArn: string): CloudTrailRequest["context"] {
  return { "aws:sourcearn": trailArn, "aws:sourceaccount": account, "aws:securetransport": "true" };
}

type OneOrMore = string | readonly string[];

interface Statement {
  readonly Effect?: string;
  readonly Principal?: string | Readonly<Record<string, OneOrMore>>;
  readonly NotPrincipal?: unknown;
  readonly Action?: OneOrMore;
  readonly NotAction?: OneOrMore;
  readonly Resource?: OneOrMore;
  readonly NotResource?: OneOrMore;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, OneOrMore | boolean>>>>;
}

const list = (value: unknown): string[] =>
  (Array.isArray(value) ? value : value === undefined ? [] : [value]).map(String);

/** Whether text matches a pattern in which `*` stands for any characters and `?` for one; never exponential in time. */
function like(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  for (let index = 0; index < text.length; ) {
    if (pattern[at] === "*") {
      star = at++;
      resume = index;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === text[index])) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}

type Operator = (expected: string, actual: string) => boolean;

// Of IAM's condition operators those that such policies use; a statement with any other doesn't apply.
const operators: Readonly<Record<string, Operator>> = {
  StringEquals: (expected, actual) => expected === actual,
  StringEqualsIgnoreCase: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
  StringLike: like,
  ArnEquals: like,
  ArnLike: like,
  Bool: (expected, actual) => expected.toLowerCase() === actual.toLowerCase(),
};
const negated: Readonly<Record<string, Operator>> = {
  StringNotEquals: (expected, actual) => expected === actual,
  StringNotLike: like,
  ArnNotEquals: like,
  ArnNotLike: like,
};

function conditionHolds(name: string, expected: readonly string[], actual: string | undefined): boolean {
  if (name === "Null") return expected.some((value) => (value.toLowerCase() === "true") === (actual === undefined));
  const plain = name.replace(/IfExists$/, "");
  if (actual === undefined) return name !== plain || Object.hasOwn(negated, plain);
  const operator = operators[plain];
  if (operator) return expected.some((value) => operator(value, actual));
  const opposite = negated[plain];
  return opposite !== undefined && !expected.some((value) => opposite(value, actual));
}

function conditionsHold(statement: Statement, context: CloudTrailRequest["context"]): boolean {
  return Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
    Object.entries(keys).every(([key, expected]) =>
      conditionHolds(operator, list(expected), context[key.toLowerCase()]),
    ),
  );
}

function namesCloudTrail(principal: Statement["Principal"]): boolean {
  if (typeof principal !== "object") return principal === "*";
  return list(principal.Service).includes("cloudtrail.amazonaws.com") || list(principal.AWS).includes("*");
}

function applies(statement: Statement, { action, resource, context }: CloudTrailRequest): boolean {
  const matches = (patterns: OneOrMore | undefined, text: string, ignoreCase = false) =>
    list(patterns).some((pattern) =>
      ignoreCase ? like(pattern.toLowerCase(), text.toLowerCase()) : like(pattern, text),
    );
  return (
    namesCloudTrail(statement.Principal) &&
    (statement.NotAction === undefined
      ? matches(statement.Action, action, true)
      : !matches(statement.NotAction, action, true)) &&
    (statement.NotResource === undefined
      ? matches(statement.Resource, resource)
      : !matches(statement.NotResource, resource)) &&
    conditionsHold(statement, context)
  );
}

/** Whether a resource's policy lets CloudTrail do it: an Allow applies and no Deny does. No policy or a broken one allows nothing. */
export function policyAllows(policy: string | undefined, request: CloudTrailRequest): boolean {
  let statements: Statement[];
  try {
    const found = (JSON.parse(policy ?? "{}") as { Statement?: Statement | Statement[] }).Statement ?? [];
    statements = Array.isArray(found) ? found : [found];
  } catch {
    return false;
  }
  const effects = statements.filter((statement) => applies(statement, request)).map((statement) => statement.Effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}
