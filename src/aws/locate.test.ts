import { describe, expect, test } from "vitest";
import type { WireRequest } from "./http.ts";
import { locate } from "./index.ts";
import { requestOfSdk } from "./sdk.fixture.ts";

type Head = Omit<WireRequest, "body">;

function head(method: string, url: string, headers: Readonly<Record<string, string>> = {}): Head {
  const { host, pathname, search } = new URL(url);
  return { method, path: pathname, query: search.slice(1), headers: { host, ...headers }, remoteAddress: "127.0.0.1" };
}

function found(request: Head) {
  const located = locate(request);
  return located && { service: located.service.name, region: located.region, action: located.actionName };
}

const scope = (service: string, region = "eu-west-1") =>
  `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260725/${region}/${service}/aws4_request, SignedHeaders=host, Signature=00`;

describe("a signed request", () => {
  test("says its service, Region and signer in the Authorization header", () => {
    const located = locate(
      head("POST", "http://127.0.0.1:4770/", { authorization: scope("ec2"), "x-amz-security-token": "token" }),
    );
    expect(located?.service.name).toBe("ec2");
    expect(located?.region).toBe("eu-west-1");
    expect(located?.credential).toMatchObject({ accessKeyId: "AKIDEXAMPLE", sessionToken: "token", in: "header" });
    expect(located?.actionName).toBeUndefined();
  });

  test("may say them in its query", () => {
    const credential = encodeURIComponent("AKIDEXAMPLE/20260725/eu-west-1/sts/aws4_request");
    const request = head("GET", `http://127.0.0.1:4770/?Action=GetCallerIdentity&X-Amz-Credential=${credential}`);
    expect(found(request)).toEqual({ service: "sts", region: "eu-west-1", action: "GetCallerIdentity" });
    expect(locate(request)?.credential).toMatchObject({ accessKeyId: "AKIDEXAMPLE", in: "query" });
  });

  test("for a service that isn't here is nobody's", () => {
    expect(locate(head("POST", "http://127.0.0.1:4770/", { authorization: scope("lambda") }))).toBeUndefined();
  });

  test("with a Region that is none belongs to us-east-1", () => {
    expect(found(head("POST", "http://127.0.0.1/", { authorization: scope("ec2", "../etc") }))?.region).toBe(
      "us-east-1",
    );
  });
});

test.each([
  ["CloudTrail_20131101.LookupEvents", "cloudtrail", "LookupEvents"],
  ["com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents", "cloudtrail", "LookupEvents"],
  ["AWSEC2InstanceConnectService.SendSSHPublicKey", "ec2-instance-connect", "SendSSHPublicKey"],
])("X-Amz-Target %s", (target, service, action) => {
  expect(found(head("POST", "http://127.0.0.1:4770/", { "x-amz-target": target }))).toMatchObject({ service, action });
});

test.each([
  ["https://ec2.us-west-2.amazonaws.com/", "ec2", "us-west-2"],
  ["https://ec2.us-west-2.api.aws/", "ec2", "us-west-2"],
  ["https://sts.amazonaws.com/", "sts", "us-east-1"],
  ["https://cloudtrail-fips.us-west-2.amazonaws.com/", "cloudtrail", "us-west-2"],
  ["https://s3-us-west-2.amazonaws.com/bucket/key", "s3", "us-west-2"],
  ["https://ec2.s3.eu-central-1.amazonaws.com/key", "s3", "eu-central-1"],
])("an unsigned request to %s", (url, service, region) => {
  expect(found(head("GET", url))).toMatchObject({ service, region });
});

