import { Readable } from "node:stream";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";
import type { WireRequest } from "../aws/http.ts";
import { type Credential, credentialFault, decodeChunked, type Located, verifySignature } from "../aws/index.ts";
import { type PassedRequest, type Upstream, withoutHeaders } from "../aws/upstream.ts";
import type { Identity } from "../identity/index.ts";
import { type MappedKey, signable, type UpstreamCredentials } from "./credentials.ts";

type Head = Omit<WireRequest, "body">;

/** Checks a request's own signature, and gives what signs the request for an upstream. */
export type Resign = (
  located: Located,
  head: Head,
  request: PassedRequest,
) => Promise<(upstream: Upstream) => Promise<PassedRequest>>;

const unsignedPayload = "UNSIGNED-PAYLOAD";

const tooLarge = () =>
  new AwsError("RequestEntityTooLarge", "The request is too large for its signature to be checked", { status: 413 });

interface ResignParts {
  readonly keys: readonly MappedKey[];
  readonly identity: Pick<Identity, "resolve">;
  readonly credentialsOf: (key: MappedKey) => Promise<UpstreamCredentials>;
  readonly clock: Clock;
}

/** Throws what the service answers for a key that isn't mapped, and for a signature that doesn't verify. */
export function resigner({ keys, identity, credentialsOf, clock }: ResignParts): Resign {
  const byId = new Map(keys.map((key) => [key.accessKeyId, key]));
  const ofOwnIam = byId.get(undefined);

  async function keyOf(credential: Credential | undefined): Promise<[key: MappedKey, secretAccessKey: string]> {
    if (!credential) throw new AwsError("MissingAuthenticationToken", "", { status: 403 });
    const key = byId.get(credential.accessKeyId);
    if (key?.secretAccessKey !== undefined) return [key, key.secretAccessKey];
    const own = ofOwnIam && (await identity.resolve(credential)).secretAccessKey;
    if (!ofOwnIam || own === undefined) throw new AwsError("InvalidClientTokenId", "", { status: 403 });
    return [ofOwnIam, own];
  }

  return async (located, head, request) => {
    const { service, credential } = located;
    const [key, secretAccessKey] = await keyOf(credential).catch((error: unknown) => {
      throw credentialFault(service, error, credential?.accessKeyId ?? "");
    });
    // A signature that covers a body can't be checked without it.
    if (request.body instanceof Readable && !located.streamsInput) throw tooLarge();
    const now = clock.now();
    verifySignature({ ...head, body: request.body }, credential as Credential, secretAccessKey, { now, service });
    return async (upstream) => {
      const credentials = await credentialsOf(key);
      const plain = isSignedInChunks(head) ? outOfChunks(head, request, secretAccessKey) : request;
      return signedAnew(plain, located, credentials, upstream, now);
    };
  };
}

// The chunks carry signatures of the client's key: their bytes go on without the frame, and S3 takes them unsigned.
const isSignedInChunks = ({ headers }: Head) =>
  headers["x-amz-content-sha256"]?.startsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD") ?? false;

const ofChunks: ReadonlySet<string> = new Set([
  "content-length",
  "transfer-encoding",
  "x-amz-content-sha256",
  "x-amz-decoded-content-length",
  "x-amz-trailer",
]);

function outOfChunks(head: Head, request: PassedRequest, secretAccessKey: string): PassedRequest {
  const body = request.body instanceof Readable ? request.body : Readable.from([request.body]);
  const kept = withoutHeaders(request.rawHeaders, ofChunks).flatMap((text, index, all) => {
    const [name, value] = index % 2 === 0 ? [text, all[index + 1] ?? ""] : ["", ""];
    if (name === "") return [];
    if (name.toLowerCase() !== "content-encoding") return [name, value];
    const encodings = value.split(",").filter((one) => one.trim() !== "aws-chunked");
    return encodings.length > 0 ? [name, encodings.join(",").trim()] : [];
  });
  const length = head.headers["x-amz-decoded-content-length"];
  return {
    ...request,
    body: decodeChunked(body, head, secretAccessKey),
    trailers: undefined,
    rawHeaders: [
      ...kept,
      ...(length === undefined ? [] : ["Content-Length", length]),
      "x-amz-content-sha256",
      unsignedPayload,
    ],
  };
}

const ofSignature: ReadonlySet<string> = new Set([
  "authorization",
  "x-amz-date",
  "x-amz-security-token",
  "host",
  "date",
]);
const inQuery = /^(X-Amz-(Algorithm|Credential|Date|Expires|SignedHeaders|Signature|Security-Token|Content-Sha256))$/i;

async function signedAnew(
  request: PassedRequest,
  { service, credential, region }: Located,
  credentials: UpstreamCredentials,
  upstream: Upstream,
  now: number,
): Promise<PassedRequest> {
  const isS3 = service.name === "s3";
  const [path = "/", query = ""] = request.target.split("?", 2);
  const parameters = query.split("&").filter((one) => one !== "" && !inQuery.test(one.split("=")[0] ?? ""));
  const rawHeaders = withoutHeaders(request.rawHeaders, ofSignature);
  const { host } = new URL(upstream.origin);
  const headers: Record<string, string> = { host };
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (name.startsWith("x-amz-") || name === "content-type" || name === "content-md5") {
      headers[name] = [headers[name], rawHeaders[index + 1]].filter((value) => value !== undefined).join(",");
    }
  }
  // The SDK signs the hash that stands in the header, and else that of the body.
  const hash = headers["x-amz-content-sha256"] ?? (request.body instanceof Readable ? unsignedPayload : undefined);
  if (hash !== undefined) headers["x-amz-content-sha256"] = hash;
  const signer = new SignatureV4({
    service: credential?.service ?? service.name,
    region: credential?.region || region,
    credentials: signable(credentials),
    sha256: Sha256,
    uriEscapePath: !isS3,
    applyChecksum: isS3,
  });
  const signed = await signer.sign(
    {
      protocol: "https:",
      hostname: host,
      method: request.method,
      path: upstream.path + path,
      query: queryOf(parameters.join("&")),
      headers: { ...headers },
      ...(request.body instanceof Readable ? {} : { body: request.body }),
    },
    { signingDate: new Date(now) },
  );
  const added = Object.entries(signed.headers).filter(([name]) => !(name in headers) || name === "host");
  if (
    hash !== undefined &&
    !rawHeaders.some((name, index) => index % 2 === 0 && /^x-amz-content-sha256$/i.test(name))
  ) {
    added.push(["x-amz-content-sha256", hash]);
  }
  const search = parameters.length > 0 ? `?${parameters.join("&")}` : "";
  return { ...request, target: path + search, rawHeaders: [...rawHeaders, ...added.flat()] };
}

function queryOf(text: string): Record<string, string | string[]> {
  const query: Record<string, string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) query[name] = [...(query[name] ?? []), value];
  return query;
}
