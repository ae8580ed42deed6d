import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { accountId } from "../aws/names.ts";
import { contextOf } from "./cloudtrail-request.ts";
import { policyAllows } from "./resource-policy.ts";

const context = contextOf(accountId("123456789012"), "arn:aws:cloudtrail:us-east-1:123456789012:trail/audit");

/** Whether a policy that names only this resource lets CloudTrail publish to that topic. */
function covers(Resource: string, resource: string): boolean {
  const statement = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Action: "SNS:Publish" };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: { ...statement, Resource } });
  return policyAllows(policy, { action: "sns:Publish", resource, context });
}

describe("a pattern in a resource's policy", () => {
  it("matches what a regular expression of it matches", () => {
    const pattern = fc.string({ unit: fc.constantFrom("a", "b", "*", "?"), maxLength: 8 });
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (given, resource) => {
        const expression = new RegExp(`^${given.replaceAll("*", ".*").replaceAll("?", ".")}$`);
        expect(covers(given, resource)).toBe(expression.test(resource));
      }),
      { numRuns: 2_000 },
    );
  });

  it("of many stars takes no longer for it", () => {
    expect(covers(`${"*a".repeat(5_000)}b`, "a".repeat(1_000))).toBe(false);
    expect(covers(`${"*a".repeat(500)}*b`, `${"a".repeat(1_000)}b`)).toBe(true);
  });
});

it("a statement about everybody is about CloudTrail, too", () => {
  const request = { action: "s3:PutObject", resource: "arn:aws:s3:::logs/AWSLogs/1", context } as const;
  const allow = { Effect: "Allow", Principal: { Service: "cloudtrail.amazonaws.com" }, Action: "s3:*", Resource: "*" };
  const deny = { Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: "*" };
  const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
  expect(policyAllows(policy(allow), request)).toBe(true);
  expect(policyAllows(policy({ ...allow, Principal: "*" }), request)).toBe(true);
  expect(policyAllows(policy(allow, deny), request)).toBe(false);
  expect(policyAllows(policy({ ...allow, Principal: { Service: "config.amazonaws.com" } }), request)).toBe(false);
});
