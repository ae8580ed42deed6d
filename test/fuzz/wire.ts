import { Readable } from "node:stream";
import { cbor } from "@smithy/core/cbor";
import fc from "fast-check";
import type { Answer, Call, Members } from "../../src/aws/call.ts";
import { AwsError } from "../../src/aws/error.ts";
import type { WireRequest } from "../../src/aws/http.ts";
import {
  credentialOf,
  decode,
  decodeChunked,
  decodeError,
  encodeError,
  inputOnWire,
  installedSdk,
  type Located,
  locate,
  otherServices,
  outputOf,
  requestIdIn,
  verifySignature,
} from "../../src/aws/index.ts";
import { service } from "../../src/aws/model.ts";
import { noNotes } from "../../src/aws/notes.ts";
import { credentials } from "../../src/aws/sdk.fixture.ts";
import { lookupFields, recordsOf } from "../../src/record/index.ts";
import { root } from "../../src/record/record.fixture.ts";
import type { Target } from "./engine.ts";
import { mutated, mutatedBytes } from "./mutate.ts";
import type { Draw } from "./random.ts";
import { cborRequest, everyService, mutatedHead, mutatedRequest, type RealRequest, realRequests } from "./requests.ts";

const making = { completedAt: Date.UTC(2026, 0, 1), newId: () => "6d7fb4a5-0ef6-4b6b-9c9b-55f4cf24eab8" };

/** Whatever a call was, there is a record of it, in JSON, and Event history can read it. */
function recorded(
  located: Located,
  request: WireRequest,
  understood: Pick<Call, "actionName" | "action" | "input">,
  answer: Answer,
): void {
  const call: Call = {
    service: located.service,
    ...understood,
    caller: root,
    account: root.accountId,
    region: located.region,
    requestId: "59dbff89-35bd-4eac-99ed-be587EXAMPLE",
    request,
    notes: noNotes(),
  };
  for (const record of recordsOf(call, answer, making)) {
    const text = JSON.stringify(record);
    if (Buffer.byteLength(text) > 512 * 1024) throw new Error(`a record of ${Buffer.byteLength(text)} bytes`);
    lookupFields(JSON.parse(text));
  }
}

function understoodAs(located: Located, request: WireRequest) {
  try {
    return { ...decode(located, request), answer: { output: {} } as Answer };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const { actionName = "", action } = error as AwsError & { actionName?: string; action?: Call["action"] };
    encodeError(located.service, "id", error, request);
    return { actionName, action, input: undefined, answer: { error } };
  }
}

const decoders: readonly Target[] = everyService().map((of) => ({
  name: `${of.name} (${of.protocol})`,
  share: of.name === "ec2" ? 12 : of.name === "s3" ? 10 : 5,
  async open(draw) {
    const real = await realRequests(of, draw.below(1_000));
    return {
      run(now) {
        const request = mutatedRequest(now, now.of(real), now.of(real));
        const located = locate(request);
        if (!located) return;
        const { answer, ...understood } = understoodAs(located, request);
        if (understood.action) recorded(located, request, understood, answer);
      },
    };
  },
}));

const anything = fc.object({
  maxDepth: 5,
  withBigInt: true,
  withDate: true,
  values: [
    fc.string({ unit: "grapheme" }),
    fc.maxSafeInteger(),
    fc.double(),
    fc.bigInt(),
    fc.uint8Array(),
    fc.constant(null),
    fc.boolean(),
  ],
});

/** Services that OpenTrail only passes on: in any protocol, with their SDK's model or without. */
const others: Target = {
  name: "other services",
  share: 6,
  async open(draw) {
    const find = otherServices(installedSdk);
    const real = (await Promise.all(everyService().map((one) => realRequests(one, draw.below(100))))).flat();
    const names = ["lambda", "kms", "logs", "events", "sns", "dynamodb", "monitoring", "sqs", "cloudfront", "no-such"];
    const renamed = (now: Draw, request: RealRequest): RealRequest => ({
      ...request,
      headers: {
        ...request.headers,
        authorization: (request.headers.authorization ?? "").replace(
          /\/[a-z0-9-]+\/aws4_request/,
          `/${now.of(names)}/aws4_request`,
        ),
      },
    });
    return {
      async run(now) {
        const request = mutatedRequest(now, renamed(now, now.of(real)), now.of(real));
        const located = await find(request);
        if (!located) return;
        const { action, answer, ...rest } = understoodAs(located, request);
        recorded(located, request, { ...rest, action, input: inputOnWire(located, request) }, answer);
      },
    };
  },
};

