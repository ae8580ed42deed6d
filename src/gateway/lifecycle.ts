import type { IncomingMessage } from "node:http";
import { pipeline, type Readable } from "node:stream";
import type { Answer, Answerer, Call } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";
import type { WireRequest, WireResponse } from "../aws/http.ts";
import {
  type Credential,
  credentialFault,
  decodeChunked,
  encodeAnswer,
  encodeError,
  type Located,
  postObject,
  throttled,
  unsupported,
  verifyForm,
  verifySignature,
} from "../aws/index.ts";
import type { AccountId } from "../aws/names.ts";
import type { Random } from "../aws/random.ts";
import type { Sent } from "../record/index.ts";
import { bodyStream, contentHashCheck, wholeBody } from "./body.ts";
import { readForm } from "./form-upload.ts";
import type { WireHead } from "./receive.ts";
import type { Recorder } from "./recorder.ts";
import { bytesSent } from "./reply.ts";
import { callOf, isUnsignedSts, tokenBearer, type Understood, understand } from "./shape-call.ts";
import type { Throttle } from "./throttle.ts";

/** Who stands behind a credential; the secret is there when the key is known here, and the signature must verify then. */
export interface Authenticated {
  readonly caller: Caller;
  readonly secretAccessKey?: string;
}

export interface LifecycleParts {
  /** By the service's name. */
  readonly answerers: ReadonlyMap<string, Answerer>;
  /** Throws an AwsError for a key that is known and may not be used. */
  readonly authenticate: (credential: Credential | undefined) => Promise<Authenticated>;
  /** Throws what the service answers when policies don't allow a call; not given, anybody may do anything. */
  readonly authorize?: ((call: Call) => Promise<void>) | undefined;
  readonly recorder: Recorder;
  /** Only when calls are limited. */
  readonly throttle?: Throttle | undefined;
  /** Receives the records of unsigned calls that name no account. */
  readonly defaultAccount: AccountId;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of failures that are OpenTrail's own fault. */
  readonly onDefect: (error: unknown, call: { service: string; action: string }) => void;
  readonly onCall: (call: Call, answer: Answer, milliseconds: number) => void;
}

async function authenticated({ service, credential }: Located, parts: LifecycleParts): Promise<Authenticated> {
  try {
    return await parts.authenticate(credential);
  } catch (error) {
    throw credentialFault(service, error, credential?.accessKeyId ?? "");
  }
}

async function bodyOf(
  { streamsInput }: Located,
  head: WireHead,
  incoming: IncomingMessage,
  secretAccessKey: string | undefined,
): Promise<WireRequest["body"]> {
  return streamsInput ? streamedBody(head, incoming, secretAccessKey) : wholeBody(incoming);
}

function streamedBody(head: WireHead, incoming: IncomingMessage, secretAccessKey: string | undefined): Readable {
  const request = bodyStream(incoming);
  const hash = head.headers["x-amz-content-sha256"] ?? "";
  if (hash.startsWith("STREAMING-") || head.headers["content-encoding"]?.includes("aws-chunked")) {
    return decodeChunked(request, head, secretAccessKey);
  }
  return /^[0-9a-f]{64}$/.test(hash) ? pipeline(request, contentHashCheck(hash), () => {}) : request;
}

/**
 * What happens to an AWS request: whose signature → which action → its intent, where that is recorded → may they → answer →
 * record → journal → reply.
 * Never throws for what a client sends: each stage's way out is an error in the service's own shape. A request that can't be
 * attributed (signature, credentials) or names no action of the service isn't recorded, as AWS doesn't; all others are.
 */
export async function runLifecycle(
  found: Located,
  head: WireHead,
  incoming: IncomingMessage,
  parts: LifecycleParts,
): Promise<WireResponse> {
  const { service } = found;
  const startedAt = parts.clock.now();
  const requestId = service.name === "s3" ? parts.random.alphanumeric(16) : parts.random.uuid();
  const refuse = (error: unknown, action = "") => {
    const fault = error instanceof AwsError ? error : internalError(error, action);
    return encodeError(service, requestId, fault, head);
  };
  const internalError = (error: unknown, action: string) => {
    parts.onDefect(error, { service: service.name, action });
    return new AwsError("InternalError", "An internal error has occurred", { status: 500 });
  };

  let call: Call;
  let understood: Understood;
  try {
    await parts.recorder.check();
    // Who uploads with a form, and what, the form says.
    const form = found.actionName === postObject ? await readForm(found, head, incoming) : undefined;
    const located = form?.located ?? found;
    const signed = isUnsignedSts(located) ? undefined : await authenticated(located, parts);
    const secretAccessKey = signed?.secretAccessKey;
    const request = form?.request ?? { ...head, body: await bodyOf(located, head, incoming, secretAccessKey) };
    if (secretAccessKey !== undefined && located.credential) {
      if (form) verifyForm(form.fields, located.credential, secretAccessKey);
      else verifySignature(request, located.credential, secretAccessKey, { now: startedAt, service });
    }
    understood = understand(located, request);
    const caller =
      signed?.caller ??
      tokenBearer(located, understood, parts.defaultAccount) ??
      (await authenticated(located, parts)).caller;
    call = callOf(located, understood, { request, caller, requestId });
  } catch (error) {
    return refuse(error);
  }
  if (!call.action) return refuse(understood.error ?? unsupported(service, call.actionName), call.actionName);

  let intent: string | undefined;
  try {
    intent = await parts.recorder.intend(call);
  } catch (error) {
    return refuse(error, call.actionName);
  }
  let answer = await answerOf(call, understood, parts, internalError);
  let response: WireResponse;
  try {
    response = inBytes(
      answer.error
        ? encodeError(service, requestId, answer.error, head)
        : encodeAnswer(service, call.action, requestId, answer.output),
    );
  } catch (error) {
    answer = { error: internalError(error, call.actionName) };
    response = encodeError(service, requestId, answer.error, head);
  }
  try {
    await parts.recorder.record(call, answer, sentOf(response, head.method), intent);
  } catch (error) {
    return refuse(error, call.actionName);
  }
  parts.onCall(call, answer, parts.clock.now() - startedAt);
  return response;
}

/** Text as the bytes that are sent, once: their number is on record, too. */
function inBytes(response: WireResponse): WireResponse {
  return typeof response.body === "string" ? { ...response, body: Buffer.from(response.body) } : response;
}

function sentOf(response: WireResponse, method: string): Sent {
  return { hostId: response.headers["x-amz-id-2"], bytesOut: bytesSent(response, method) };
}

async function answerOf(
  call: Call,
  understood: Understood,
  parts: LifecycleParts,
  internalError: (error: unknown, action: string) => AwsError,
): Promise<Answer> {
  if (parts.throttle?.(call)) return { error: throttled(call.service) };
  if (understood.error) return { error: understood.error };
  const answerer = parts.answerers.get(call.service.name);
  if (!answerer) return { error: unsupported(call.service, call.actionName) };
  try {
    if (parts.authorize) await parts.authorize(call);
    return { output: await answerer(call) };
  } catch (error) {
    if (error instanceof AwsError) return { error };
    const isFull = (error as NodeJS.ErrnoException).code === "ENOSPC";
    return { error: isFull ? noRoom(error) : internalError(error, call.actionName) };
  }
}

function noRoom(cause: unknown): AwsError {
  return new AwsError("ServiceUnavailable", "There is no room left in OpenTrail's data folder", { status: 503, cause });
}
