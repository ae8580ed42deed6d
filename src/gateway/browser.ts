import type { WireResponse } from "../aws/http.ts";
import type { WireHead } from "./receive.ts";

const text = { "content-type": "text/plain; charset=utf-8" };
const ofThisMachine = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|.+\.localhost)$/;

function isOfThisMachine(url: string): boolean {
  return URL.canParse(url) && ofThisMachine.test(new URL(url).hostname);
}

function sameHost(origin: string, host: string): boolean {
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase();
}

const foreign: WireResponse = {
  status: 403,
  headers: text,
  body: "OpenTrail takes no calls from other web sites' pages.\n",
};

/** What an address gives that is none of AWS's nor of OpenTrail's own. */
export const hint: WireResponse = {
  status: 404,
  headers: text,
  body: "This is OpenTrail, an AWS endpoint. Point an AWS client at it, for example with AWS_ENDPOINT_URL.\n",
};

const toConsole: WireResponse = { status: 302, headers: { location: "/console/" } };

/**
 * A page of some web site must not use the person's browser to call a gateway that takes any key on loopback: neither
 * from its own origin nor under a name that it lets point here (DNS rebinding). Undefined for what may go on.
 */
export function refusedPage({ headers }: WireHead, takesAnyKey: boolean): WireResponse | undefined {
  const { origin, host = "" } = headers;
  const isBrowser = origin !== undefined || headers["sec-fetch-site"] !== undefined;
  if (!isBrowser) return undefined;
  // Where keys are verified, only the console's own page has one; it may stand under any name.
  if (!takesAnyKey) return origin === undefined || sameHost(origin, host) ? undefined : foreign;
  const isOurs = isOfThisMachine(`http://${host}`) && (origin === undefined || isOfThisMachine(origin));
  return isOurs ? undefined : foreign;
}

/**
 * Whether a browser would show the answer, and not hand it to a script that asked. An object may be anybody's page, and
 * stands under the console's own origin.
 */
export function isShown({ headers }: WireHead): boolean {
  const { "sec-fetch-dest": destination = "empty" } = headers;
  return destination !== "empty";
}

/** Keeps what is shown from running scripts and from being taken for the console's own page. */
export const sandbox = { "content-security-policy": "sandbox", "x-content-type-options": "nosniff" };

/** What somebody gets who looks at the address with a browser, which signs nothing; undefined for anything else. */
export function pageFor({ method, path, headers }: WireHead): WireResponse | undefined {
  if (method !== "GET" || headers.authorization !== undefined) return undefined;
  if (path === "/favicon.ico") return hint;
  const asksForPage = headers.accept?.includes("text/html") ?? false;
  return asksForPage && (path === "/" || path === "/console") ? toConsole : undefined;
}