const cborTarget: Target = {
  name: "CBOR",
  share: 5,
  async open(draw) {
    const find = otherServices(installedSdk);
    const values = fc.sample(anything, { numRuns: 300, seed: draw.below(1_000_000) }) as Members[];
    const other = Buffer.from(cbor.serialize(values[0]) as Uint8Array);
    return {
      async run(now) {
        const real = cborRequest(now, now.of(values));
        const request = { ...real, body: mutatedBytes(now, real.body, other) };
        const located = await find(request);
        if (!located) throw new Error("it isn't found any more");
        const input = inputOnWire(located, request);
        recorded(
          located,
          request,
          { actionName: located.actionName ?? "", action: undefined, input },
          { output: input },
        );
        decodeError(located.service, { status: 400, headers: request.headers, body: request.body });
      },
    };
  },
};

/** What an upstream answers is no more to be trusted than what a client asks. */
const answers: Target = {
  name: "upstreams' answers",
  share: 6,
  async open() {
    const texts = [
      '<?xml version="1.0"?><RunInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>1</requestId><instancesSet><item><instanceId>i-1</instanceId><launchTime>2026-01-01T00:00:00.000Z</launchTime><amiLaunchIndex>0</amiLaunchIndex></item></instancesSet></RunInstancesResponse>',
      "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId><Expiration>2026-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></AssumeRoleResponse>",
      "<Error><Code>NoSuchBucket</Code><Message>&lt;no&gt;</Message><Type>Sender</Type></Error>",
      '{"__type":"com.amazon#ValidationException:http://x","message":"no","Trail":{"Name":"a","list":[1,2,{"b":null}]}}',
    ];
    const actions = everyService().flatMap((of) => [...of.actions.values()].map((action) => ({ of, action })));
    return {
      run(now) {
        const { of, action } = now.of(actions);
        const body = Buffer.from(mutated(now, now.of(texts), now.of(texts)));
        const answer = {
          status: now.of([200, 400, 404, 500, 503]),
          headers: { "x-amzn-errortype": mutated(now, "A:b", "#") },
          body,
        };
        outputOf(of, action, answer);
        const error = decodeError(of, answer);
        encodeError(of, "id", error);
        requestIdIn(answer);
      },
    };
  },
};

const version2 = (request: RealRequest): RealRequest => ({
  ...request,
  headers: {
    ...request.headers,
    authorization: "AWS AKIAIOSFODNN7EXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=",
    date: "Tue, 27 Mar 2007 21:15:45 +0000",
  },
});
const presignedV2 = (request: RealRequest): RealRequest => ({
  ...unsigned(request),
  query: `${request.query}&AWSAccessKeyId=AKIAIOSFODNN7EXAMPLE&Expires=1175139620&Signature=NpgCjnDzrM%2BWFzoENXmpNDUsSn8%3D`,
});
const presigned = (request: RealRequest): RealRequest => ({
  ...unsigned(request),
  query: `${request.query}&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=${"0".repeat(64)}&X-Amz-Security-Token=t`,
});
const version4a = (request: RealRequest): RealRequest => ({
  ...request,
  headers: {
    ...request.headers,
    authorization:
      "AWS4-ECDSA-P256-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/s3/aws4_request, SignedHeaders=host;x-amz-date;x-amz-region-set, Signature=3045022100",
    "x-amz-region-set": "us-*",
  },
});

function unsigned(request: RealRequest): RealRequest {
  const { authorization, ...headers } = request.headers;
  return { ...request, headers };
}

