import { describe, expect, it } from "vitest";
import { accountId } from "../aws/names.ts";
import { bucketPolicyFor, bucketRequests } from "./bucket-policy.ts";
import { policyAllows } from "./resource-policy.ts";

const account = accountId("123456789012");
const arn = `arn:aws:cloudtrail:us-east-1:${account}:trail/audit`;

/** The statements that CloudTrail would miss. */
function missing(policy: string | undefined, prefix?: string): string[] {
  return bucketRequests("logs", account, arn, `${prefix ? `${prefix}/` : ""}AWSLogs/${account}`)
    .filter(({ request }) => !policyAllows(policy, request))
    .map(({ request }) => request.action);
}

interface Statement {
  Sid: string;
  [member: string]: unknown;
}

/** The console's policy with its write statement changed. */
function withWrite(changes: Record<string, unknown>): string {
  const policy = JSON.parse(bucketPolicyFor("logs", account, arn)) as { Statement: Statement[] };
  const Statement = policy.Statement.map((statement) =>
    statement.Sid.startsWith("AWSCloudTrailWrite") ? { ...statement, ...changes } : statement,
  );
  return JSON.stringify({ ...policy, Statement });
}

const acl = { "s3:x-amz-acl": "bucket-owner-full-control" };

describe("a bucket policy for CloudTrail", () => {
  it("suffices when it is the one AWS's console writes, with its prefix and trail", () => {
    expect(missing(bucketPolicyFor("logs", account, arn))).toEqual([]);
    expect(missing(bucketPolicyFor("logs", account, arn, "prefix"), "prefix")).toEqual([]);
    expect(missing(bucketPolicyFor("logs", account, arn), "prefix")).toEqual(["s3:PutObject"]);
    expect(missing(bucketPolicyFor("logs", account, `${arn}-2`))).toEqual(["s3:GetBucketAcl", "s3:PutObject"]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["no trail is named", { Condition: { StringEquals: acl } }],
    ["lists are used", { Action: ["s3:PutObject"], Resource: ["arn:aws:s3:::logs/*"] }],
    ["everything is allowed", { Principal: "*", Action: "s3:*", Resource: "*", Condition: {} }],
    [
      "trails are matched by pattern",
      { Condition: { ArnLike: { "aws:SourceArn": "arn:aws:cloudtrail:*:*:trail/*" } } },
    ],
    ["the account is named", { Condition: { StringEquals: { ...acl, "AWS:SourceAccount": account } } }],
  ])("suffices when %s", (_, changes) => {
    expect(missing(withWrite(changes))).toEqual([]);
  });

  it.each<[string, Record<string, unknown>]>([
    ["it allows another service", { Principal: { Service: "config.amazonaws.com" } }],
    ["it is for another account", { Resource: "arn:aws:s3:::logs/AWSLogs/999999999999/*" }],
    ["it is for another bucket", { Resource: `arn:aws:s3:::log/AWSLogs/${account}/*` }],
    ["it asks for another ACL", { Condition: { StringEquals: { "s3:x-amz-acl": "private" } } }],
    ["it asks for what CloudTrail doesn't send", { Condition: { StringEquals: { "s3:x-amz-meta-a": "b" } } }],
    ["it denies", { Effect: "Deny" }],
  ])("lacks the write statement when %s", (_, changes) => {
    expect(missing(withWrite(changes))).toEqual(["s3:PutObject"]);
  });

  it("may refuse plain HTTP, which CloudTrail doesn't use, but not more", () => {
    const policy = JSON.parse(bucketPolicyFor("logs", account, arn)) as { Statement: unknown[] };
    const deny = (Condition: unknown) =>
      JSON.stringify({
        ...policy,
        Statement: [...policy.Statement, { Effect: "Deny", Principal: "*", Action: "s3:*", Resource: "*", Condition }],
      });
    expect(missing(deny({ Bool: { "aws:SecureTransport": "false" } }))).toEqual([]);
    expect(missing(deny({ Bool: { "aws:SecureTransport": false } }))).toEqual([]);
    expect(missing(deny(undefined))).toEqual(["s3:GetBucketAcl", "s3:PutObject"]);
  });

  it("allows nothing when it is missing or isn't JSON", () => {
    expect(missing(undefined)).toHaveLength(2);
    expect(missing("{")).toHaveLength(2);
    expect(missing("null")).toHaveLength(2);
  });
});
