import { Readable } from "node:stream";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { describe, expect, test } from "vitest";
import { AwsError } from "./error.ts";
import type { WireRequest } from "./http.ts";
import { locate, verifySignature } from "./index.ts";
import { type ServiceName, service } from "./model.ts";
import { credentials, requestOfSdk, wireRequest } from "./sdk.fixture.ts";

const secret = credentials.secretAccessKey;

function verify(request: WireRequest, name: ServiceName, now = Date.now(), key = secret): void {
  const credential = locate(request)?.credential;
  if (!credential) throw new Error("the request carries no credential");
  verifySignature(request, credential, key, { now, service: service(name) });
}

function refusal(request: WireRequest, name: ServiceName, now?: number, key?: string) {
  try {
    verify(request, name, now, key);
  } catch (error) {
    if (error instanceof AwsError) return { code: error.code, status: error.status, message: error.message };
    throw error;
  }
  return undefined;
}

const calls: readonly [ServiceName, string, Readonly<Record<string, unknown>>][] = [
  ["ec2", "DescribeInstances", { Filters: [{ Name: "tag:a b", Values: ["ü+*~'()!"] }] }],
  ["sts", "GetCallerIdentity", {}],
  ["iam", "CreateUser", { UserName: "alice" }],
  ["cloudtrail", "LookupEvents", { MaxResults: 1 }],
  [
    "ec2-instance-connect",
    "SendSSHPublicKey",
    { InstanceId: "i-1", InstanceOSUser: "u", SSHPublicKey: "ssh-rsa AAAA" },
  ],
  ["ebs", "ListSnapshotBlocks", { SnapshotId: "snap/1 ü(2)" }],
  ["ebs", "GetSnapshotBlock", { SnapshotId: "snap-1", BlockIndex: 3, BlockToken: "a+b/c==" }],
  ["s3", "ListBuckets", {}],
  [
    "s3",
    "PutObject",
    { Bucket: "bucket-1", Key: "a b/./ü+c//(d).txt", Body: "hello", Metadata: { note: "two  spaces" } },
  ],
  ["s3", "ListObjectsV2", { Bucket: "bucket-1", Prefix: "a b/", Delimiter: "/" }],
  ["s3", "GetBucketLocation", { Bucket: "bucket-1" }],
];

describe.each(calls)("%s %s signed by the SDK", (name, action, input) => {
  test("verifies", async () => {
    const request = await requestOfSdk(name, action, input);
    expect(refusal(request, name)).toBeUndefined();
  });

  test("verifies with a session token, and not without it", async () => {
    const session = { credentials: { ...credentials, sessionToken: "a+token/with=signs" } };
    const request = await requestOfSdk(name, action, input, session);
    expect(locate(request)?.credential?.sessionToken).toBe("a+token/with=signs");
    expect(refusal(request, name)).toBeUndefined();
    const { "x-amz-security-token": _, ...headers } = request.headers;
    expect(refusal({ ...request, headers }, name)).toBeDefined();
  });

  test("is refused with another secret, method, path, query, host, or body", async () => {
    const request = await requestOfSdk(name, action, input);
    expect(refusal(request, name, undefined, "another")).toBeDefined();
    expect(refusal({ ...request, method: "DELETE" }, name)).toBeDefined();
    expect(refusal({ ...request, path: `${request.path}x` }, name)).toBeDefined();
    expect(refusal({ ...request, query: `${request.query}&x=y` }, name)).toBeDefined();
    expect(refusal({ ...request, headers: { ...request.headers, host: "elsewhere" } }, name)).toBeDefined();
    expect(refusal({ ...request, headers: { ...request.headers, "x-amz-added": "1" } }, name)).toBeDefined();
    expect(refusal({ ...request, body: Buffer.from("tampered") }, name)).toBeDefined();
  });
});

