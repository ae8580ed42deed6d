import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkPostPolicy } from "./post-policy.ts";

const now = Date.UTC(2026, 6, 1, 12);
const base64 = (document: unknown) => Buffer.from(JSON.stringify(document)).toString("base64");
const expiration = "2026-07-01T13:00:00Z";
const policyOf = (...conditions: unknown[]) => base64({ expiration, conditions });
const check = (policy: string, fields: Record<string, string> = {}) => checkPostPolicy(policy, fields, "photos", now);

describe("a form's policy", () => {
  test("lets through what it describes, and tells how long the file may be", () => {
    const policy = policyOf(
      { bucket: "photos" },
      ["starts-with", "$key", "user/eric/"],
      ["eq", "$acl", "private"],
      ["starts-with", "$Content-Type", "image/"],
      ["starts-with", "$x-amz-meta-tag", ""],
      ["content-length-range", 1, 1048576],
    );
    const fields = {
      key: "user/eric/me.jpg",
      acl: "private",
      "content-type": "image/jpeg, image/png",
      "x-amz-meta-tag": "anything",
      policy,
      "x-amz-signature": "f00",
      "x-ignore-me": "x",
    };
    expect(check(policy, fields)).toEqual({ min: 1, max: 1048576 });
  });

  const key = ["starts-with", "$key", ""];
  test.each([
    [policyOf(["eq", "$key", "a"]), { key: "b" }, 'Policy Condition failed: ["eq", "$key", "a"]'],
    [policyOf(["starts-with", "$key", "a/"]), {}, 'Policy Condition failed: ["starts-with", "$key", "a/"]'],
    [policyOf({ bucket: "others" }, key), { key: "a" }, 'Policy Condition failed: ["eq", "$bucket", "others"]'],
    [policyOf(["starts-with", "$Content-Type", "image/"]), { "content-type": "image/png, text/html" }, "Content-Type"],
    [policyOf(key), { key: "a", acl: "public-read" }, "Extra input fields: acl"],
    [base64({ expiration: "2026-07-01T12:00:00Z", conditions: [] }), {}, "Policy expired."],
  ])("%# refuses a form that isn't as it says", (policy, fields, message) => {
    const refused = expect(() => check(policy, fields as Record<string, string>));
    refused.toThrow(expect.objectContaining({ code: "AccessDenied", status: 403 }));
    expect(() => check(policy, fields as Record<string, string>)).toThrow(message);
  });

  test.each([
    ["not base64 of JSON", "Invalid JSON."],
    [base64([]), "Invalid JSON."],
    [base64({ conditions: [] }), "Policy missing expiration."],
    [base64({ expiration }), "Policy missing conditions."],
    [base64({ expiration: "soon", conditions: [] }), "Invalid 'expiration' value."],
    [policyOf({ a: "1", b: "2" }), "Simple-Conditions must have exactly one property"],
    [policyOf(["ends-with", "$key", ".jpg"]), "Unknown operation: ends-with."],
    [policyOf(["content-length-range", "a", 2]), "Invalid content-length-range"],
    [policyOf("key"), "Invalid condition"],
  ])("%# is refused when it isn't one", (policy, message) => {
    expect(() => check(policy)).toThrow(expect.objectContaining({ code: "InvalidPolicyDocument" }));
    expect(() => check(policy)).toThrow(message);
  });

  test("is an error of S3's whatever it holds, and never lets a field through that it doesn't name", () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.dictionary(fc.stringMatching(/^[a-z-]{1,9}$/), fc.string()),
        (conditions, fields) => {
          try {
            check(base64({ expiration, conditions }), fields);
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^(InvalidPolicyDocument|AccessDenied)$/) });
            return;
          }
          const text = JSON.stringify(conditions).toLowerCase();
          for (const name of Object.keys(fields))
            if (!/^(policy|signature|awsaccesskeyid|file|bucket|x-ignore-.*)$/.test(name)) expect(text).toContain(name);
        },
      ),
    );
  });
});
