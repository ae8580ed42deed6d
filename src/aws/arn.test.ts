import { expect, test } from "vitest";
import { formatArn, parseArn } from "./index.ts";

test.each([
  "arn:aws:ec2:us-east-1:123456789012:instance/i-1234567890abcdef0",
  "arn:aws:s3:::bucket-1/a:b/c",
  "arn:aws-cn:iam::123456789012:user/division/alice",
  "arn:aws:cloudtrail:us-east-1:123456789012:trail/management",
])("%s comes apart and together", (text) => {
  const arn = parseArn(text);
  expect(arn && formatArn(arn)).toBe(text);
});

test("the parts of an ARN", () => {
  expect(parseArn("arn:aws:s3:::bucket-1/a:b")).toEqual({
    partition: "aws",
    service: "s3",
    region: "",
    account: "",
    resource: "bucket-1/a:b",
  });
  expect(formatArn({ service: "iam", account: "123456789012", resource: "root" })).toBe(
    "arn:aws:iam::123456789012:root",
  );
});

test.each(["", "bucket-1", "arn:aws:s3", "arn:aws:s3:::", "arn::s3:::b"])("%j is no ARN", (text) => {
  expect(parseArn(text)).toBeUndefined();
});
