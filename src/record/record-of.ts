import type { Answer, Call } from "../aws/call.ts";
import type { AwsError } from "../aws/error.ts";
import { type Action, type Service, services } from "../aws/model.ts";
import { defaultShape } from "./default-shape.ts";
import { ec2Shape } from "./ec2/ec2.ts";
import { errorCode } from "./error-code.ts";
import { limitedObject, limitedText } from "./limits.ts";
import { otherShape } from "./other-shape.ts";
import type { CloudTrailRecord, Completion } from "./record.ts";
import { s3Shape } from "./s3/s3.ts";
import { isReadOnly, responds, rulesOf, type ServiceRules } from "./services.ts";
import type { Exchange, Shape } from "./shape.ts";
import { invokedBy, isFromConsole, userIdentity } from "./user-identity.ts";
import { isoSeconds } from "./values.ts";

/**
 * The record that CloudTrail writes of one call: who did what, from where, when, with which parameters, what came back.
 * Never throws for a call that the wire has decoded. Members stand in AWS's order.
 */
export function recordOf(call: Call, answer: Answer, completion: Completion): CloudTrailRecord {
  const { service, request, caller } = call;
  const rules = rulesOf(service.name);
  const shape = shapeOfCall(call);
  const exchange: Exchange = { call, input: call.input ?? {}, answer, completion };
  const eventName = shape?.eventName ?? call.actionName;
  const asService = invokedBy(caller);
  const isData = shape?.isData ?? false;
  const { error } = answer;
  const verdict = error && verdictOf(error, eventName, rules);
  const additional = shape?.additionalEventData?.(exchange);
  const resources = verdict === "refused unread" ? undefined : shape?.resources?.(exchange);
  return {
    eventVersion: rules.eventVersion,
    userIdentity: userIdentity(caller),
    eventTime: isoSeconds(new Date(completion.completedAt)) ?? "",
    eventSource: service.eventSource,
    eventName,
    awsRegion: service.global ? "us-east-1" : call.region,
    sourceIPAddress: asService ?? sourceAddress(request.remoteAddress),
    ...userAgent(asService ?? request.headers["user-agent"], shape),
    ...(error && {
      errorCode: limitedText(errorCode(service.name, error)),
      errorMessage: verdict === "denied by itself" ? "An unknown error occurred" : limitedText(error.message),
    }),
    requestParameters: limitedObject(
      "requestParameters",
      verdict === "refused unread" ? null : requestParameters(shape, exchange),
    ),
    responseElements: limitedObject("responseElements", responseElements(shape, exchange, eventName)),
    ...(additional && { additionalEventData: additional }),
    requestID: call.requestId,
    eventID: completion.eventId,
    readOnly: isReadOnly(service.name, eventName),
    ...(resources && { resources }),
    eventType: "AwsApiCall",
    managementEvent: !isData,
    recipientAccountId: call.account,
    ...(completion.sharedEventId && { sharedEventID: completion.sharedEventId }),
    eventCategory: isData ? "Data" : "Management",
    ...(request.tls && !asService && { tlsDetails: tlsDetails(request.tls, request.headers.host) }),
    ...(isFromConsole(caller) && { sessionCredentialFromConsole: "true" }),
  };
}

const shapes = new Map<Action, Shape>();

function shapeOfCall(call: Call): Shape | undefined {
  const { service, action } = call;
  if (action && services.has(service.name)) return shapeOf(service, action);
  const known = action && shapes.get(action);
  const shape = known ?? otherShape(call);
  if (action && !known) shapes.set(action, shape);
  return shape;
}

/** How the records of an action look, compiled when first asked for. */
export function shapeOf(service: Service, action: Action): Shape {
  const known = shapes.get(action);
  if (known) return known;
  const make = { ec2: ec2Shape, s3: s3Shape }[service.name] ?? defaultShape;
  const made = make(service, action);
  shapes.set(action, made);
  return made;
}

// Refused before its parameters were read. Throttled: seen in an Event history that names no resources of such a call.
const deniedOrThrottled = /^(AccessDenied|Throttling)/;

function verdictOf(error: AwsError, eventName: string, rules: ServiceRules) {
  if (!rules.nullWhenDenied || !deniedOrThrottled.test(error.code)) return "failed";
  return error.code === "AccessDenied" && rules.deniesByItself.includes(eventName)
    ? "denied by itself"
    : "refused unread";
}

function requestParameters(shape: Shape | undefined, exchange: Exchange): unknown {
  return shape && exchange.call.input ? shape.requestParameters(exchange) : null;
}

function responseElements(shape: Shape | undefined, exchange: Exchange, eventName: string): unknown {
  const { call, answer } = exchange;
  if (!shape || !answer.output || !responds(call.service.name, eventName)) return null;
  return shape.responseElements(exchange, answer.output);
}

// An IPv4 client of a dual-stack socket: ::ffff:192.0.2.1
function sourceAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/, "");
}

function userAgent(agent: string | undefined, shape: Shape | undefined): { userAgent?: string } {
  if (!agent) return {};
  return { userAgent: limitedText(shape?.userAgent?.(agent) ?? agent) };
}

/** How the connection was secured. */
export function tlsDetails(
  tls: NonNullable<Call["request"]["tls"]>,
  host: string | undefined,
): NonNullable<CloudTrailRecord["tlsDetails"]> {
  return { tlsVersion: tls.version, cipherSuite: tls.cipherSuite, clientProvidedHostHeader: host ?? "" };
}