test.each<[ServiceName, string, string, number]>([
  ["ec2", "DescribeInstances", "AuthFailure", 401],
  ["iam", "ListUsers", "SignatureDoesNotMatch", 403],
  ["cloudtrail", "DescribeTrails", "InvalidSignatureException", 403],
  ["ebs", "StartSnapshot", "InvalidSignatureException", 403],
  ["s3", "ListBuckets", "SignatureDoesNotMatch", 403],
])("%s words a wrong signature its own way", async (name, action, code, status) => {
  const request = await requestOfSdk(name, action, action === "StartSnapshot" ? { VolumeSize: 1 } : {});
  expect(refusal(request, name, undefined, "another")).toMatchObject({ code, status });
});

const quarter = 15 * 60 * 1000;

test.each<[ServiceName, string, string, string]>([
  ["ec2", "DescribeInstances", "RequestExpired", "AuthFailure"],
  ["iam", "ListUsers", "SignatureDoesNotMatch", "SignatureDoesNotMatch"],
  ["cloudtrail", "DescribeTrails", "InvalidSignatureException", "InvalidSignatureException"],
  ["s3", "ListBuckets", "RequestTimeTooSkewed", "RequestTimeTooSkewed"],
])("%s takes requests that are at most a quarter of an hour off", async (name, action, late, early) => {
  const request = await requestOfSdk(name, action, {});
  const now = Date.now();
  expect(refusal(request, name, now + quarter - 5000)).toBeUndefined();
  expect(refusal(request, name, now - quarter + 5000)).toBeUndefined();
  expect(refusal(request, name, now + quarter + 5000)?.code).toBe(late);
  expect(refusal(request, name, now - quarter - 5000)?.code).toBe(early);
});

test("a signature for one service is no good for another, nor for another Region", async () => {
  const request = await requestOfSdk("sts", "GetCallerIdentity", {});
  expect(refusal(request, "iam")?.message).toBe("Credential should be scoped to correct service: 'iam'.");
  const credential = locate(request)?.credential;
  if (!credential) throw new Error("no credential");
  const options = { now: Date.now(), service: service("sts"), region: "eu-west-1" };
  expect(() => verifySignature(request, credential, secret, options)).toThrow(/valid region/);
});

test.each(["Signature=0", "Credential=", "SignedHeaders="])(
  "an authorization without its %s is incomplete",
  async (part) => {
    const request = await requestOfSdk("iam", "ListUsers", {});
    const pattern = part.startsWith("Signature=") ? /, Signature=.*$/ : new RegExp(`${part}[^,]*, `);
    const authorization = request.headers.authorization?.replace(pattern, "") ?? "";
    expect(refusal({ ...request, headers: { ...request.headers, authorization } }, "iam")?.code).toBe(
      "IncompleteSignature",
    );
  },
);

test("a request without a date is incomplete", async () => {
  const request = await requestOfSdk("iam", "ListUsers", {});
  const { "x-amz-date": _, ...headers } = request.headers;
  expect(refusal({ ...request, headers }, "iam")?.code).toBe("IncompleteSignature");
});

test("S3 compares the body with its declared hash", async () => {
  const request = await requestOfSdk(
    "s3",
    "PutBucketPolicy",
    { Bucket: "bucket-1", Policy: "{}" },
    { endpoint: "http://127.0.0.1" },
  );
  expect(refusal(request, "s3")).toBeUndefined();
  expect(refusal({ ...request, body: Buffer.from("{ }") }, "s3")?.code).toBe("XAmzContentSHA256Mismatch");
});

test("the block of a snapshot that a client streams is signed without its bytes", async () => {
  const block = { SnapshotId: "snap-1", BlockIndex: 1, DataLength: 1, Checksum: "c", ChecksumAlgorithm: "SHA256" };
  const streamed = await requestOfSdk("ebs", "PutSnapshotBlock", { ...block, BlockData: Readable.from(["x"]) });
  const request = { ...streamed, body: Buffer.from("x") };
  expect(request.headers["x-amz-content-sha256"]).toBe("UNSIGNED-PAYLOAD");
  expect(refusal(request, "ebs")).toBeUndefined();
  expect(refusal({ ...request, path: `${request.path}1` }, "ebs")).toBeDefined();
});

