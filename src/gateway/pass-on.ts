import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Answer, Call } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import { AwsError } from "../aws/error.ts";
import type { WireAnswer, WireRequest, WireResponse } from "../aws/http.ts";
import {
  cborError,
  DecodeError,
  decode,
  decodeError,
  encodeError,
  inputOnWire,
  isCbor,
  type Located,
  outputOf,
  outputOnWire,
  requestIdIn,
  throttled,
} from "../aws/index.ts";
import { type AccountId, region } from "../aws/names.ts";
import { noNotes } from "../aws/notes.ts";
import type { PassedAnswer, PassedRequest, Upstream } from "../aws/upstream.ts";
import { responds, type Sent } from "../record/index.ts";
import { bodyStream, drain } from "./body.ts";
import { carriesToken, type LifecycleParts, unknownCaller } from "./lifecycle.ts";
import { unpackedBody } from "./packed.ts";
import type { WireHead } from "./receive.ts";
import { bytesSent, reply } from "./reply.ts";

/** What is needed to pass calls on and to record them. */
export interface PassOnParts
  extends Pick<
    LifecycleParts,
    "recorder" | "throttle" | "defaultAccount" | "clock" | "random" | "onDefect" | "onCall"
  > {
  /** Who calls, as far as it is known; never fails. */
  readonly callerOf: (located: Located) => Promise<Caller>;
  /** Who a call's token vouches for, as the answer tells; undefined for any other call. */
  readonly tokenCaller: (call: Call, output: Answer["output"] & object) => Caller | undefined;
  /** Whether the answers of an action tell who callers are. */
  readonly teaches: (call: Call) => boolean;
  /** Checks the client's signature and signs for the upstream; not given, signatures pass as they are. */
  readonly resign?:
    | ((located: Located, head: WireHead, request: PassedRequest, upstream: Upstream) => Promise<PassedRequest>)
    | undefined;
  /** Takes from such an answer whom keys stand for; resolves when it lasts. */
  readonly learn: (call: Call, output: Answer["output"] & object) => Promise<void>;
}

/** A request body of up to this many bytes is read before it is passed on, and looked into for the record. */
const wholeBodyLimit = 8 * 1024 * 1024;

/** Bytes of an answer that is cheaper copied than written by itself. */
const oneWriteLimit = 16 * 1024;

const none = Buffer.alloc(0);
const globalRegion = region("us-east-1");

/** Reads a body up to the limit; of a longer one, all of it is the stream. */
function beginning(incoming: IncomingMessage): Promise<Buffer | Readable> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise((resolve, reject) => {
    const more = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= wholeBodyLimit) return;
      stop();
      resolve(Readable.from(together(chunks, bodyStream(incoming)), { objectMode: false }));
    };
    const ended = () => {
      stop();
      resolve(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size));
    };
    const broken = () => {
      stop();
      reject(new Error("the client went away"));
    };
    const stop = () => incoming.off("data", more).off("end", ended).off("close", broken).pause();
    incoming.on("data", more).on("end", ended).on("close", broken);
  });
}

async function* together(chunks: readonly Buffer[], rest: Readable) {
  yield* chunks;
  yield* rest;
}

/** A request body: whole, or a stream of one that is too large or meant to be streamed. */
async function bodyToPass(
  incoming: IncomingMessage,
  { streamsInput }: Pick<Located, "streamsInput">,
): Promise<Buffer | Readable> {
  const { "content-length": length, "transfer-encoding": coding } = incoming.headers;
  if (length === "0" || (length === undefined && coding === undefined)) return none;
  if (streamsInput || Number(length) > wholeBodyLimit) return bodyStream(incoming);
  return beginning(incoming);
}

/** A request without a record: what is no AWS call passes as it is. */
export async function passUnrecorded(
  incoming: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
): Promise<void> {
  const gone = abortedWith(response);
  try {
    const body = await bodyToPass(incoming, { streamsInput: true });
    await give(response, await upstream.send(requestOf(incoming, body), gone), async () => {});
  } catch (error) {
    if (!(error instanceof AwsError) || response.headersSent) throw error;
    const headers = { "content-type": "text/plain; charset=utf-8" };
    await reply(response, { status: error.status, headers, body: `${error.message}\n` });
  }
  drain(incoming);
}

