import { createHmac, timingSafeEqual } from "node:crypto";
import type { Credential } from "./credential.ts";
import { AwsError } from "./error.ts";
import { hostOf } from "./host.ts";
import type { WireRequest } from "./http.ts";
import { signatureFaults } from "./signature-fault.ts";

type Head = Omit<WireRequest, "body">;

const toleranceMs = 15 * 60 * 1000;

// The query parameters that belong to the resource, so that nobody can sign one and ask for the other.
const subresources: ReadonlySet<string> = new Set(
  (
    "accelerate acl analytics cors defaultObjectAcl delete inventory lifecycle location logging metrics notification " +
    "object-lock partNumber policy replication requestPayment restore select select-type storageClass tagging torrent " +
    "uploadId uploads versionId versioning versions website response-cache-control response-content-disposition " +
    "response-content-encoding response-content-language response-content-type response-expires"
  ).split(" "),
);

/**
 * Checks Signature Version 2 of an S3 request: its time and the signature itself. boto3 and aws-cli presign with it
 * where nobody says otherwise. Throws AccessDenied, RequestTimeTooSkewed or SignatureDoesNotMatch.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html
 */
export function verifyVersion2(request: Head, credential: Credential, secretAccessKey: string, now: number): void {
  const query = new URLSearchParams(request.query);
  const time = credential.in === "query" ? checkedExpiry(query, now) : checkedDate(request, now);
  // Headers that a presigned URL carries were moved into its query.
  const header = (name: string) => request.headers[name] ?? query.get(name) ?? "";
  const text = [
    request.method,
    header("content-md5"),
    header("content-type"),
    time,
    ...amzHeaders(request, query),
    resourceOf(request, query),
  ].join("\n");
  const expected = createHmac("sha1", secretAccessKey).update(text).digest();
  const given = Buffer.from(credential.signature, "base64");
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw signatureFaults.restXml.mismatch({
    AWSAccessKeyId: credential.accessKeyId,
    StringToSign: text,
    SignatureProvided: credential.signature,
  });
}

function checkedExpiry(query: URLSearchParams, now: number): string {
  const expires = query.get("Expires") ?? "";
  if (!/^\d{1,10}$/.test(expires)) {
    throw new AwsError(
      "AccessDenied",
      "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
      {
        status: 403,
      },
    );
  }
  const end = Number(expires) * 1000;
  if (end > now) return expires;
  throw signatureFaults.restXml.presignedExpired({
    Expires: new Date(end).toISOString(),
    ServerTime: new Date(now).toISOString(),
  });
}

// A client that can't set Date sends x-amz-date, which is signed among its fellows.
function checkedDate({ headers }: Head, now: number): string {
  const { date = "", "x-amz-date": amzDate } = headers;
  const time = Date.parse(amzDate ?? date);
  if (Number.isNaN(time)) {
    throw new AwsError("AccessDenied", "AWS authentication requires a valid Date or x-amz-date header", {
      status: 403,
    });
  }
  if (Math.abs(time - now) > toleranceMs) {
    throw signatureFaults.restXml.expired(amzDate ?? date, "", new Date(now).toISOString());
  }
  return amzDate === undefined ? date : "";
}

function amzHeaders({ headers }: Head, query: URLSearchParams): string[] {
  const all = new Map([...query, ...Object.entries(headers)].map(([name, value]) => [name.toLowerCase(), value]));
  return [...all]
    .filter(([name]) => name.startsWith("x-amz-"))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}`);
}

function resourceOf(request: Head, query: URLSearchParams): string {
  const { bucket } = hostOf(request);
  const parts = [...query]
    .filter(([name]) => subresources.has(name))
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`));
  return (bucket === undefined ? "" : `/${bucket}`) + request.path + (parts.length > 0 ? `?${parts.join("&")}` : "");
}