async function presigned(expiresIn: number): Promise<WireRequest> {
  const signer = new SignatureV4({
    credentials,
    region: "us-east-1",
    service: "s3",
    sha256: Sha256,
    uriEscapePath: false,
  });
  const request = await signer.presign(
    {
      method: "GET",
      protocol: "https:",
      hostname: "bucket-1.s3.us-east-1.amazonaws.com",
      path: "/a%20b/%C3%BC",
      query: { "response-content-type": "text/plain; charset=utf-8" },
      headers: { host: "bucket-1.s3.us-east-1.amazonaws.com", "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
    },
    { expiresIn, unhoistableHeaders: new Set(["x-amz-content-sha256"]) },
  );
  return wireRequest({ ...request, query: request.query ?? {}, headers: request.headers });
}

test("a presigned URL is good until it expires", async () => {
  const request = await presigned(3600);
  expect(locate(request)).toMatchObject({ actionName: "GetObject", credential: { in: "query" } });
  expect(refusal(request, "s3")).toBeUndefined();
  expect(refusal(request, "s3", Date.now() + 3_590_000)).toBeUndefined();
  expect(refusal(request, "s3", Date.now() + 3_610_000)).toMatchObject({
    code: "AccessDenied",
    message: "Request has expired",
  });
  expect(
    refusal({ ...request, query: request.query.replace("X-Amz-Expires=3600", "X-Amz-Expires=7200") }, "s3"),
  ).toBeDefined();
});

describe("the examples of AWS's own documentation", () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
  const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const now = Date.UTC(2013, 4, 24);
  const base = { path: "/test.txt", query: "", remoteAddress: "127.0.0.1", body: Buffer.alloc(0) };
  const host = "examplebucket.s3.amazonaws.com";
  const authorization = (headers: string, signature: string) =>
    `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${headers},Signature=${signature}`;

  test("GET Object", () => {
    const headers = {
      host,
      range: "bytes=0-9",
      "x-amz-content-sha256": emptyHash,
      "x-amz-date": "20130524T000000Z",
      authorization: authorization(
        "host;range;x-amz-content-sha256;x-amz-date",
        "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
      ),
    };
    expect(refusal({ ...base, method: "GET", headers }, "s3", now)).toBeUndefined();
  });

  test("PUT Object", () => {
    const headers = {
      host,
      date: "Fri, 24 May 2013 00:00:00 GMT",
      "x-amz-date": "20130524T000000Z",
      "x-amz-storage-class": "REDUCED_REDUNDANCY",
      "x-amz-content-sha256": "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
      authorization: authorization(
        "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
        "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
      ),
    };
    const body = Buffer.from("Welcome to Amazon S3.");
    expect(refusal({ ...base, method: "PUT", path: "/test$file.text", headers, body }, "s3", now)).toBeUndefined();
  });

  test("GET Bucket Lifecycle", () => {
    const headers = {
      host,
      "x-amz-date": "20130524T000000Z",
      "x-amz-content-sha256": emptyHash,
      authorization: authorization(
        "host;x-amz-content-sha256;x-amz-date",
        "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
      ),
    };
    expect(refusal({ ...base, method: "GET", path: "/", query: "lifecycle", headers }, "s3", now)).toBeUndefined();
  });

  // https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
  test("a presigned URL", () => {
    const query = [
      "X-Amz-Algorithm=AWS4-HMAC-SHA256",
      "X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request",
      "X-Amz-Date=20130524T000000Z",
      "X-Amz-Expires=86400",
      "X-Amz-SignedHeaders=host",
      "X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
    ].join("&");
    expect(refusal({ ...base, method: "GET", query, headers: { host } }, "s3", now)).toBeUndefined();
  });
});
