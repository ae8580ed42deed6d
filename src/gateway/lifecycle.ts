import type { IncomingMessage } from "node:http";
import { pipeline, type Readable } from "node:stream";
import type { Answer, Answerer, Call } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";
import type { WireRequest, WireResponse } from "../aws/http.ts";
import {
  type Credential,
  DecodeError,
  decode,
  decodeChunked,
  encodeAnswer,
  encodeError,
  type Located,
  unsupported,
  verifySignature,
} from "../aws/index.ts";
import { region } from "../aws/names.ts";
import type { Random } from "../aws/random.ts";
import { contentHashCheck, wholeBody } from "./body.ts";
import type { WireHead } from "./receive.ts";
import type { Recorder } from "./recorder.ts";

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
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of failures that are OpenTrail's own fault. */
  readonly onDefect: (error: unknown, call: { service: string; action: string }) => void;
  readonly onCall: (call: Call, answer: Answer, milliseconds: number) => void;
}

/** What a request says, read as far as it could be. */
interface Understood {
  readonly actionName: string;
  readonly action: Call["action"];
  readonly input: Call["input"];
  readonly error?: AwsError;
}

const globalRegion = region("us-east-1");

function understand(located: Located, request: WireRequest): Understood {
  try {
    return decode(located, request);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { actionName: error.actionName ?? "", action: error.action, input: undefined, error };
  }
}

function streamedBody(head: WireHead, request: IncomingMessage, secretAccessKey: string | undefined): Readable {
  const hash = head.headers["x-amz-content-sha256"] ?? "";
  if (hash.startsWith("STREAMING-") || head.headers["content-encoding"]?.includes("aws-chunked")) {
    return decodeChunked(request, head, secretAccessKey);
  }
  return /^[0-9a-f]{64}$/.test(hash) ? pipeline(request, contentHashCheck(hash), () => {}) : request;
}

/**
 * What happens to an AWS request: whose signature → which action → may they → answer → record → journal → reply.
 * Never throws for what a client sends: each stage's way out is an error in the service's own shape. A request that can't be
 * attributed (signature, credentials) or names no action of the service isn't recorded, as AWS doesn't; all others are.
 */
export async function runLifecycle(
  located: Located,
  head: WireHead,
  incoming: IncomingMessage,
  parts: LifecycleParts,
): Promise<WireResponse> {
  const { service } = located;
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
    const { caller, secretAccessKey } = await parts.authenticate(located.credential);
    const body = located.streamsInput ? streamedBody(head, incoming, secretAccessKey) : await wholeBody(incoming);
    const request: WireRequest = { ...head, body };
    if (secretAccessKey !== undefined && located.credential) {
      verifySignature(request, located.credential, secretAccessKey, { now: startedAt, service });
    }
    understood = understand(located, request);
    const { actionName, action, input } = understood;
    call = {
      service,
      actionName,
      action,
      input,
      caller,
      account: caller.accountId,
      region: service.global ? globalRegion : located.region,
      requestId,
      request,
    };
  } catch (error) {
    return refuse(error);
  }
  if (!call.action) return refuse(understood.error ?? unsupported(service, call.actionName), call.actionName);

  let answer = await answerOf(call, understood, parts, internalError);
  let response: WireResponse;
  try {
    response = answer.error
      ? encodeError(service, requestId, answer.error, head)
      : encodeAnswer(service, call.action, requestId, answer.output);
  } catch (error) {
    answer = { error: internalError(error, call.actionName) };
    response = encodeError(service, requestId, answer.error, head);
  }
  try {
    await parts.recorder.record(call, answer);
  } catch (error) {
    return refuse(error, call.actionName);
  }
  parts.onCall(call, answer, parts.clock.now() - startedAt);
  return response;
}

async function answerOf(
  call: Call,
  understood: Understood,
  parts: LifecycleParts,
  internalError: (error: unknown, action: string) => AwsError,
): Promise<Answer> {
  if (understood.error) return { error: understood.error };
  const answerer = parts.answerers.get(call.service.name);
  if (!answerer) return { error: unsupported(call.service, call.actionName) };
  try {
    return { output: await answerer(call) };
  } catch (error) {
    return { error: error instanceof AwsError ? error : internalError(error, call.actionName) };
  }
}