test.each([
  ["GET", "http://localhost:4770/", "ListBuckets", {}],
  ["GET", "http://localhost:4770/bucket-1", "ListObjects", { Bucket: "bucket-1" }],
  ["GET", "http://localhost:4770/bucket-1/?list-type=2", "ListObjectsV2", { Bucket: "bucket-1" }],
  ["GET", "http://bucket-1.localhost:4770/?list-type=2", "ListObjectsV2", { Bucket: "bucket-1" }],
  ["GET", "http://bucket-1.s3.localhost:4770/a/b", "GetObject", { Bucket: "bucket-1", Key: "a/b" }],
  ["HEAD", "https://my.bucket.s3.eu-west-1.amazonaws.com/a%2Fb/", "HeadObject", { Bucket: "my.bucket", Key: "a%2Fb/" }],
  ["PUT", "http://localhost:4770/bucket-1", "CreateBucket", { Bucket: "bucket-1" }],
  ["PUT", "http://localhost:4770/bucket-1?policy", "PutBucketPolicy", { Bucket: "bucket-1" }],
  ["GET", "http://localhost:4770/bucket-1?location=", "GetBucketLocation", { Bucket: "bucket-1" }],
  ["POST", "http://localhost:4770/bucket-1/k?uploads", "CreateMultipartUpload", { Bucket: "bucket-1", Key: "k" }],
  ["PUT", "http://localhost:4770/bucket-1/k?partNumber=1&uploadId=u", "UploadPart", { Bucket: "bucket-1", Key: "k" }],
  ["GET", "http://localhost:4770/bucket-1/k?uploadId=u", "ListParts", { Bucket: "bucket-1", Key: "k" }],
  ["GET", "http://localhost:4770/bucket-1?analytics", "ListBucketAnalyticsConfigurations", { Bucket: "bucket-1" }],
  ["GET", "http://localhost:4770/bucket-1?analytics&id=1", "GetBucketAnalyticsConfiguration", { Bucket: "bucket-1" }],
  ["GET", "http://localhost:4770/bucket-1/k?attributes", "GetObjectAttributes", { Bucket: "bucket-1", Key: "k" }],
  ["POST", "http://localhost:4770/bucket-1/k", undefined, undefined],
  ["PATCH", "http://localhost:4770/bucket-1/k", undefined, undefined],
])("S3 takes %s %s for %s", (method, url, action, labels) => {
  const located = locate(head(method, url));
  expect(located?.service.name).toBe("s3");
  expect(located?.actionName).toBe(action);
  expect(located?.labels).toEqual(labels);
});

test("a copy is a put with a source", () => {
  const put = "http://localhost:4770/bucket-1/k";
  expect(locate(head("PUT", put))?.actionName).toBe("PutObject");
  expect(locate(head("PUT", put, { "x-amz-copy-source": "/a/b" }))?.actionName).toBe("CopyObject");
});

test("only an object's bytes come as a stream", () => {
  const put = (url: string) => locate(head("PUT", url))?.streamsInput;
  expect(put("http://localhost:4770/bucket-1/k")).toBe(true);
  expect(put("http://localhost:4770/bucket-1/k?partNumber=1&uploadId=u")).toBe(true);
  expect(put("http://localhost:4770/bucket-1/k?tagging")).toBe(false);
  expect(put("http://localhost:4770/bucket-1?policy")).toBe(false);
  const block = head("PUT", "http://localhost:4770/snapshots/snap-1/blocks/1", { authorization: scope("ebs") });
  expect(locate(block)).toMatchObject({ actionName: "PutSnapshotBlock", streamsInput: false });
});

test("a web identity assumes its role unsigned", async () => {
  const request = await requestOfSdk(
    "sts",
    "AssumeRoleWithWebIdentity",
    { RoleArn: "arn:aws:iam::123456789012:role/ci", RoleSessionName: "ci", WebIdentityToken: "token" },
    { endpoint: "http://127.0.0.1:4770" },
  );
  expect(request.headers.authorization).toBeUndefined();
  expect(locate(request)?.service.name).toBe("sts");
});

test.each([
  ["path style", { endpoint: "http://127.0.0.1:4770" }],
  ["virtual hosts", { endpoint: "http://localhost:4770" }],
  ["path style by choice", { endpoint: "http://localhost:4770", forcePathStyle: true }],
])("the SDK's buckets are found: %s", async (_style, settings) => {
  const request = await requestOfSdk("s3", "GetObject", { Bucket: "bucket-1", Key: "a b/ü" }, settings);
  expect(locate(request)).toMatchObject({
    actionName: "GetObject",
    labels: { Bucket: "bucket-1", Key: "a%20b/%C3%BC" },
  });
});
