import { z } from "zod";
import type { SignInPerson } from "../../record/index.ts";
import type { ConsoleSessions } from "./console-sessions.ts";
import { json, originOf, parsed, refusal } from "./http.ts";
import type { Head, Route, SignInParts } from "./parts.ts";
import { sameText } from "./same-text.ts";

/** Good for 15 minutes, as on AWS. */
const tokenMs = 900_000;
const tokenPurpose = "sign-in token";

// Numbers and names as in https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
const credentials = z.object({ sessionId: z.string(), sessionKey: z.string(), sessionToken: z.string() });
const leastSeconds = 900;
const mostSeconds = 43_200;

function badRequest(message: string) {
  return refusal(400, "BadRequest", message);
}

function durationOf(text: string | null, { type }: SignInPerson): number | undefined {
  if (text === null) return undefined;
  if (type === "FederatedUser") throw badRequest("SessionDuration is not for credentials of GetFederationToken");
  const seconds = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= leastSeconds && seconds <= mostSeconds) return seconds;
  throw badRequest(`SessionDuration takes ${leastSeconds} to ${mostSeconds} seconds`);
}

// Where tools for AWS want to go.
const awsConsole = /^([a-z0-9-]+\.)?console\.aws\.amazon\.com$/;

/** The page to go to: one of this server, so that nobody is led elsewhere; AWS's console is this server's. */
function destinationOf(text: string | null, head: Head): string {
  const origin = originOf(head);
  if (text === null || !URL.canParse(text, origin)) throw badRequest("Destination is no URL");
  const url = new URL(text, origin);
  if (awsConsole.test(url.host)) return "/console/";
  if (url.origin !== origin || url.pathname.startsWith("//"))
    throw badRequest("Destination takes a path of this server, such as /console/");
  return url.pathname + url.search + url.hash;
}

/** `/federation`: AWS's federation endpoint, which makes a console session of temporary credentials. */
export function federationRoute(parts: SignInParts, sessions: ConsoleSessions): Route {
  const { identity, clock, recorder } = parts;

  async function getSigninToken(parameters: URLSearchParams, head: Head) {
    const result = credentials.safeParse(parsed(parameters.get("Session") ?? ""));
    if (!result.success) throw badRequest("Session takes a sessionId, a sessionKey and a sessionToken");
    const { sessionId, sessionKey, sessionToken } = result.data;
    const opened = await identity.sessions.open(sessionId, sessionToken);
    if (!opened || !sameText(sessionKey, opened.secretAccessKey) || opened.expires <= clock.now())
      throw badRequest("The credentials of the Session are invalid or have expired");
    const { caller } = opened;
    if (caller.type !== "AssumedRole" && caller.type !== "FederatedUser")
      throw badRequest("Session takes credentials of AssumeRole or GetFederationToken");
    const seconds = durationOf(parameters.get("SessionDuration"), caller);

    // Without a duration of its own the session keeps the credentials' key and ends with them.
    const { id, session } =
      seconds === undefined
        ? await sessions.begin(caller, opened.expires, sessionId)
        : await sessions.begin(caller, clock.now() + seconds * 1000);
    const { accessKeyId } = session.credentials;
    await recorder.recordSignIn({ name: "GetSigninToken", person: caller, accessKeyId }, head);
    const token = await identity.seal.close(JSON.stringify({ id, until: clock.now() + tokenMs }), tokenPurpose);
    return json({ SigninToken: token.toString("base64url") });
  }

  async function login(parameters: URLSearchParams, head: Head) {
    const location = destinationOf(parameters.get("Destination"), head);
    const sealed = Buffer.from(parameters.get("SigninToken") ?? "", "base64url");
    const opened = await identity.seal.open(sealed, tokenPurpose);
    const { id, until } = opened === undefined ? { id: "", until: 0 } : (JSON.parse(opened) as Token);
    if (until <= clock.now()) throw badRequest("The SigninToken is invalid or has expired");
    const { entry, person } = await sessions.read(id);
    await recorder.recordSignIn({ name: "ConsoleLogin", person }, head);
    const cookie = await sessions.cookieOf(id, entry.value, head);
    return { status: 302, headers: { location, "set-cookie": cookie, "cache-control": "no-store" } };
  }

  return async (head, body) => {
    const parameters = new URLSearchParams(head.query);
    if (head.method === "POST")
      for (const [name, value] of new URLSearchParams(String(await body()))) parameters.set(name, value);
    await recorder.check();
    switch (parameters.get("Action")) {
      case "getSigninToken":
        return getSigninToken(parameters, head);
      case "login":
        return login(parameters, head);
      default:
        throw badRequest("Action takes getSigninToken or login");
    }
  };
}

type Token = { readonly id: string; readonly until: number };
