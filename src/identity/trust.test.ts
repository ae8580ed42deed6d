import { expect, test } from "vitest";
import type { Caller } from "../aws/caller.ts";
import { accountId } from "../aws/names.ts";
import type { Context, Trustee } from "../policy/index.ts";
import { notTrusted } from "./index.ts";

const account = accountId("111122223333");
const alice: Caller = {
  type: "IAMUser",
  accountId: account,
  principalId: "AIDAALICE",
  arn: `arn:aws:iam::${account}:user/ops/alice`,
  userName: "alice",
};
const session: Caller = {
  type: "AssumedRole",
  accountId: account,
  principalId: "AROADEPLOY:build-7",
  arn: `arn:aws:sts::${account}:assumed-role/Deploy/build-7`,
  session: {
    creationDate: new Date(0),
    mfaAuthenticated: false,
    issuer: {
      type: "Role",
      principalId: "AROADEPLOY",
      arn: `arn:aws:iam::${account}:role/ci/Deploy`,
      accountId: account,
      userName: "Deploy",
    },
  },
};

const aws = (caller: Caller): Trustee => ({ kind: "AWS", caller });

function trusts(principal: unknown, trustee: Trustee, context: Context = {}, more: object = {}): boolean {
  const statement = { Effect: "Allow", Principal: principal, Action: "sts:AssumeRole", ...more };
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  return notTrusted(policy, trustee, ["sts:AssumeRole"], context) === undefined;
}

test.each<[string, unknown, Trustee, boolean]>([
  ["an account by its number", { AWS: account }, aws(alice), true],
  ["an account by its root", { AWS: `arn:aws:iam::${account}:root` }, aws(alice), true],
  ["another account", { AWS: "arn:aws:iam::999999999999:root" }, aws(alice), false],
  ["the user", { AWS: ["arn:aws:iam::1:root", alice.arn] }, aws(alice), true],
  ["another user", { AWS: `arn:aws:iam::${account}:user/bob` }, aws(alice), false],
  ["a session's role", { AWS: `arn:aws:iam::${account}:role/ci/Deploy` }, aws(session), true],
  ["the session itself", { AWS: session.arn }, aws(session), true],
  ["another session of the role", { AWS: `${session.arn}0` }, aws(session), false],
  ["everybody", "*", aws(alice), true],
  ["every AWS principal", { AWS: "*" }, aws(alice), true],
  ["a service", { Service: "ec2.amazonaws.com" }, { kind: "Service", name: "ec2.amazonaws.com" }, true],
  ["a service, not users", { Service: "ec2.amazonaws.com" }, aws(alice), false],
  ["a provider", { Federated: "arn:p" }, { kind: "Federated", provider: "arn:p" }, true],
  ["another provider", { Federated: "arn:p" }, { kind: "Federated", provider: "arn:q" }, false],
])("a trust policy names %s", (_, principal, trustee, trusted) => {
  expect(trusts(principal, trustee)).toBe(trusted);
});

test.each<[string, object, Context, boolean]>([
  ["the external id", { StringEquals: { "sts:ExternalId": "x" } }, { "sts:externalid": "x" }, true],
  ["the external id, which isn't sent", { StringEquals: { "sts:ExternalId": "x" } }, {}, false],
  [
    "one of several values",
    { StringLike: { "sts:RoleSessionName": ["a-*", "b-?"] } },
    { "sts:rolesessionname": "b-1" },
    true,
  ],
  ["another value", { StringNotEquals: { "aws:UserId": ["a", "b"] } }, { "aws:userid": "b" }, false],
  ["MFA", { Bool: { "aws:MultiFactorAuthPresent": "true" } }, { "aws:multifactorauthpresent": "true" }, true],
  ["MFA, with a long-term key", { Bool: { "aws:MultiFactorAuthPresent": true } }, {}, false],
  ["MFA where there can be any", { BoolIfExists: { "aws:MultiFactorAuthPresent": "true" } }, {}, true],
  ["a key that must be absent", { Null: { "sts:ExternalId": "true" } }, { "sts:externalid": "x" }, false],
  ["an address", { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } }, { "aws:sourceip": "10.1.2.3" }, true],
  [
    "another address",
    { NotIpAddress: { "aws:SourceIp": ["10.0.0.0/8", "::1"] } },
    { "aws:sourceip": "10.1.2.3" },
    false,
  ],
  ["a number", { NumericLessThan: { "aws:MultiFactorAuthAge": "60" } }, { "aws:multifactorauthage": "59" }, true],
  [
    "a time",
    { DateGreaterThan: { "aws:CurrentTime": "2026-01-01T00:00:00Z" } },
    { "aws:currenttime": "2026-07-01T00:00:00Z" },
    true,
  ],
  ["an ARN", { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:user/ops/*" } }, { "aws:principalarn": alice.arn }, true],
  ["all values", { "ForAllValues:StringEquals": { "aws:TagKeys": ["a", "b"] } }, { "aws:tagkeys": ["a", "c"] }, false],
  ["any value", { "ForAnyValue:StringEquals": { "aws:TagKeys": ["a", "b"] } }, { "aws:tagkeys": ["c", "a"] }, true],
  ["an operator that isn't one", { StringEqual: { "aws:UserId": "a" } }, { "aws:userid": "a" }, false],
  ["several operators at once", { StringEquals: { a: "1" }, StringLike: { b: "2" } }, { a: "1", b: "3" }, false],
])("a trust policy asks for %s", (_, Condition, context, trusted) => {
  expect(trusts({ AWS: account }, aws(alice), context, { Condition })).toBe(trusted);
});

test("what is denied stays denied, and every action must be allowed", () => {
  const allow = { Effect: "Allow", Principal: { AWS: account }, Action: ["sts:Assume*", "sts:TagSession"] };
  const deny = { Effect: "Deny", Principal: { AWS: alice.arn }, Action: "sts:TagSession" };
  const policy = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
  const actions = ["sts:AssumeRole", "sts:TagSession"];
  expect(notTrusted(policy(allow), aws(alice), actions, {})).toBeUndefined();
  expect(notTrusted(policy(allow, deny), aws(alice), actions, {})).toBe("sts:TagSession");
  expect(notTrusted(policy(allow), aws(alice), [...actions, "sts:SetSourceIdentity"], {})).toBe(
    "sts:SetSourceIdentity",
  );
  expect(notTrusted("no policy", aws(alice), actions, {})).toBe("sts:AssumeRole");
});
