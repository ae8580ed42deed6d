// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of policies look like this.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Caller } from "../aws/caller.ts";
import { accountId } from "../aws/names.ts";
import { type Decision, decide, type Policy, type PolicySet, type PolicyType } from "./decide.ts";
import type { Trustee } from "./principal.ts";

const account = accountId("111122223333");
const carlos: Caller = {
  type: "IAMUser",
  accountId: account,
  principalId: "AIDACARLOS",
  arn: `arn:aws:iam::${account}:user/Carlos`,
  userName: "Carlos",
};
const issuer = {
  type: "Role" as const,
  principalId: "AROADEPLOY",
  arn: `arn:aws:iam::${account}:role/Deploy`,
  accountId: account,
  userName: "Deploy",
};
const session: Caller = {
  type: "AssumedRole",
  accountId: account,
  principalId: "AROADEPLOY:run",
  arn: `arn:aws:sts::${account}:assumed-role/Deploy/run`,
  session: { creationDate: new Date(0), mfaAuthenticated: false, issuer },
};
const aws = (caller: Caller): Trustee => ({ kind: "AWS", caller });

type Element = Record<string, unknown>;
const policy = (type: PolicyType, ...Statement: Element[]): Policy => ({
  id: type,
  type,
  document: JSON.stringify({ Version: "2012-10-17", Statement }),
});
const allow = (Action: unknown, Resource: unknown, more: Element = {}) => ({
  Effect: "Allow",
  Action,
  Resource,
  ...more,
});
const deny = (Action: unknown, Resource: unknown, more: Element = {}) => ({
  Effect: "Deny",
  Action,
  Resource,
  ...more,
});
const identity = (...statements: Element[]) => [policy("identity-based policy", ...statements)];

const read = { action: "s3:GetObject", resource: "arn:aws:s3:::carlossalazar/a.txt", context: {} };

function verdict(decision: Decision): string {
  if (decision.allowed) return "allowed";
  return `${decision.explicit ? "denied by" : "not allowed by"} ${decision.type}`;
}

