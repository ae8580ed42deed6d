import { expect, test } from "vitest";
import { AwsError } from "./error.ts";
import { locate, verifySignature } from "./index.ts";

// The key and the examples of https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
const accessKeyId = "AKIAIOSFODNN7EXAMPLE";
const secret = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

interface Example {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers: Readonly<Record<string, string>>;
}

function refusal({ method = "GET", path = "/photos/puppy.jpg", query = "", headers }: Example, at: string) {
  const request = { method, path, query, headers, remoteAddress: "127.0.0.1", body: Buffer.alloc(0) };
  const located = locate(request);
  if (!located?.credential) throw new Error("the request carries no credential");
  expect(located).toMatchObject({ service: { name: "s3" }, credential: { accessKeyId } });
  try {
    verifySignature(request, located.credential, secret, { now: Date.parse(at), service: located.service });
  } catch (error) {
    if (error instanceof AwsError) return error.code;
    throw error;
  }
  return undefined;
}

const signed = (signature: string) => ({ authorization: `AWS ${accessKeyId}:${signature}` });
const host = "johnsmith.s3.amazonaws.com";

test("the examples of AWS's guide verify, and not when something is changed", () => {
  const got = { host, date: "Tue, 27 Mar 2007 19:36:42 +0000", ...signed("bWq2s1WEIj+Ydj0vQ697zp+IXMU=") };
  expect(refusal({ headers: got }, "2007-03-27T19:40:00Z")).toBeUndefined();
  expect(refusal({ headers: { ...got, host: "other.s3.amazonaws.com" } }, got.date)).toBe("SignatureDoesNotMatch");
  expect(refusal({ headers: { ...got, "x-amz-acl": "public-read" } }, got.date)).toBe("SignatureDoesNotMatch");
  expect(refusal({ headers: got, query: "acl" }, got.date)).toBe("SignatureDoesNotMatch");
  expect(refusal({ headers: got }, "2007-03-27T20:00:00Z")).toBe("RequestTimeTooSkewed");
  expect(refusal({ headers: { ...got, date: "" } }, got.date)).toBe("AccessDenied");

  const date = "Tue, 27 Mar 2007 21:15:45 +0000";
  const put = { host, date, "content-type": "image/jpeg", ...signed("MyyxeRY7whkBe+bq8fHCL/2kKUg=") };
  expect(refusal({ method: "PUT", headers: put }, date)).toBeUndefined();

  const later = "Tue, 27 Mar 2007 19:44:46 +0000";
  const acl = { host, date: later, ...signed("c2WLPFtWHVgbEmeEG93a4cG37dM=") };
  expect(refusal({ path: "/", query: "acl", headers: acl }, later)).toBeUndefined();

  const amzDate = "Tue, 27 Mar 2007 21:20:26 +0000";
  const inAmzDate = { date: "Tue, 27 Mar 2007 21:20:27 +0000", "x-amz-date": amzDate };
  const deleted = { host: "s3.amazonaws.com", ...inAmzDate, ...signed("R4dJ53KECjStyBO5iTBJZ4XVOaI=") };
  expect(refusal({ method: "DELETE", path: "/johnsmith/photos/puppy.jpg", headers: deleted }, amzDate)).toBeUndefined();
});

test("a presigned URL verifies until it expires", () => {
  const query = `AWSAccessKeyId=${accessKeyId}&Expires=1175139620&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D`;
  expect(refusal({ query, headers: { host } }, "2007-03-29T03:40:19Z")).toBeUndefined();
  expect(refusal({ query, headers: { host } }, "2007-03-29T03:40:21Z")).toBe("AccessDenied");
  expect(refusal({ query: query.replace("5139620", "5139621"), headers: { host } }, "2007-03-29T03:40:19Z")).toBe(
    "SignatureDoesNotMatch",
  );
});

// Made by boto3 1.43 with signature_version "s3", which it takes for presigned URLs when nobody says otherwise.
test.each([
  [
    "GET",
    "/pictures/a%20b/%C3%BC%2B%281%29.jpg",
    "response-content-type=text%2Fx%20y&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=8VRcNv5QLoRyVlRhyAJ8pXGiezM%3D&Expires=1795393110",
  ],
  [
    "PUT",
    "/pictures/k",
    "AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Signature=fCIyLkfqkAivZqTq1LrBYD4N%2FhA%3D&content-type=text%2Fplain&x-amz-meta-a=b%20c&Expires=1795393110",
  ],
])("a %s that boto3 presigned verifies, by path and by host", (method, path, query) => {
  const at = new Date(1795393110_000 - 60_000).toISOString();
  expect(refusal({ method, path, query, headers: { host: "127.0.0.1:4770" } }, at)).toBeUndefined();
  const byHost = { path: path.replace("/pictures", ""), headers: { host: "pictures.s3.localhost:4770" } };
  expect(refusal({ method, query, ...byHost }, at)).toBeUndefined();
});
