import { cbor } from "@smithy/core/cbor";
import fc from "fast-check";
import type { WireRequest } from "../../src/aws/http.ts";
import { anyText, membersOf, xmlText } from "../../src/aws/members.fixture.ts";
import { type Service, type ServiceName, services } from "../../src/aws/model.ts";
import { requestOfSdk } from "../../src/aws/sdk.fixture.ts";
import { mutated, mutatedBytes } from "./mutate.ts";
import type { Draw } from "./random.ts";

/** A request as the AWS SDK sends it, whole. */
export interface RealRequest extends WireRequest {
  readonly body: Buffer;
}

const mostActions = 120;

/** Real requests for a service: its actions' (some of them, where there are many), with whatever they take. */
export async function realRequests(service: Service, seed: number): Promise<RealRequest[]> {
  const all = [...service.actions.values()];
  const step = Math.max(1, Math.floor(all.length / mostActions));
  const requests: RealRequest[] = [];
  for (let index = seed % step; index < all.length; index += step) {
    const action = all[index];
    if (!action) continue;
    const carrier = {
      empties: !service.protocol.endsWith("Query"),
      text: service.protocol === "restXml" ? xmlText : anyText,
    };
    for (const everything of [true, false]) {
      const [input = {}] = fc.sample(membersOf(action.input, carrier, everything), { numRuns: 1, seed: seed + index });
      const request = await requestOfSdk(service.name as ServiceName, action.name, input).catch(() => undefined);
      if (request && Buffer.isBuffer(request.body)) requests.push({ ...request, body: request.body });
      else if (request) requests.push({ ...request, body: Buffer.from("streamed") });
    }
  }
  return requests;
}

/** What an SDK sends by Smithy's RPC protocol in CBOR, for a service that no model knows. */
export function cborRequest(draw: Draw, input: unknown): RealRequest {
  return {
    method: "POST",
    path: "/service/GraniteServiceVersion20100801/operation/PutMetricData",
    query: "",
    headers: {
      host: "monitoring.us-east-1.amazonaws.com",
      "smithy-protocol": "rpc-v2-cbor",
      "content-type": "application/cbor",
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/${draw.of(["monitoring", "logs", "kms", "dynamodb"])}/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`,
    },
    remoteAddress: "127.0.0.1",
    body: Buffer.from(cbor.serialize(input) as Uint8Array),
  };
}

export function everyService(): readonly Service[] {
  return [...services.values()];
}

/** A request with something wrong in its head, its body, or both. */
export function mutatedRequest(draw: Draw, request: RealRequest, other: RealRequest): RealRequest {
  if (draw.chance(0.5)) return { ...request, body: mutatedBytes(draw, request.body, other.body) };
  return {
    ...mutatedHead(draw, request, other),
    body: draw.chance(0.5) ? request.body : mutatedBytes(draw, request.body, other.body),
  };
}

/** A head with something wrong in it, as HTTP's parser still lets it through. */
export function mutatedHead(draw: Draw, request: RealRequest, other: RealRequest): RealRequest {
  switch (draw.below(4)) {
    case 0:
      return {
        ...request,
        path: `/${asTarget(mutated(draw, request.path, other.path))
          .replace(/[?#]/g, "")
          .slice(1)}`,
      };
    case 1:
      return { ...request, query: asTarget(mutated(draw, request.query, other.query)) };
    case 2:
      return { ...request, method: draw.of(["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]) };
    default: {
      const headers: Record<string, string> = { ...request.headers };
      const name = draw.of([...Object.keys(headers), ...Object.keys(other.headers), ...looked]);
      headers[name] = asHeader(mutated(draw, headers[name] ?? other.headers[name] ?? "", other.headers[name] ?? ""));
      return { ...request, headers };
    }
  }
}

/** Headers that OpenTrail looks into, whether a client has sent them or not. */
const looked = [
  ...["authorization", "host", "content-type", "content-encoding", "x-amz-target", "x-amz-date", "date", "range"],
  ...["x-amz-content-sha256", "x-amz-decoded-content-length", "x-amz-trailer", "x-amz-security-token", "if-match"],
  ...[
    "x-amz-copy-source",
    "x-amz-copy-source-range",
    "x-amz-checksum-crc32",
    "x-amz-tagging",
    "x-amz-acl",
    "content-md5",
  ],
  ...[
    "user-agent",
    "origin",
    "referer",
    "cookie",
    "x-forwarded-for",
    "smithy-protocol",
    "if-modified-since",
    "x-amz-meta-x",
  ],
];

// What can't stand in a request line or a header never reaches the gateway.
export const asTarget = (text: string) =>
  text.replace(/[^!-~]/g, (sign) => `%${(sign.charCodeAt(0) & 255).toString(16).padStart(2, "0")}`);
const asHeader = (text: string) => text.replace(/[^\t -~\u0080-\u00ff]/g, "").trim();