const all = allow("*", "*");
const none = allow("ec2:*", "*");
const forCarlos = allow("s3:*", "*", { Principal: { AWS: carlos.arn } });
const forRole = allow("s3:*", "*", { Principal: { AWS: issuer.arn } });
const forSession = allow("s3:*", "*", { Principal: { AWS: session.arn } });
const forAccount = allow("s3:*", "*", { Principal: { AWS: account } });
const forAll = allow("s3:*", "*", { Principal: "*" });
const resource = (...statements: Element[]) => policy("resource-based policy", ...statements);
const boundary = (...statements: Element[]) => policy("permissions boundary", ...statements);
const limited = (...statements: Element[]) => [policy("session policy", ...statements)];
const scps = (...levels: Element[][]) => levels.map((one) => [policy("service control policy", ...one)]);

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-basics-single-account.html
describe("policies within an account", () => {
  it.each<[string, Caller, PolicySet, string]>([
    ["nothing allows", carlos, { identity: [] }, "not allowed by identity-based policy"],
    ["a user's policy allows", carlos, { identity: identity(all) }, "allowed"],
    ["a deny wins", carlos, { identity: identity(all, deny("s3:*", "*")) }, "denied by identity-based policy"],
    ["a bucket's policy allows the user alone", carlos, { identity: [], resource: resource(forCarlos) }, "allowed"],
    ["a bucket's policy allows everybody", carlos, { identity: [], resource: resource(forAll) }, "allowed"],
    [
      "a bucket's policy allows the account, which leaves it to the account's policies",
      carlos,
      { identity: [], resource: resource(forAccount) },
      "not allowed by identity-based policy",
    ],
    [
      "a bucket's policy denies",
      carlos,
      { identity: identity(all), resource: resource({ ...forAll, Effect: "Deny" }) },
      "denied by resource-based policy",
    ],
    [
      "a boundary doesn't allow",
      carlos,
      { identity: identity(all), boundary: boundary(none) },
      "not allowed by permissions boundary",
    ],
    [
      "a boundary allows, the user's policies don't",
      carlos,
      { identity: [], boundary: boundary(all) },
      "not allowed by identity-based policy",
    ],
    [
      "a boundary doesn't limit what a bucket allows a user",
      carlos,
      { identity: [], boundary: boundary(none), resource: resource(forCarlos) },
      "allowed",
    ],
    [
      "a boundary denies what a bucket allows a user",
      carlos,
      { identity: [], boundary: boundary(deny("*", "*")), resource: resource(forCarlos) },
      "denied by permissions boundary",
    ],
    ["a bucket allows the role of a session", session, { identity: [], resource: resource(forRole) }, "allowed"],
    [
      "a boundary limits what a bucket allows a role",
      session,
      { identity: [], boundary: boundary(none), resource: resource(forRole) },
      "not allowed by permissions boundary",
    ],
    [
      "a session policy limits what a bucket allows a role",
      session,
      { identity: [], session: limited(none), resource: resource(forRole) },
      "not allowed by session policy",
    ],
    [
      "a session policy doesn't limit what a bucket allows the session itself",
      session,
      { identity: [], session: limited(none), resource: resource(forSession) },
      "allowed",
    ],
    [
      "a session policy limits its role",
      session,
      { identity: identity(all), session: limited(none) },
      "not allowed by session policy",
    ],
    [
      "a session policy adds nothing",
      session,
      { identity: [], session: limited(all) },
      "not allowed by identity-based policy",
    ],
    [
      "an SCP denies",
      carlos,
      { identity: identity(all), serviceControl: scps([all, deny("s3:*", "*")]) },
      "denied by service control policy",
    ],
    [
      "each level of SCPs has to allow",
      carlos,
      { identity: identity(all), serviceControl: scps([all], [none]) },
      "not allowed by service control policy",
    ],
    [
      "SCPs allow nothing by themselves",
      carlos,
      { identity: [], serviceControl: scps([all]) },
      "not allowed by identity-based policy",
    ],
    [
      "SCPs limit what a bucket allows",
      carlos,
      { identity: [], serviceControl: scps([none]), resource: resource(forCarlos) },
      "not allowed by service control policy",
    ],
    [
      "SCPs limit root",
      carlos,
      { identity: "root", serviceControl: scps([none]) },
      "not allowed by service control policy",
    ],
    ["nothing else does", carlos, { identity: "root" }, "allowed"],
  ])("%s", (_, caller, policies, expected) => {
    expect(verdict(decide(read, policies, aws(caller)))).toBe(expected);
  });
});

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
describe("policies of two accounts", () => {
  it.each<[string, PolicySet, string]>([
    ["both allow", { identity: identity(all), resource: resource(forAccount) }, "allowed"],
    ["the owner's doesn't", { identity: identity(all), resource: resource() }, "not allowed by resource-based policy"],
    ["there is none at the owner's", { identity: identity(all) }, "not allowed by resource-based policy"],
    ["the caller's doesn't", { identity: [], resource: resource(forCarlos) }, "not allowed by identity-based policy"],
    ["the caller's root is allowed", { identity: "root", resource: resource(forAccount) }, "allowed"],
  ])("%s", (_, policies, expected) => {
    expect(verdict(decide(read, { ...policies, crossAccount: true }, aws(carlos)))).toBe(expected);
  });
});