/** Signatures of every version, in header and query. Nothing that was changed may verify as what it was signed for. */
const signatures: Target = {
  name: "signatures",
  share: 10,
  async open(draw) {
    const real = (await Promise.all(everyService().map((one) => realRequests(one, draw.below(100))))).flat();
    const forms = [
      (request: RealRequest) => request,
      (request: RealRequest) => request,
      version2,
      presignedV2,
      presigned,
      version4a,
    ];
    return {
      run(now) {
        const signed = now.of(real);
        const whole = now.of(forms)(signed);
        const request = now.chance(0.5)
          ? mutatedHead(now, whole, now.of(real))
          : withBrokenSignature(now, whole, now.of(real));
        const credential = credentialOf(request);
        if (!credential) return;
        const located = locate(request);
        const of = located?.service ?? service("s3");
        let verified = true;
        try {
          verifySignature(request, credential, credentials.secretAccessKey, { now: Date.now(), service: of });
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
          encodeError(of, "id", error, request);
          verified = false;
        }
        if (verified && !sameMeaning(request, signed)) throw new Error("a changed request verifies");
      },
    };
  },
};

const signedNames = /SignedHeaders=([^,\s]+)/;

// What a signature covers: method, path and query in their meaning, the signed headers, the body.
function sameMeaning(one: RealRequest, other: RealRequest): boolean {
  const names = (signedNames.exec(other.headers.authorization ?? "")?.[1] ?? "").split(";");
  const text = (request: RealRequest) =>
    JSON.stringify([
      request.method,
      (/\/s3\//.test(request.headers.authorization ?? "") ? request.path.split("/") : normal(request.path)).map(
        decodedOr,
      ),
      // The signature itself is in no signature.
      [...new URLSearchParams(request.query)].filter(([name]) => name !== "X-Amz-Signature").sort(),
      names.map((name) => (request.headers[name] ?? "").trim().replace(/\s+/g, " ")),
      request.body.toString("latin1"),
    ]);
  return text(one) === text(other);
}

// Version 4 signs paths without empty and dot segments, but for S3.
function normal(path: string): string[] {
  const segments: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") segments.pop();
    else if (part !== "" && part !== ".") segments.push(part);
  }
  return segments;
}

function decodedOr(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withBrokenSignature(now: Draw, request: RealRequest, other: RealRequest): RealRequest {
  const { authorization } = request.headers;
  if (authorization === undefined) return { ...request, query: mutated(now, request.query, other.query) };
  const headers = { ...request.headers, authorization: mutated(now, authorization, other.headers.authorization ?? "") };
  return { ...request, headers };
}

/** Bodies in aws-chunked framing, cut into pieces anywhere. */
const chunked: Target = {
  name: "aws-chunked",
  share: 5,
  async open() {
    const signature = `;chunk-signature=${"0".repeat(64)}`;
    const bodies = [
      "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n",
      `5${signature}\r\nhello\r\n0${signature}\r\n\r\n`,
      `5${signature}\r\nhello\r\n0${signature}\r\nx-amz-checksum-crc32:NhCmhg==\r\nx-amz-trailer-signature:${"0".repeat(64)}\r\n\r\n`,
    ];
    const payloads = [
      "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
      "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
    ];
    return {
      async run(now) {
        const index = now.below(bodies.length);
        const body = mutatedBytes(now, Buffer.from(bodies[index] as string), Buffer.from(now.of(bodies)));
        const pieces: Buffer[] = [];
        for (let at = 0; at < body.length; ) {
          const length = 1 + now.below(now.chance(0.5) ? 8 : 200);
          pieces.push(body.subarray(at, at + length));
          at += length;
        }
        const head = {
          method: "PUT",
          path: "/b/k",
          query: "",
          remoteAddress: "127.0.0.1",
          headers: {
            authorization: `AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${"0".repeat(64)}`,
            "x-amz-content-sha256": payloads[now.below(3)] as string,
            "x-amz-decoded-content-length": now.of(["5", mutated(now, "5", "10")]),
            "x-amz-trailer": now.of(["", "x-amz-checksum-crc32"]),
          },
        };
        try {
          for await (const _ of decodeChunked(Readable.from(pieces), head, now.of([undefined, "secret"])));
        } catch (error) {
          if (!(error instanceof AwsError)) throw error;
        }
      },
    };
  },
};

export const wireTargets: readonly Target[] = [...decoders, others, cborTarget, answers, signatures, chunked];
