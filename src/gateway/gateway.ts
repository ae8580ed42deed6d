import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { WireResponse } from "../aws/http.ts";
import { type Located, type LocateOther, locate } from "../aws/index.ts";
import { services } from "../aws/model.ts";
import type { Upstream } from "../aws/upstream.ts";
import { drain, wholeBody } from "./body.ts";
import { hint, pageFor, refusedPage } from "./browser.ts";
import { type LifecycleParts, runLifecycle } from "./lifecycle.ts";
import { type PassOnParts, passOn, passUnrecorded } from "./pass-on.ts";
import { receive, type TrustedProxy, type WireHead } from "./receive.ts";
import { reply } from "./reply.ts";

/**
 * A path of OpenTrail's own, such as /_opentrail/health; the signal aborts when the client goes away, `body` reads what it
 * sent, and throws an AwsError for what can't be read.
 */
export type OwnRoute = (head: WireHead, signal: AbortSignal, body: () => Promise<Buffer>) => Promise<WireResponse>;

/** Who answers what OpenTrail doesn't answer itself. */
interface Upstreams extends Pick<PassOnParts, "callerOf" | "tokenCaller" | "teaches" | "learn" | "resign"> {
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
}

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

async function own(
  head: WireHead,
  request: IncomingMessage,
  response: ServerResponse,
  { ownRoutes }: GatewayParts,
): Promise<WireResponse> {
  const route = routeAt(head.path, ownRoutes);
  if (!route) return { status: 404, headers: text, body: `There is nothing at ${head.path}; see /_opentrail/health\n` };
  const gone = new AbortController();
  response.on("close", () => gone.abort());
  return route(head, gone.signal, () => wholeBody(request));
}

/** The answer; undefined when an upstream's has been given. */
async function answer(
  head: WireHead,
  request: IncomingMessage,
  response: ServerResponse,
  parts: GatewayParts,
): Promise<WireResponse | undefined> {
  const refused = refusedPage(head, parts.authorize === undefined);
  if (refused) return refused;
  if (isOwn(head, parts)) return own(head, request, response, parts);
  const page = pageFor(head);
  if (page) return page;
  const located = locate(head) ?? (await parts.upstreams?.locate(head));
  const upstream = upstreamOf(head, located, parts);
  if (!upstream)
    return located && services.has(located.service.name) ? runLifecycle(located, head, request, parts) : hint;
  if (head.headers.upgrade?.toLowerCase() === "websocket") return noWebSocket;
  const isCall = located && !isOfUpstreamOnly(head);
  // Nobody vouches for who sends it.
  if (!isCall && parts.authorize) return unsigned;
  await (isCall
    ? passOn(located, head, request, response, upstream, { ...parts, ...(parts.upstreams as Upstreams) })
    : passUnrecorded(request, response, upstream));
  return undefined;
}

// Paths that emulators keep for themselves (`/moto-api/…`, `/_localstack/…`): no name of a bucket begins with `_`.
function isOfUpstreamOnly({ path, headers }: WireHead): boolean {
  return headers.authorization === undefined && /^\/(moto-api|_[^/]+)(\/|$)/.test(path);
}

function upstreamOf(head: WireHead, located: Located | undefined, { upstreams }: GatewayParts): Upstream | undefined {
  // The trail is OpenTrail's, whoever answers the rest.
  if (!upstreams || located?.service.name === "cloudtrail") return undefined;
  const host = (head.headers.host ?? "").replace(/:\d+$/, "");
  return upstreams.choose(located ? { service: located.service.name, region: located.region, host } : { host });
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

/** The listener for an HTTP server: every AWS call, and OpenTrail's own paths. */
export function createGateway(parts: GatewayParts): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    const head = receive(request, parts.trustedProxy);
    answer(head, request, response, parts)
      .then((wire) => {
        if (!wire) return;
        // Nobody will read the rest of a body that was refused half-way, so the connection can't be used again.
        if (wire.status === 413) response.shouldKeepAlive = false;
        else drain(request);
        return reply(response, wire);
      })
      .catch((error: unknown) => {
        // A client that went away is no defect.
        if (!response.destroyed) parts.onDefect(error, { service: "", action: head.path });
        if (response.headersSent || response.destroyed) response.destroy();
        else void reply(response, defect);
      });
  };
}