describe("a statement", () => {
  const applies = (
    statement: Element,
    request: Partial<typeof read> & { context?: object } = {},
    Version = "2012-10-17",
  ) => {
    const document = JSON.stringify({ Version, Statement: statement });
    const set: PolicySet = { identity: [{ id: "p", type: "identity-based policy", document }] };
    return decide({ ...read, ...request } as typeof read, set, aws(carlos)).allowed;
  };

  it("takes actions without regard to case, resources with", () => {
    expect(applies(allow("S3:getOBJECT", "*"))).toBe(true);
    expect(applies(allow("s3:Get*", "arn:aws:s3:::carlossalazar/*"))).toBe(true);
    expect(applies(allow("s3:Get*", "arn:aws:s3:::CarlosSalazar/*"))).toBe(false);
    expect(applies(allow("s3:Get?bject", "arn:aws:s3:::carlossalazar/?.txt"))).toBe(true);
  });

  it("takes NotAction and NotResource for all the others", () => {
    expect(applies({ Effect: "Allow", NotAction: "iam:*", Resource: "*" })).toBe(true);
    expect(applies({ Effect: "Allow", NotAction: ["iam:*", "s3:*"], Resource: "*" })).toBe(false);
    expect(applies({ Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::other/*" })).toBe(true);
    expect(applies({ Effect: "Allow", Action: "*", NotResource: ["arn:aws:s3:::carlos*"] })).toBe(false);
  });

  it("has variables, in the version that has them", () => {
    const home = allow("s3:*", "arn:aws:s3:::${aws:username}/*");
    expect(applies(home, { context: { "aws:username": "carlossalazar" } })).toBe(true);
    expect(applies(home, { context: { "aws:username": "mateo" } })).toBe(false);
    expect(applies(home, { context: {} })).toBe(false);
    expect(applies(home, { context: { "aws:username": "carlossalazar" } }, "2008-10-17")).toBe(false);
    // A value's own signs are no wildcards, and a denial that has no meaning denies nothing.
    expect(applies(home, { context: { "aws:username": "*" } })).toBe(false);
    const others = { Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::${aws:username}/*" };
    expect(applies(others, { context: {} })).toBe(false);
  });

  it("has variables with a default, and signs that stand for themselves", () => {
    const home = allow("s3:*", "arn:aws:s3:::${aws:PrincipalTag/team, 'carlossalazar'}/*");
    expect(applies(home)).toBe(true);
    expect(applies(home, { context: { "aws:principaltag/team": "x" } })).toBe(false);
    const stars = allow("s3:*", "arn:aws:s3:::b/${*}${?}${$}");
    expect(applies(stars, { resource: "arn:aws:s3:::b/*?$" })).toBe(true);
    expect(applies(stars, { resource: "arn:aws:s3:::b/abc" })).toBe(false);
  });

  it.each<[string, Element, Record<string, string | string[]>, boolean]>([
    [
      "StringEquals",
      { "aws:username": "${aws:PrincipalTag/name}" },
      { "aws:username": "a", "aws:principaltag/name": "a" },
      true,
    ],
    ["StringEquals", { "aws:username": "a*" }, { "aws:username": "ab" }, false],
    [
      "StringLike",
      { "s3:prefix": ["", "home/${aws:username}/*"] },
      { "s3:prefix": "home/x/y", "aws:username": "x" },
      true,
    ],
    ["StringNotEquals", { k: ["a", "b"] }, { k: "b" }, false],
    ["StringNotEquals", { k: "${aws:PrincipalTag/none}" }, { k: "b" }, true],
    ["StringNotEqualsIfExists", { k: "a" }, {}, true],
    ["StringEqualsIfExists", { k: "a" }, { k: "b" }, false],
    ["StringEqualsIgnoreCase", { k: "AbC" }, { k: "aBc" }, true],
    ["NumericLessThanEquals", { k: "10" }, { k: "10" }, true],
    ["NumericGreaterThan", { k: 10 }, { k: "ten" }, false],
    ["NumericNotEquals", { k: "1" }, { k: "1.0" }, false],
    ["DateLessThan", { k: "2026-01-01T00:00:00Z" }, { k: "1767225599" }, true],
    ["DateGreaterThan", { k: "1767225600" }, { k: "2026-01-01T00:00:00Z" }, false],
    ["Bool", { k: "true" }, { k: "TRUE" }, true],
    ["BoolIfExists", { k: false }, {}, true],
    ["BinaryEquals", { k: "QmluYXJ5" }, { k: "QmluYXJ5" }, true],
    ["IpAddress", { k: ["203.0.113.0/24", "2001:DB8:1234:5678::/64"] }, { k: "2001:db8:1234:5678::1" }, true],
    ["IpAddress", { k: "203.0.113.0/24" }, { k: "203.0.114.1" }, false],
    ["IpAddress", { k: "203.0.113.0/99" }, { k: "203.0.113.1" }, false],
    ["NotIpAddress", { k: "203.0.113.0/24" }, { k: "::1" }, true],
    ["ArnLike", { k: "arn:aws:iam::*:role/*" }, { k: "arn:aws:iam::1:role/a:b" }, true],
    ["ArnLike", { k: "arn:aws:*:role/*" }, { k: "arn:aws:iam::1:role/a" }, false],
    [
      "ArnEquals",
      { k: "arn:aws:iam::${aws:PrincipalAccount}:role/x" },
      { k: "arn:aws:iam::1:role/x", "aws:principalaccount": "1" },
      true,
    ],
    ["ArnNotLike", { k: "arn:aws:iam::*:role/*" }, { k: "arn:aws:iam::1:user/a" }, true],
    ["Null", { k: "true" }, {}, true],
    ["Null", { k: "false" }, { k: [] }, false],
    ["ForAllValues:StringEquals", { k: ["a", "b"] }, {}, true],
    ["ForAllValues:StringLike", { k: ["a*"] }, { k: ["ab", "c"] }, false],
    ["ForAnyValue:StringEquals", { k: "a" }, {}, false],
    ["ForAnyValue:StringNotEquals", { k: "a" }, { k: ["a", "b"] }, true],
    ["ForAnyValue:StringNotEquals", { k: "a" }, {}, false],
    ["ForAllValues:StringNotEquals", { k: "a" }, { k: ["a", "b"] }, false],
    ["StringEqual", { k: "a" }, { k: "a" }, false],
  ])("%s %j of %j", (operator, keys, context, expected) => {
    expect(applies(allow("*", "*", { Condition: { [operator]: keys } }), { context })).toBe(expected);
  });
});

// The same question asked of a plain reading of the rules: sets of allowed and denied, no compiled patterns.
describe("any policies", () => {
  const actions = ["s3:GetObject", "s3:PutObject", "ec2:RunInstances"];
  const resources = ["arn:a/1", "arn:a/2", "arn:b/1"];
  const patterns = (values: string[]) =>
    fc.uniqueArray(fc.constantFrom(...values, "*", "s3:*", "*Object", "arn:a/?", "arn:*1"), {
      minLength: 1,
      maxLength: 3,
    });
  const statement = fc.record({
    Effect: fc.constantFrom("Allow", "Allow", "Deny"),
    action: fc.tuple(fc.constantFrom("Action", "NotAction"), patterns(actions)),
    resource: fc.tuple(fc.constantFrom("Resource", "NotResource"), patterns(resources)),
    condition: fc.option(fc.constantFrom("x", "y")),
  });
  type Drawn = typeof statement extends fc.Arbitrary<infer One> ? One : never;
  const statements = fc.array(statement, { maxLength: 4 });
  const elements = ({ Effect, action, resource: [name, values], condition }: Drawn): Element => ({
    Effect,
    [action[0]]: action[1],
    [name]: values,
    ...(condition && { Condition: { StringEquals: { key: condition } } }),
  });
  const glob = (pattern: string) =>
    new RegExp(
      `^${pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replace(/\*/g, ".*")
        .replace(/\?/g, ".")}$`,
    );
  const covers = ([name, values]: [string, string[]], text: string) =>
    values.some((value) => glob(value).test(text)) !== name.startsWith("Not");
  const effects = (list: readonly Drawn[], action: string, target: string, key: string) =>
    list
      .filter(
        (one) =>
          covers(one.action, action) && covers(one.resource, target) && (!one.condition || one.condition === key),
      )
      .map(({ Effect }) => Effect);

  it("are decided as the rules read", () => {
    fc.assert(
      fc.property(
        fc.record({
          identity: statements,
          boundary: fc.option(statements),
          session: fc.option(statements),
          scp: fc.option(statements),
        }),
        fc.constantFrom(...actions),
        fc.constantFrom(...resources),
        fc.constantFrom("x", "y", "z"),
        (drawn, action, target, key) => {
          const lists = [drawn.identity, drawn.boundary, drawn.session, drawn.scp].filter((list) => list !== null);
          const seen = lists.map((list) => effects(list, action, target, key));
          const expected = seen.every((list) => list.includes("Allow")) && !seen.flat().includes("Deny");
          const made = (type: PolicyType, list: readonly Drawn[]) => policy(type, ...list.map(elements));
          const set: PolicySet = {
            identity: [made("identity-based policy", drawn.identity)],
            ...(drawn.boundary && { boundary: made("permissions boundary", drawn.boundary) }),
            ...(drawn.session && { session: [made("session policy", drawn.session)] }),
            ...(drawn.scp && { serviceControl: [[made("service control policy", drawn.scp)]] }),
          };
          const request = { action, resource: target, context: { key } };
          expect(decide(request, set, aws(session)).allowed).toBe(expected);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("never throw, whatever the document holds", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.jsonValue().map((Statement) => JSON.stringify({ Statement })),
        ),
        (document) => {
          decide(read, { identity: [{ id: "p", type: "identity-based policy", document }] }, aws(carlos));
        },
      ),
    );
  });
});
