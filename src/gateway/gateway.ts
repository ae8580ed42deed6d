import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { WireResponse } from "../aws/http.ts";
import { encodeError, type Located, type LocateOther, locate, throttled } from "../aws/index.ts";
import { services } from "../aws/model.ts";
import type { Upstream } from "../aws/upstream.ts";
import { type Admission, createAdmission } from "./admission.ts";
import { drain, forgottenLimit, wholeBody } from "./body.ts";
import { hint, isShown, pageFor, refusedPage, sandbox } from "./browser.ts";
import { type LifecycleParts, runLifecycle } from "./lifecycle.ts";
import { type PassOnParts, passOn, passUnrecorded } from "./pass-on.ts";
import { excessOf, receive, type TrustedProxy, type WireHead } from "./receive.ts";
import { reply } from "./reply.ts";

/**
 * A path of OpenTrail's own, such as /_opentrail/health; the signal aborts when the client goes away, `body` reads what it
 * sent, and throws an AwsError for what can't be read.
 */
export type OwnRoute = (head: WireHead, signal: AbortSignal, body: () => Promise<Buffer>) => Promise<WireResponse>;

/** Who answers what OpenTrail doesn't answer itself. */
interface Upstreams extends Pick<PassOnParts, "callerOf" | "tokenCaller" | "teaches" | "learn" | "resign" | "permit"> {
  /** Finds calls of services outside of the catalogue. */
  readonly locate: LocateOther;
  /** Undefined: nobody but OpenTrail. The service and Region of what is no AWS call are unknown. */
  readonly choose: (destination: {
    service?: string | undefined;
    region?: string | undefined;
    host: string;
  }) => Upstream | undefined;
}

export interface GatewayParts extends LifecycleParts {
  /** Not given: no proxy is trusted. */
  readonly trustedProxy?: TrustedProxy | undefined;
  readonly upstreams?: Upstreams | undefined;
  /** By the path; one that ends in a slash has all paths below it, too. */
  readonly ownRoutes: ReadonlyMap<string, OwnRoute>;
  /** How many calls may be at work at a time. */
  readonly concurrencyLimit: number;
  /** Told of a call, or a request for a path of OpenTrail's own, that is refused as there are too many of them. */
  readonly onOverload: (refused: "throttled" | "unrecorded" | "own path") => void;
}

/** A gateway's listener for an HTTP server, and how many calls are at work in it. */
export interface Gateway {
  readonly listener: RequestListener;
  readonly callsAtWork: () => number;
}

/** Requests for OpenTrail's own paths at a time, those that follow events among them. */
const mostOwn = 256;
/** What must be told even then. */
const always = /^\/_opentrail\/(health|metrics)(\/|$)/;

const defect: WireResponse = {
  status: 500,
  headers: { "content-type": "application/json", connection: "close" },
  body: JSON.stringify({ code: "InternalError", message: "OpenTrail failed for a reason that its log tells." }),
};

const text = { "content-type": "text/plain; charset=utf-8" };

function routeAt(path: string, ownRoutes: GatewayParts["ownRoutes"]): OwnRoute | undefined {
  for (let at = path.length; at > 1; at = path.lastIndexOf("/", at - 2) + 1) {
    const route = ownRoutes.get(path.slice(0, at));
    if (route) return route;
  }
  return undefined;
}

/** Beside what begins with /_opentrail/: the path of another endpoint of AWS's, which takes no signed requests as S3 does. */
function isOwn({ path, query, headers }: WireHead, { ownRoutes }: GatewayParts): boolean {
  const isSigned = headers.authorization !== undefined || /(^|&)(X-Amz-Signature|Signature)=/.test(query);
  return path.startsWith("/_opentrail/") || (routeAt(path, ownRoutes) !== undefined && !isSigned);
}

const tooMany: WireResponse = {
  status: 503,
  headers: { "content-type": "application/json", "retry-after": "1" },
  body: JSON.stringify({ message: "Too many requests are under way; try again in a second" }),
};

async function own(
  head: WireHead,
  request: IncomingMessage,
  response: ServerResponse,
  { ownRoutes, under, onOverload }: Parts,
): Promise<WireResponse> {
  const route = routeAt(head.path, ownRoutes);
  if (!always.test(head.path)) {
    if (under.size >= mostOwn) {
      onOverload("own path");
      return tooMany;
    }
    under.add(response);
  }
  try {
    return await ownAnswer(head, request, response, route);
  } finally {
    if (response.closed) under.delete(response);
    else response.on("close", () => under.delete(response));
  }
}

async function ownAnswer(
  head: WireHead,
  request: IncomingMessage,
  response: ServerResponse,
  route: OwnRoute | undefined,
): Promise<WireResponse> {
  if (!route) return { status: 404, headers: text, body: `There is nothing at ${head.path}; see /_opentrail/health\n` };
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  return route(head, gone.signal, () => wholeBody(request));
}

