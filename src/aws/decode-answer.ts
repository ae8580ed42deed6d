import { splitHeader } from "@smithy/core/serde";
import type { Members } from "./call.ts";
import { AwsError } from "./error.ts";
import type { WireAnswer } from "./http.ts";
import { readJsonAnswer } from "./json.ts";
import type { Action, Service } from "./model.ts";
import { outputOnWire } from "./on-the-wire.ts";
import { Unreadable } from "./problem.ts";
import { scalarFrom } from "./scalar.ts";
import { type Member, type Structure, shapeOf } from "./shape.ts";
import { readXmlAnswer, textsIn } from "./xml-read.ts";

/**
 * Reads the output that an answer of success holds: the inverse of encodeAnswer. What is missing or has another type than
 * the model's is left out. Throws Unreadable for a body that isn't the protocol's at all.
 */
export function decodeAnswer(service: Service, action: Action, answer: WireAnswer): Members {
  const shape = shapeOf(action.output, service.protocol);
  if (shape.kind !== "structure") return {};
  switch (service.protocol) {
    case "ec2Query":
      return readXmlAnswer(shape, textOf(answer));
    case "awsQuery":
      return readXmlAnswer(shape, textOf(answer), `${action.name}Result`);
    case "awsJson1.1":
      if (action.http) return readRestAnswer(service, shape, answer);
      return readJsonAnswer(shape, textOf(answer));
    default:
      return readRestAnswer(service, shape, answer);
  }
}

function textOf({ body }: WireAnswer): string {
  return body.toString("utf8");
}

function readRestAnswer(service: Service, shape: Structure, answer: WireAnswer): Members {
  const members: Record<string, unknown> = {};
  for (const member of shape.members) {
    const value = readBound(service, member, answer);
    if (value !== undefined) members[member.name] = value;
  }
  if (shape.members.some(({ binding }) => binding.in === "body")) {
    Object.assign(members, readDocument(service, shape, answer));
  }
  return members;
}

function readDocument(service: Service, shape: Structure, answer: WireAnswer): Members {
  return service.protocol === "restXml" ? readXmlAnswer(shape, textOf(answer)) : readJsonAnswer(shape, textOf(answer));
}

function readBound(service: Service, { binding, shape }: Member, answer: WireAnswer): unknown {
  const { headers, status, body } = answer;
  switch (binding.in) {
    case "header": {
      const text = headers[binding.name];
      if (text === undefined) return undefined;
      return shape.kind === "list" ? splitHeader(text) : scalarFrom(shape, text);
    }
    case "headers": {
      const found = Object.entries(headers).filter(([name]) => name.startsWith(binding.prefix));
      if (found.length === 0) return undefined;
      return Object.fromEntries(found.map(([name, value]) => [name.slice(binding.prefix.length), value]));
    }
    case "status":
      return status;
    case "payload":
      if (body.length === 0) return undefined;
      if (shape.kind === "structure") return readDocument(service, shape, answer);
      return shape.kind === "blob" ? new Uint8Array(body) : body.toString("utf8");
    default:
      return undefined;
  }
}

const statusErrors: Readonly<Record<number, string>> = {
  301: "PermanentRedirect",
  304: "NotModified",
  400: "BadRequest",
  401: "Unauthorized",
  403: "AccessDenied",
  404: "NotFound",
  405: "MethodNotAllowed",
  412: "PreconditionFailed",
  416: "InvalidRange",
  503: "ServiceUnavailable",
};

/**
 * Reads the error that an answer of failure holds: code, message, whose fault. Never throws: an answer that isn't the
 * protocol's (a proxy's page, a HEAD's, which has no body) is named by its status.
 */
export function decodeError(service: Pick<Service, "protocol">, answer: WireAnswer): AwsError {
  const { status } = answer;
  const { code, message, fault } =
    service.protocol.endsWith("Query") || service.protocol === "restXml" ? xmlError(answer) : jsonError(answer);
  const named = code ?? statusErrors[status] ?? (status >= 500 ? "InternalError" : "BadRequest");
  // Real records have Client.RequestLimitExceeded, though EC2 answers it with 503.
  const throttled = named === "RequestLimitExceeded" ? "Sender" : undefined;
  const whose = throttled ?? (fault === "Sender" || fault === "Receiver" ? fault : undefined);
  return new AwsError(named, message ?? "", { status, ...(whose && { fault: whose }) });
}

interface ErrorTexts {
  readonly code?: string | undefined;
  readonly message?: string | undefined;
  readonly fault?: string | undefined;
}

function xmlError(answer: WireAnswer): ErrorTexts {
  const { Code, Message, Type } = textsIn(textOf(answer), ["Code", "Message", "Type"]);
  return { code: Code || undefined, message: Message, fault: Type };
}

// The code may stand in a header or in the body, with a name space before it and a URL behind it.
// https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#operation-error-serialization
function jsonError(answer: WireAnswer): ErrorTexts {
  const document = outputOnWire(answer);
  const raw = answer.headers["x-amzn-errortype"] ?? document.__type ?? document.code;
  const code = typeof raw === "string" ? raw.replace(/^.*#/, "").replace(/:.*$/, "") : "";
  const message = document.message ?? document.Message ?? document.errorMessage;
  return { code: code || undefined, message: typeof message === "string" ? message : undefined };
}

/**
 * The request's id as the client reads it from the answer: the SDKs in a header, botocore (boto3, aws-cli) in the XML of the
 * Query services; where there is only one of them, that. On AWS they are the same. Undefined when the answer tells none.
 */
export function requestIdIn({ headers, body }: WireAnswer, userAgent = ""): string | undefined {
  const inHeader = headers["x-amzn-requestid"] ?? headers["x-amz-request-id"] ?? headers["x-amzn-request-id"];
  if (inHeader && !/\bBotocore\//.test(userAgent)) return inHeader;
  // It is the first or the last of what stands there.
  const ends = body.length > 2 * endOfBody ? [body.subarray(0, endOfBody), body.subarray(-endOfBody)] : [body];
  const found = ends.map((end) => /<[Rr]equestI[dD]>([^<]{1,128})</.exec(end.toString("latin1"))?.[1]);
  return found.find((id) => id !== undefined) ?? inHeader;
}

const endOfBody = 1024;

/** The output of an answer, or nothing of it when it can't be read. */
export function outputOf(service: Service, action: Action, answer: WireAnswer): Members {
  try {
    return decodeAnswer(service, action, answer);
  } catch (error) {
    if (error instanceof Unreadable) return {};
    throw error;
  }
}