function abortedWith(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.on("close", () => {
    if (!response.writableFinished) gone.abort(new Error("the client went away"));
  });
  return gone.signal;
}

function requestOf({ method = "GET", url = "/", rawHeaders }: IncomingMessage, body: Buffer | Readable): PassedRequest {
  // A client that takes this for its proxy sends the whole URL.
  const target = url.replace(/^https?:\/\/[^/?]+/i, "") || "/";
  return { method, target: target.startsWith("?") ? `/${target}` : target, rawHeaders, body };
}

/**
 * Gives an answer to the client as it came. `before` is done, and has succeeded, before the last bytes go out; of an
 * answer whose length the client knows that is its last chunk, else the mark of its end.
 */
async function give(response: ServerResponse, answer: PassedAnswer, before: () => Promise<void>): Promise<void> {
  const { status, statusText, rawHeaders, headers, body } = answer;
  // The upstream's own Date is among the headers.
  response.sendDate = false;
  if (Buffer.isBuffer(body)) {
    await before();
    response.writeHead(status, statusText, rawHeaders as string[]);
    addTrailers(response, answer);
    // Text goes out in one piece with the head, bytes in two.
    if (body.length <= oneWriteLimit) response.end(body.toString("latin1"), "latin1");
    else response.end(body);
    return;
  }
  response.writeHead(status, statusText, rawHeaders as string[]);
  const holdsBack = headers["content-length"] !== undefined;
  await pipeline(body, (chunks: AsyncIterable<Buffer>) => lastAfter(chunks, holdsBack, before), response, {
    end: false,
  });
  addTrailers(response, answer);
  response.end();
}

async function* lastAfter(chunks: AsyncIterable<Buffer>, holdsBack: boolean, before: () => Promise<void>) {
  let held: Buffer | undefined;
  for await (const chunk of chunks) {
    if (held) yield held;
    if (holdsBack) held = chunk;
    else yield chunk;
  }
  await before();
  if (held) yield held;
}

/** As bytesSent, of an answer as it came. */
function bytesOut({ status, headers, body }: PassedAnswer, method: string): number | undefined {
  return bytesSent({ status, headers, body }, method);
}

function addTrailers(response: ServerResponse, { trailers }: PassedAnswer): void {
  const all = trailers();
  if (all.length === 0) return;
  const pairs: [string, string][] = [];
  for (let index = 0; index < all.length; index += 2) pairs.push([all[index] as string, all[index + 1] as string]);
  response.addTrailers(pairs);
}

/** What the request says, as far as it can be read. */
function understood(located: Located, request: WireRequest): Pick<Call, "actionName" | "action" | "input"> {
  const { actionName, action } = located;
  if (isCbor(request)) return { actionName: actionName ?? "", action, input: inputOnWire(located, request) };
  try {
    return decode(located, request);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return { actionName: error.actionName ?? "", action: error.action, input: undefined };
  }
}

interface Calling {
  readonly signer: Caller;
  readonly defaultAccount: AccountId;
  readonly requestId: string;
}

function callOf(located: Located, head: WireHead, body: Buffer | Readable, calling: Calling): Call {
  const { service } = located;
  const { signer, defaultAccount, requestId } = calling;
  const isWhole = Buffer.isBuffer(body);
  const request = { ...head, body: isWhole ? unpackedBody(body, head.headers["content-encoding"]) : none };
  const { actionName, action, input } = understood(located, request);
  const byToken = service.name === "sts" && !located.credential && carriesToken.has(actionName);
  const caller = byToken ? unknownCaller(input, defaultAccount) : signer;
  // What a body says that isn't read here is unknown.
  const isRead = isWhole || located.streamsInput;
  return {
    service,
    actionName,
    action,
    input: isRead ? (action ? input : inputOnWire(located, request)) : undefined,
    caller,
    account: caller.accountId,
    region: service.global ? globalRegion : located.region,
    requestId,
    request,
    notes: noNotes(),
  };
}

// S3 begins some long answers with 200 before it knows how they end.
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
const lateError = /^\s*(<\?xml[^>]*>\s*)?<Error>/;

