import { canonicalRequest } from "./canonical.ts";
import { type Credential, isVersion2 } from "./credential.ts";
import { AwsError } from "./error.ts";
import type { WireRequest } from "./http.ts";
import { type Service, serviceOfScope } from "./model.ts";
import { signatureFaults } from "./signature-fault.ts";
import { verifyVersion2 } from "./signature-v2.ts";
import { ALGORITHM, scopeText, sha256, signatureMatches, signingKey } from "./signing.ts";

interface VerifyOptions {
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly service: Service;
  /** When given, the signature must have been made for it. */
  readonly region?: string;
}

const toleranceMs = 15 * 60 * 1000;
const longestPresignedSeconds = 7 * 24 * 60 * 60;
const unsignedPayload = "UNSIGNED-PAYLOAD";

/**
 * Checks a request's Signature Version 4 (of S3 also 2), in the Authorization header or in the query: its parts, its
 * time, its scope, the headers it covers, the body's hash and the signature itself. Throws what the service answers.
 */
export function verifySignature(
  request: WireRequest,
  credential: Credential,
  secretAccessKey: string,
  options: VerifyOptions,
): void {
  if (isVersion2(credential)) {
    verifyVersion2(request, credential, secretAccessKey, options.now);
    return;
  }
  const faults = signatureFaults[options.service.protocol];
  checkParts(credential, options);
  const signedAt = checkTime(request, credential, options);
  checkScope(credential, signedAt, options);
  checkSignedHeaders(request, credential, options);
  const isS3 = options.service.protocol === "restXml";
  const key = signingKey(secretAccessKey, credential);
  const payloadHashes = isS3 ? [s3PayloadHash(request, credential)] : payloadHashesOf(request);
  let stringToSign = "";
  for (const payloadHash of payloadHashes) {
    const canonical = canonicalRequest(request, credential.signedHeaders, payloadHash, isS3);
    stringToSign = [ALGORITHM, signedAt, scopeText(credential), sha256(canonical)].join("\n");
    if (signatureMatches(key, stringToSign, credential.signature)) return;
  }
  throw faults.mismatch({
    AWSAccessKeyId: credential.accessKeyId,
    StringToSign: stringToSign,
    SignatureProvided: credential.signature,
  });
}

function checkParts(credential: Credential, { service }: VerifyOptions): void {
  const { incomplete } = signatureFaults[service.protocol];
  if (credential.algorithm !== ALGORITHM)
    throw incomplete(`Unsupported AWS 'algorithm': '${credential.algorithm}'. Use ${ALGORITHM}.`);
  const place = credential.in === "header" ? "Authorization header" : "Query string";
  const missing: string[] = [];
  if (credential.terminator === "") missing.push("Credential");
  if (credential.signature === "") missing.push("Signature");
  if (credential.signedHeaders.length === 0) missing.push("SignedHeaders");
  if (missing.length > 0) throw incomplete(missing.map((name) => `${place} requires '${name}' parameter.`).join(" "));
}

function basicTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace(/[-:]/g, "")}Z`;
}

// `20260725T120000Z`, or an HTTP date in a Date header.
function timeFrom(text: string): number {
  const basic = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!basic) return / GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  const [, year, month, day, hour, minute, second] = basic;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

function checkTime(request: WireRequest, credential: Credential, { now, service }: VerifyOptions): string {
  const faults = signatureFaults[service.protocol];
  const query = new URLSearchParams(credential.in === "query" ? request.query : "");
  const text =
    credential.in === "query"
      ? (query.get("X-Amz-Date") ?? "")
      : (request.headers["x-amz-date"] ?? request.headers.date ?? "");
  const time = timeFrom(text);
  if (Number.isNaN(time)) {
    const place = credential.in === "query" ? "an 'X-Amz-Date' parameter" : "either a 'X-Amz-Date' or a 'Date' header";
    throw faults.incomplete(`The signature requires existence of ${place} with a date in ISO 8601 basic format.`);
  }
  const signedAt = basicTime(time);
  if (time > now + toleranceMs) throw faults.early(signedAt, basicTime(now + toleranceMs), basicTime(now));
  const expires = query.get("X-Amz-Expires");
  if (expires === null) {
    if (time < now - toleranceMs) throw faults.expired(signedAt, basicTime(now - toleranceMs), basicTime(now));
    return signedAt;
  }
  const seconds = Number(expires);
  if (!(seconds >= 0 && seconds <= longestPresignedSeconds))
    throw faults.incomplete("X-Amz-Expires must be a number of seconds, at most 604800 (a week)");
  const end = time + seconds * 1000;
  if (now > end) {
    throw faults.presignedExpired({
      "X-Amz-Expires": expires,
      Expires: new Date(end).toISOString(),
      ServerTime: new Date(now).toISOString(),
    });
  }
  return signedAt;
}

function checkScope(credential: Credential, signedAt: string, { service, region }: VerifyOptions): void {
  const { wrongScope } = signatureFaults[service.protocol];
  const day = signedAt.slice(0, 8);
  if (credential.date !== day)
    throw wrongScope(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${credential.date}' != '${day}', from '${signedAt}'.`,
    );
  if (region !== undefined && credential.region !== region)
    throw wrongScope(`Credential should be scoped to a valid region, not '${credential.region}'.`);
  if ((serviceOfScope(credential.service)?.name ?? credential.service) !== service.name)
    throw wrongScope(`Credential should be scoped to correct service: '${service.name}'.`);
  if (credential.terminator !== "aws4_request")
    throw wrongScope(
      `Credential should be scoped with a valid terminator: 'aws4_request', not '${credential.terminator}'.`,
    );
}

// A header that isn't signed could be anybody's: the host and what AWS acts on must be.
function checkSignedHeaders(request: WireRequest, { signedHeaders }: Credential, { service }: VerifyOptions): void {
  const signed = new Set(signedHeaders);
  const unsigned = Object.keys(request.headers).filter(
    (name) => (name === "host" || name.startsWith("x-amz-")) && !signed.has(name),
  );
  if (unsigned.length === 0) return;
  if (service.protocol === "restXml") {
    throw new AwsError("AccessDenied", "There were headers present in the request which were not signed", {
      status: 403,
      details: { HeadersNotSigned: unsigned.join(", ") },
    });
  }
  throw signatureFaults[service.protocol].wrongScope(
    `'${unsigned[0]}' must be a 'SignedHeader' in the AWS Authorization.`,
  );
}

// S3 signs the hash that the client declares, and checks that the body has it.
function s3PayloadHash({ headers, query, body }: WireRequest, credential: Credential): string {
  const inQuery = credential.in === "query" ? new URLSearchParams(query).get("X-Amz-Content-Sha256") : undefined;
  const declared = headers["x-amz-content-sha256"] ?? inQuery ?? undefined;
  if (declared === undefined) {
    if (credential.in === "query") return unsignedPayload;
    throw new AwsError("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
  }
  if (!/^(UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]+|[0-9a-f]{64})$/.test(declared)) {
    throw new AwsError(
      "InvalidArgument",
      "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD or a valid sha256 value.",
    );
  }
  if (declared.length === 64 && Buffer.isBuffer(body) && sha256(body) !== declared) {
    throw new AwsError(
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  return declared;
}

// The other services hash what they got. Some actions (EBS PutSnapshotBlock) may leave the body unsigned, and not every
// client declares it: the signature itself tells, for it was made with one or the other.
function payloadHashesOf({ body }: WireRequest): readonly string[] {
  return Buffer.isBuffer(body) ? [sha256(body), unsignedPayload] : [unsignedPayload];
}
