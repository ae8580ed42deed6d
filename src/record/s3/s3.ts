import type { NormalizedSchema } from "@smithy/core/schema";
import type { Members } from "../../aws/call.ts";
import { credentialOf, credentialOfForm, isVersion2 } from "../../aws/index.ts";
import type { Action, Service } from "../../aws/model.ts";
import { inCopiedHashMapOrder } from "../json-of-xml.ts";
import type { RecordResource } from "../record.ts";
import type { Rule } from "../rule.ts";
import type { Exchange, Shape } from "../shape.ts";
import { xmlBody } from "./body.ts";
import { bucketDataEvents, eventNames } from "./event-names.ts";

/** How S3's records show an action: the parameters of its HTTP request rather than the members of its model. */
export function s3Shape(service: Service, action: Action): Shape {
  const isObjectAction = action.input.isStructSchema() && action.input.getMemberSchemas().Key !== undefined;
  const isData = isObjectAction || bucketDataEvents.has(action.name);
  const rules: Rule[] = [...parameterRules(action)];
  const body = isData ? undefined : xmlBody(action, service.xmlNamespace ?? "", (rule) => rules.push(rule));
  const shownHeaders = headersOf(action.output);
  for (const { header, member } of shownHeaders) {
    rules.push({
      side: "responseElements",
      effect: "named",
      path: header,
      from: member,
      origin: headerEvidence(header),
    });
  }
  return {
    style: "HTTP request",
    rules,
    eventName: eventNames[action.name] ?? action.name,
    isData,
    userAgent: (agent) => `[${agent}]`,
    requestParameters: (exchange) => requestParameters(exchange, body),
    responseElements: (_, output) => {
      const shown = shownHeaders.flatMap(({ header, member }) =>
        typeof output[member] === "string" ? [[header, output[member]]] : [],
      );
      return shown.length > 0 ? Object.fromEntries(shown) : null;
    },
    additionalEventData,
    resources: (exchange) => resources(exchange, action.name),
  };
}

// Headers that carry a signature or a secret, or that say how the body is coded rather than what is asked.
const hiddenHeaders =
  /^x-amz-(date|content-sha256|security-token|decoded-content-length|trailer|user-agent|mfa|te|meta-.*|sdk-.*|checksum-.*|.*customer-key(-md5)?)$/;
const hiddenQuery = /^(x-amz-(signature|credential|security-token)|signature|awsaccesskeyid)$/i;
const isShownHeader = (name: string) => name.startsWith("x-amz-") && !hiddenHeaders.test(name);

// Where the members of the input travel in the request, and so what requestParameters call them.
function* parameterRules(action: Action): Generator<Rule> {
  const named = { side: "requestParameters", effect: "named", origin: "derived" } as const;
  for (const [name] of new URLSearchParams(action.http?.uri.split("?")[1])) {
    if (name !== "x-id") yield { ...named, path: name, from: "the sub-resource in the URL" };
  }
  if (!action.input.isStructSchema()) return;
  for (const [from, schema] of action.input.structIterator()) {
    const { httpQuery, httpHeader, httpPrefixHeaders, httpLabel } = schema.getMergedTraits();
    if (httpQuery) yield { ...named, path: httpQuery, from };
    if (httpLabel) yield { ...named, path: from === "Bucket" ? "bucketName" : "key", from, origin: "observed" };
    if (httpHeader && isShownHeader(httpHeader)) yield { ...named, path: httpHeader, from };
    if ((httpHeader && !isShownHeader(httpHeader)) || httpPrefixHeaders) {
      yield { ...named, effect: "not shown", path: "", from, origin: "inferred" };
    }
  }
}

function requestParameters({ call, input }: Exchange, body: ((input: Members) => Members) | undefined): unknown {
  const { request } = call;
  const shown: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(request.query)) if (!hiddenQuery.test(name)) shown[name] = value;
  Object.assign(shown, body?.(input));
  if (typeof input.Bucket === "string") shown.bucketName = input.Bucket;
  if (request.headers.host) shown.Host = request.headers.host;
  for (const [name, value] of Object.entries(request.headers)) {
    if (isShownHeader(name)) shown[name] = value;
  }
  if (typeof input.Key === "string") shown.key = input.Key;
  return inCopiedHashMapOrder(shown);
}

// Seen in responses: encryption. The version's id is inferred.
const responseHeaders = /^x-amz-(server-side-encryption(-.*)?|version-id)$/;
const headerEvidence = (header: string) => (header === "x-amz-version-id" ? "inferred" : "observed");

function headersOf(output: NormalizedSchema): { header: string; member: string }[] {
  if (!output.isStructSchema()) return [];
  return [...output.structIterator()].flatMap(([member, schema]) => {
    const header = schema.getMergedTraits().httpHeader;
    return header && responseHeaders.test(header) && header !== "x-amz-server-side-encryption-context"
      ? [{ header, member }]
      : [];
  });
}

// That of a form is inferred.
const authenticationMethods = { header: "AuthHeader", query: "QueryString", form: "HtmlForm" } as const;

function additionalEventData({ call, input, answer, completion }: Exchange): Record<string, unknown> {
  const { request } = call;
  const credential = request.form ? credentialOfForm(request.form) : credentialOf(request);
  const sent = Number(request.headers["x-amz-decoded-content-length"] ?? request.headers["content-length"] ?? 0);
  const got = answer.output?.ContentLength;
  return {
    SignatureVersion: credential && isVersion2(credential) ? "SigV2" : "SigV4",
    ...(request.tls && { CipherSuite: request.tls.cipherSuite }),
    bytesTransferredIn: Number.isFinite(sent) ? sent : 0,
    ...(applied(input, answer.output) && { SSEApplied: applied(input, answer.output) }),
    AuthenticationMethod: authenticationMethods[credential?.in ?? "header"],
    ...(completion.hostId && { "x-amz-id-2": completion.hostId }),
    bytesTransferredOut: completion.bytesOut ?? (typeof got === "number" ? got : 0),
  };
}

// How a new object was encrypted: observed SSE_S3 and SSE_KMS; SSE_C is inferred.
function applied(input: Members, output: Members | undefined): string | undefined {
  if (typeof input.SSECustomerAlgorithm === "string") return "SSE_C";
  if (output?.ServerSideEncryption === "AES256") return "SSE_S3";
  return output?.ServerSideEncryption === "aws:kms" ? "SSE_KMS" : undefined;
}

const listings = new Set(["ListObjects", "ListObjectsV2", "ListObjectVersions", "ListMultipartUploads"]);

// Objects have no account; the bucket that a call makes, and one that isn't there, are not named (observed).
function resources({ call, input, answer }: Exchange, action: string): RecordResource[] | undefined {
  if (typeof input.Bucket !== "string" || action === "CreateBucket" || answer.error?.code === "NoSuchBucket") {
    return undefined;
  }
  const arn = `arn:aws:s3:::${input.Bucket}`;
  const [owner = call.account] = call.notes.owners;
  const bucket = { accountId: owner, type: "AWS::S3::Bucket", ARN: arn };
  const type = "AWS::S3::Object";
  if (typeof input.Key === "string") return [{ type, ARN: `${arn}/${input.Key}` }, bucket];
  if (!listings.has(action)) return [bucket];
  return [{ type, ARNPrefix: `${arn}/${typeof input.Prefix === "string" ? input.Prefix : ""}` }, bucket];
}