interface Parts extends GatewayParts {
  readonly admission: Admission;
  /** Answers of OpenTrail's own paths that aren't whole yet. */
  readonly under: Set<ServerResponse>;
}

/** The answer; undefined when an upstream's has been given. */
async function answer(
  head: WireHead,
  request: IncomingMessage,
  response: ServerResponse,
  parts: Parts,
): Promise<WireResponse | undefined> {
  const refused = refusedPage(head, parts.authorize === undefined);
  if (refused) return refused;
  if (isOwn(head, parts)) return own(head, request, response, parts);
  const page = pageFor(head);
  if (page) return page;
  const located = locate(head) ?? (await parts.upstreams?.locate(head));
  const upstream = upstreamOf(head, located, parts);
  if (!upstream) {
    if (!located || !services.has(located.service.name)) return hint;
    return admitted(located, head, request, response, parts, (more) => runLifecycle(located, head, request, more));
  }
  if (head.headers.upgrade?.toLowerCase() === "websocket") return noWebSocket;
  const isCall = located && !isOfUpstreamOnly(head);
  // Nobody vouches for who sends it.
  if (!isCall && parts.authorize) return unsigned;
  if (!isCall) {
    await passUnrecorded(request, response, upstream);
    return undefined;
  }
  return admitted(located, head, request, response, parts, async (more) => {
    await passOn(located, head, request, response, upstream, { ...more, ...(parts.upstreams as Upstreams) });
    return undefined;
  });
}

/** Has a call answered, or refuses it when there are too many. */
async function admitted(
  located: Located,
  head: WireHead,
  request: IncomingMessage,
  response: ServerResponse,
  parts: Parts,
  serve: (parts: GatewayParts) => Promise<WireResponse | undefined>,
): Promise<WireResponse | undefined> {
  const { admission, onOverload, random } = parts;
  if (isShown(head)) response.setHeaders(new Map(Object.entries(sandbox)));
  const entry = admission.enter(request, response, located.streamsInput);
  if (entry === "refuse") {
    onOverload("unrecorded");
    return encodeError(located.service, random.uuid(), throttled(located.service), head);
  }
  if (entry === "throttle") onOverload("throttled");
  try {
    return await serve(entry === "throttle" ? { ...parts, throttle: () => true } : parts);
  } finally {
    admission.leave(response);
  }
}

// Paths that emulators keep for themselves (`/moto-api/…`, `/_localstack/…`): no name of a bucket begins with `_`.
function isOfUpstreamOnly({ path, headers }: WireHead): boolean {
  return headers.authorization === undefined && /^\/(moto-api|_[^/]+)(\/|$)/.test(path);
}

function upstreamOf(head: WireHead, located: Located | undefined, { upstreams }: GatewayParts): Upstream | undefined {
  if (!upstreams || isOwnService(located?.service.name, upstreams)) return undefined;
  const host = (head.headers.host ?? "").replace(/:\d+$/, "");
  return upstreams.choose(located ? { service: located.service.name, region: located.region, host } : { host });
}

/** The trail is OpenTrail's, whoever answers the rest, and so are users and roles where their policies decide. */
function isOwnService(name: string | undefined, { permit }: Upstreams): boolean {
  return name === "cloudtrail" || (permit !== undefined && (name === "iam" || name === "sts"));
}

const unsigned: WireResponse = {
  status: 403,
  headers: text,
  body: "With auth set to verify, OpenTrail passes on nothing but signed AWS calls.\n",
};

const noWebSocket: WireResponse = {
  status: 501,
  headers: text,
  body: "OpenTrail passes no WebSocket on, as it couldn't record what it says; connect to the upstream itself.\n",
};

/** Every AWS call, and OpenTrail's own paths. */
export function createGateway(parts: GatewayParts): Gateway {
  const admission = createAdmission(parts.concurrencyLimit);
  const all: Parts = { ...parts, admission, under: new Set() };
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    const excess = excessOf(request);
    if (excess) {
      response.writeHead(excess.status, { ...text, connection: "close" }).end(`${excess.message}\n`);
      return;
    }
    const head = receive(request, parts.trustedProxy);
    answer(head, request, response, all)
      .then((wire) => {
        if (!wire) return;
        drain(request, wire.status === 413 ? forgottenLimit : undefined);
        return reply(response, wire);
      })
      .catch((error: unknown) => {
        // A client that went away is no defect.
        if (!response.destroyed) parts.onDefect(error, { service: "", action: head.path });
        if (response.headersSent || response.destroyed) response.destroy();
        else void reply(response, defect);
      });
  };
  return { listener, callsAtWork: admission.atWork };
}
