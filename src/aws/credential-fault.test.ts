import { expect, test } from "vitest";
import { credentialFault } from "./credential-fault.ts";
import { AwsError } from "./error.ts";
import { type ServiceName, service } from "./model.ts";

test.each<[ServiceName, string, string, number, string]>([
  ["ec2", "InvalidClientTokenId", "AuthFailure", 401, "AWS was not able to validate the provided access credentials"],
  ["ec2", "ExpiredToken", "RequestExpired", 400, "Request has expired."],
  [
    "ec2",
    "MissingAuthenticationToken",
    "AuthFailure",
    401,
    "AWS was not able to validate the provided access credentials",
  ],
  [
    "iam",
    "InvalidClientTokenId",
    "InvalidClientTokenId",
    403,
    "The security token included in the request is invalid.",
  ],
  ["sts", "ExpiredToken", "ExpiredToken", 403, "The security token included in the request is expired"],
  ["sts", "MissingAuthenticationToken", "MissingAuthenticationToken", 403, "Request is missing Authentication Token"],
  [
    "cloudtrail",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    400,
    "The security token included in the request is invalid.",
  ],
  [
    "ec2-instance-connect",
    "ExpiredToken",
    "ExpiredTokenException",
    400,
    "The security token included in the request is expired",
  ],
  [
    "ebs",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    403,
    "The security token included in the request is invalid.",
  ],
  [
    "s3",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    403,
    "The AWS Access Key Id you provided does not exist in our records.",
  ],
  ["s3", "ExpiredToken", "ExpiredToken", 400, "The provided token has expired."],
  ["s3", "MissingAuthenticationToken", "AccessDenied", 403, "Access Denied"],
])("%s answers %s with %s", (name, code, refusal, status, message) => {
  const fault = credentialFault(service(name), new AwsError(code, "as identity words it"), "AKIAX");
  expect(fault).toMatchObject({ code: refusal, status, message });
});

test("an error that isn't about credentials stays as it is", () => {
  const other = new AwsError("ServiceUnavailable", "no", { status: 503 });
  expect(credentialFault(service("ec2"), other, "")).toBe(other);
  const defect = new TypeError();
  expect(credentialFault(service("ec2"), defect, "")).toBe(defect);
});
