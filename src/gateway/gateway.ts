import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { WireResponse } from "../aws/http.ts";
import { locate } from "../aws/index.ts";
import { drain, wholeBody } from "./body.ts";
import { hint, pageFor, refusedPage } from "./browser.ts";
import { type LifecycleParts, runLifecycle } from "./lifecycle.ts";
import { receive, type WireHead } from "./receive.ts";
import { reply } from "./reply.ts";

/**
 * A path of OpenTrail's own, such as /_opentrail/health; the signal aborts when the client goes away, `body` reads what it
 * sent, and throws an AwsError for what can't be read.
 */
export type OwnRoute = (head: WireHead, signal: AbortSignal, body: () => Promise<Buffer>) => Promise<WireResponse>;

export interface GatewayParts extends LifecycleParts {
  /** By the path; one that ends in a slash has all paths below it, too. */
  readonly ownRoutes: ReadonlyMap<string, OwnRoute>;
}

const text = { "content-type": "text/plain; charset=utf-8" };

function routeAt(path: string, ownRoutes: GatewayParts["ownRoutes"]): OwnRoute | undefined {
  return ownRoutes.get(path) ?? ownRoutes.get(path.slice(0, path.indexOf("/", 1) + 1));
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

async function answer(
  head: WireHead,
  request: IncomingMessage,
  response: ServerResponse,
  parts: GatewayParts,
): Promise<WireResponse> {
  const refused = refusedPage(head);
  if (refused) return refused;
  if (isOwn(head, parts)) return own(head, request, response, parts);
  const page = pageFor(head);
  if (page) return page;
  const located = locate(head);
  return located ? runLifecycle(located, head, request, parts) : hint;
}

/** The listener for an HTTP server: every AWS call, and OpenTrail's own paths. */
export function createGateway(parts: GatewayParts): RequestListener {
  return (request: IncomingMessage, response: ServerResponse) => {
    const head = receive(request);
    answer(head, request, response, parts)
      .then((wire) => {
        // Nobody will read the rest of a body that was refused half-way, so the connection can't be used again.
        if (wire.status === 413) response.shouldKeepAlive = false;
        else drain(request);
        return reply(response, wire);
      })
      .catch((error: unknown) => {
        // A client that went away is no defect.
        if (!response.destroyed) parts.onDefect(error, { service: "", action: head.path });
        response.destroy();
      });
  };
}