function answerOf(call: Call, passed: PassedAnswer, teaches: boolean): { answer: Answer; wire: WireAnswer } {
  const { service, action } = call;
  const { status, headers } = passed;
  const whole = Buffer.isBuffer(passed.body) ? passed.body : none;
  const unpacked = () => unpackedBody(whole, headers["content-encoding"]);
  const failed = status >= 300 || (service.name === "s3" && lateError.test(whole.toString("latin1", 0, 200)));
  if (failed) {
    const wire = { status, headers, body: unpacked() };
    return { answer: { error: decodeError(service, wire) }, wire };
  }
  // Of S3's answers records show headers only; of most others, nothing.
  if (service.name === "s3") {
    const wire = { status, headers, body: none };
    return { answer: { output: action ? outputOf(service, action, wire) : {} }, wire };
  }
  if (!teaches && !responds(service.name, call.actionName)) {
    return { answer: { output: {} }, wire: { status, headers, body: whole } };
  }
  const wire = { status, headers, body: unpacked() };
  const output = action && !isCbor(wire) ? outputOf(service, action, wire) : outputOnWire(wire);
  return { answer: { output }, wire };
}

function refusal({ service }: Located, requestId: string, fault: AwsError, head: WireHead): WireResponse {
  const answer = encodeError(service, requestId, fault, head);
  if (!isCbor(head)) return answer;
  const { headers, body } = cborError(fault.code, fault.message);
  return { ...answer, headers: { ...answer.headers, ...headers }, body };
}

/** An answer that doesn't name its request does so now: its record is to be found. */
function withId(answer: PassedAnswer, requestId: string): PassedAnswer {
  return { ...answer, rawHeaders: [...answer.rawHeaders, "x-amzn-requestid", requestId] };
}

const clientGone = () =>
  new AwsError("RequestAborted", "The client closed the connection before it had its whole answer");

/**
 * What happens to a call that an upstream answers: whose key → pass on → which action, what came back → record → journal →
 * reply. The record is durable before the client has the last bytes of its answer. A call that broke off on either side
 * is recorded as one that failed: what the upstream did is not known then.
 */
export async function passOn(
  located: Located,
  head: WireHead,
  incoming: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
  parts: PassOnParts,
): Promise<void> {
  const { recorder, throttle, defaultAccount, clock, random, onDefect, onCall } = parts;
  const startedAt = clock.now();
  const ownId = random.uuid();
  const gone = abortedWith(response);
  let recorded = false;
  const record = async (made: Call, answer: Answer, sent: Sent = {}) => {
    recorded = true;
    await recorder.record(made, answer, sent);
    onCall(made, answer, clock.now() - startedAt);
  };
  const faultOf = (error: unknown): AwsError => {
    if (gone.aborted) return clientGone();
    if (error instanceof AwsError) return error;
    onDefect(error, { service: located.service.name, action: call?.actionName ?? "" });
    return new AwsError("InternalError", "An internal error has occurred", { status: 500 });
  };

  let call: Call | undefined;
  try {
    await recorder.check();
    const calling = parts.callerOf(located);
    const body = await bodyToPass(incoming, located);
    const asked = requestOf(incoming, body);
    const request = parts.resign ? await parts.resign(located, head, asked, upstream) : asked;
    const made = callOf(located, head, body, { signer: await calling, defaultAccount, requestId: ownId });
    call = made;
    if (throttle?.(made)) throw throttled(located.service);
    const passed = await upstream.send(request, gone);
    const teaches = parts.teaches(made);
    const { answer, wire } = answerOf(made, passed, teaches);
    const byToken = teaches && answer.output && parts.tokenCaller(made, answer.output);
    if (byToken) made.notes.caller = byToken;
    const requestId = requestIdIn(wire, head.headers["user-agent"]);
    await give(response, requestId === undefined ? withId(passed, ownId) : passed, async () => {
      const ended: Call = { ...made, requestId: requestId ?? ownId };
      await record(ended, answer, { hostId: passed.headers["x-amz-id-2"], bytesOut: bytesOut(passed, head.method) });
      if (teaches && answer.output) await parts.learn(ended, answer.output);
    });
  } catch (error) {
    let fault = faultOf(error);
    if (call && !recorded) await record(call, { error: fault }).catch((unrecorded: AwsError) => (fault = unrecorded));
    if (response.headersSent || gone.aborted) response.destroy();
    else await reply(response, refusal(located, ownId, fault, head));
  }
  drain(incoming);
}
