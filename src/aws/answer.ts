import { createHash } from "node:crypto";
import type { Members } from "./call.ts";
import type { AwsError } from "./error.ts";
import type { WireRequest, WireResponse } from "./http.ts";
import { writeJson } from "./json.ts";
import type { Action, Protocol, Service } from "./model.ts";
import { tunnelPath } from "./open-tunnel.ts";
import { writeRest } from "./rest-write.ts";
import { type Shape, shapeOf } from "./shape.ts";
import { element, escapeXml, writeMembers, xmlDeclaration } from "./xml-write.ts";

const contentTypes: Readonly<Record<Protocol, string>> = {
  ec2Query: "text/xml;charset=UTF-8",
  awsQuery: "text/xml",
  "awsJson1.1": "application/x-amz-json-1.1",
  restJson: "application/json",
  restXml: "application/xml",
};

/** The answer of success in the service's protocol; a stream in the output becomes the body as it is. */
export function encodeAnswer(service: Service, action: Action, requestId: string, output: Members): WireResponse {
  const shape = shapeOf(action.output, service.protocol);
  const headers = { ...idHeaders(service, requestId), "content-type": contentTypes[service.protocol] };
  switch (service.protocol) {
    case "ec2Query":
      return { status: 200, headers, body: xmlDeclaration + ec2Body(service, action, shape, requestId, output) };
    case "awsQuery":
      return { status: 200, headers, body: queryBody(service, action, shape, requestId, output) };
    case "awsJson1.1":
      if (action.http) return writeRest(service, action, shape, output, headers);
      return { status: 200, headers, body: shape.kind === "unit" ? "" : writeJson(shape, output) };
    default:
      return writeRest(service, action, shape, output, headers);
  }
}

function ec2Body(service: Service, action: Action, shape: Shape, requestId: string, output: Members): string {
  // An action without a result says that it succeeded.
  const members =
    shape.kind === "structure" ? writeMembers(shape, output, service.protocol) : element("return", "true");
  return envelope(service, action, element("requestId", requestId) + members);
}

function queryBody(service: Service, action: Action, shape: Shape, requestId: string, output: Members): string {
  const name = `${action.name}Result`;
  const result =
    shape.kind === "structure" ? `<${name}>${writeMembers(shape, output, service.protocol)}</${name}>` : "";
  return envelope(service, action, `${result}<ResponseMetadata>${element("RequestId", requestId)}</ResponseMetadata>`);
}

function envelope(service: Service, action: Action, content: string): string {
  const name = `${action.name}Response`;
  return `<${name} xmlns="${service.xmlNamespace}">${content}</${name}>`;
}

// S3 has its own names for them, and a second one that says nothing to a client.
function idHeaders(service: Service, requestId: string): Record<string, string> {
  return service.protocol === "restXml"
    ? { "x-amz-request-id": requestId, "x-amz-id-2": hostId(requestId) }
    : { "x-amzn-requestid": requestId };
}

function hostId(requestId: string): string {
  return createHash("sha384").update(requestId).digest("base64");
}

/** The request that failed: a HEAD is answered without a body; S3 names the resource, which is the path. */
type ErrorContext = Partial<Pick<WireRequest, "method" | "path">>;

/** The answer of failure in the service's protocol. */
export function encodeError(
  service: Service,
  requestId: string,
  error: AwsError,
  context: ErrorContext = {},
): WireResponse {
  const { status, retryAfter } = error;
  const bare = {
    ...idHeaders(service, requestId),
    ...error.headers,
    ...(retryAfter !== undefined && { "retry-after": String(retryAfter) }),
  };
  const headers = { ...bare, "content-type": contentTypes[service.protocol] };
  if (context.method === "HEAD" || status === 304) return { status, headers: bare };
  switch (service.protocol) {
    case "ec2Query":
      return { status, headers, body: xmlDeclaration + ec2Error(requestId, error) };
    case "awsQuery":
      return { status, headers, body: queryError(service, requestId, error) };
    case "awsJson1.1":
      if (context.path === tunnelPath)
        return { status, headers, body: JSON.stringify({ ErrorCode: error.code, Message: error.message }) };
      return {
        status,
        headers,
        body: JSON.stringify({ __type: error.code, ...error.details, message: error.message }),
      };
    case "restJson":
      return {
        status,
        headers: { ...headers, "x-amzn-errortype": error.code },
        body: JSON.stringify({ ...error.details, Message: error.message }),
      };
    case "restXml":
      return { status, headers, body: xmlDeclaration + s3Error(requestId, error, context) };
  }
}

function codeAndMessage(error: AwsError): string {
  return element("Code", error.code) + element("Message", error.message);
}

function details(error: AwsError): string {
  return Object.entries(error.details)
    .map(([name, value]) => element(name, value))
    .join("");
}

function ec2Error(requestId: string, error: AwsError): string {
  const inner = codeAndMessage(error) + details(error);
  return `<Response><Errors><Error>${inner}</Error></Errors><RequestID>${escapeXml(requestId)}</RequestID></Response>`;
}

function queryError(service: Service, requestId: string, error: AwsError): string {
  const inner = element("Type", error.fault) + codeAndMessage(error) + details(error);
  return (
    `<ErrorResponse xmlns="${service.xmlNamespace}"><Error>${inner}</Error>` +
    `${element("RequestId", requestId)}</ErrorResponse>`
  );
}

function s3Error(requestId: string, error: AwsError, { path }: ErrorContext): string {
  const where = path === undefined ? "" : element("Resource", path);
  const ids = element("RequestId", requestId) + element("HostId", hostId(requestId));
  return `<Error>${codeAndMessage(error)}${details(error)}${where}${ids}</Error>`;
}
