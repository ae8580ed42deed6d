import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer, Call } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import { AwsError } from "../aws/error.ts";
import type { WireAnswer, WireResponse } from "../aws/http.ts";
import {
  cborError,
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
import type { AccountId } from "../aws/names.ts";
import type { PassedAnswer, PassedRequest, Upstream } from "../aws/upstream.ts";
import { responds, type Sent } from "../record/index.ts";
import { drain } from "./body.ts";
import { abortedWith, bytesOut, give, withId } from "./give.ts";
import type { LifecycleParts } from "./lifecycle.ts";
import { unpackedBody } from "./packed.ts";
import { requestToPass } from "./passed-request.ts";
import type { WireHead } from "./receive.ts";
import { reply } from "./reply.ts";
import { callOf, tokenBearer, type Understood, understand } from "./shape-call.ts";
import { unclear } from "./unclear.ts";

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
  /** Checks the client's signature, and gives what signs for the upstream; not given, signatures pass as they are. */
  readonly resign?:
    | ((
        located: Located,
        head: WireHead,
        request: PassedRequest,
      ) => Promise<(upstream: Upstream) => Promise<PassedRequest>>)
    | undefined;
  /** Throws what the service answers when policies don't allow a call; not given, the upstream decides. */
  readonly permit?: ((call: Call) => Promise<void>) | undefined;
  /** Takes from such an answer whom keys stand for; resolves when it lasts. */
  readonly learn: (call: Call, output: Answer["output"] & object) => Promise<void>;
}

const none = Buffer.alloc(0);

/** A request without a record: what is no AWS call passes as it is. */
export async function passUnrecorded(
  incoming: IncomingMessage,
  response: ServerResponse,
  upstream: Upstream,
): Promise<void> {
  const gone = abortedWith(response);
  try {
    const request = await requestToPass(incoming, { streamsInput: true });
    await give(response, await upstream.send(request, gone), async () => {});
  } catch (error) {
    if (!(error instanceof AwsError) || response.headersSent) throw error;
    const headers = { "content-type": "text/plain; charset=utf-8" };
    await reply(response, { status: error.status, headers, body: `${error.message}\n` });
  }
  drain(incoming);
}

interface Calling {
  readonly signer: Caller;
  readonly defaultAccount: AccountId;
  readonly requestId: string;
}

/** A call as it shows in what is passed on; what a body says that isn't read here is unknown. */
function passedCall(
  located: Located,
  head: WireHead,
  body: PassedRequest["body"],
  calling: Calling,
): { made: Call; said: Understood } {
  const { signer, defaultAccount, requestId } = calling;
  const isWhole = Buffer.isBuffer(body);
  const request = { ...head, body: isWhole ? unpackedBody(body, head.headers["content-encoding"]) : none };
  const said: Understood = isCbor(request)
    ? { actionName: located.actionName ?? "", action: located.action, input: undefined }
    : understand(located, request);
  const input = said.action && !isCbor(request) ? said.input : inputOnWire(located, request);
  const isRead = isWhole || located.streamsInput;
  const made = callOf(
    located,
    { ...said, input: isRead ? input : undefined },
    { request, caller: tokenBearer(located, said, defaultAccount) ?? signer, requestId },
  );
  return { made, said };
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
  let intent: string | undefined;
  const record = async (made: Call, answer: Answer, sent: Sent = {}) => {
    recorded = true;
    await recorder.record(made, answer, sent, intent);
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
    const asked = await requestToPass(incoming, located);
    const sign = await parts.resign?.(located, head, asked);
    const { made, said } = passedCall(located, head, asked.body, {
      signer: await calling,
      defaultAccount,
      requestId: ownId,
    });
    call = made;
    if (throttle?.(made)) throw throttled(located.service);
    if (parts.permit) {
      const doubt = unclear(located, said, made.request);
      if (doubt) throw doubt;
      await parts.permit(made);
    }
    const request = sign ? await sign(upstream) : asked;
    intent = await recorder.intend(made);
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
