import type { AccountId } from "../aws/names.ts";

/**
 * The bucket policy that AWS's console writes for a trail: CloudTrail may see the bucket's ACL and put log files, those
 * of a whole organization where its id is given.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
 */
export function bucketPolicyFor(
  bucket: string,
  account: AccountId,
  trailArn: string,
  prefix?: string,
  organizationId?: string,
): string {
  const principal = { Service: "cloudtrail.amazonaws.com" };
  const write = (sid: string, folder: string) => ({
    Sid: sid,
    Effect: "Allow",
    Principal: principal,
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${bucket}/${prefix ? `${prefix}/` : ""}AWSLogs/${folder}/*`,
    Condition: { StringEquals: { "s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": trailArn } },
  });
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AWSCloudTrailAclCheck20150319",
        Effect: "Allow",
        Principal: principal,
        Action: "s3:GetBucketAcl",
        Resource: `arn:aws:s3:::${bucket}`,
        Condition: { StringEquals: { "aws:SourceArn": trailArn } },
      },
      write("AWSCloudTrailWrite20150319", account),
      ...(organizationId === undefined ? [] : [write("AWSCloudTrailOrganizationWrite20150319", organizationId)]),
    ],
  });
}

/** One thing that CloudTrail asks of a bucket. */
export interface BucketRequest {
  readonly action: "s3:GetBucketAcl" | "s3:PutObject";
  readonly resource: string;
  /** Condition keys and their values, keys in lower case. */
  readonly context: Readonly<Record<string, string>>;
}

function contextOf(account: AccountId, trailArn: string) {
  return { "aws:sourcearn": trailArn, "aws:sourceaccount": account, "aws:securetransport": "true" };
}

/** CloudTrail putting one log file, with what its headers say of encryption. */
export function putRequest(
  bucket: string,
  key: string,
  account: AccountId,
  trailArn: string,
  encryption: Readonly<Record<string, string>> = {},
): BucketRequest {
  const headers = Object.entries(encryption).map(([name, value]) => [`s3:${name}`, value]);
  return {
    action: "s3:PutObject",
    resource: `arn:aws:s3:::${bucket}/${key}`,
    context: {
      ...contextOf(account, trailArn),
      "s3:x-amz-acl": "bucket-owner-full-control",
      ...Object.fromEntries(headers),
    },
  };
}

/** What CloudTrail must be allowed to do to put log files into `folder`; each with the statement that allows it. */
export function bucketRequests(
  bucket: string,
  account: AccountId,
  trailArn: string,
  folder: string,
  encryption?: Readonly<Record<string, string>>,
): { readonly statement: string; readonly request: BucketRequest }[] {
  const bucketArn = `arn:aws:s3:::${bucket}`;
  return [
    {
      statement: `Allow s3:GetBucketAcl on ${bucketArn} to the service cloudtrail.amazonaws.com`,
      request: { action: "s3:GetBucketAcl", resource: bucketArn, context: contextOf(account, trailArn) },
    },
    {
      statement: `Allow s3:PutObject on ${bucketArn}/${folder}/* to the service cloudtrail.amazonaws.com where s3:x-amz-acl is bucket-owner-full-control`,
      request: putRequest(bucket, `${folder}/CloudTrail/`, account, trailArn, encryption),
    },
  ];
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

function like(pattern: string, text: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`, "s").test(text);
}

type Operator = (expected: string, actual: string) => boolean;

// Of IAM's condition operators those that bucket policies for CloudTrail use; a statement with any other doesn't apply.
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

function conditionsHold(statement: Statement, context: BucketRequest["context"]): boolean {
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

function applies(statement: Statement, { action, resource, context }: BucketRequest): boolean {
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

/** Whether a bucket policy lets CloudTrail do it: an Allow applies and no Deny does. No policy or a broken one allows nothing. */
export function policyAllows(policy: string | undefined, request: BucketRequest): boolean {
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
