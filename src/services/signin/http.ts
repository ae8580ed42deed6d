import type { z } from "zod";
import { AwsError } from "../../aws/error.ts";
import type { WireResponse } from "../../aws/http.ts";
import type { Head, Route } from "./parts.ts";

// Answers tell of sessions, some of them secrets: no cache may keep one.
const headers = { "content-type": "application/json", "cache-control": "no-store" };

export function json(content: object, more: Readonly<Record<string, string>> = {}): WireResponse {
  return { status: 200, headers: { ...headers, ...more }, body: JSON.stringify(content) };
}

export function refusal(status: number, code: string, message: string): AwsError {
  return new AwsError(code, message, { status });
}

/** The address that the client knows the server by, such as `http://127.0.0.1:4770`. */
export function originOf({ headers: { host = "localhost" }, tls }: Head): string {
  return `${tls ? "https" : "http"}://${host}`;
}

/** The page that a sign-in leads to. */
export function consoleUrl(head: Head): string {
  return `${originOf(head)}/console/`;
}

/** A route by the method; failures that a client can understand become an answer. */
export function byMethod(routes: Readonly<Record<string, Route>>): Route {
  return async (head, body) => {
    try {
      const route = Object.hasOwn(routes, head.method) ? routes[head.method] : undefined;
      if (route) return await route(head, body);
      throw refusal(405, "MethodNotAllowed", `${head.path} takes ${Object.keys(routes).join(" and ")}`);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const { status, code, message } = error;
      return { status, headers, body: JSON.stringify({ code, message }) };
    }
  };
}

/**
 * Only the console's own pages, and programs, may ask; the browser says so itself. Beside the cookie's SameSite=Strict, which
 * other servers on the same host are not subject to.
 */
export function ownPagesOnly(route: Route): Route {
  return async (head, body) => {
    const site = head.headers["sec-fetch-site"] ?? "none";
    if (site === "same-origin" || site === "none") return route(head, body);
    throw refusal(403, "AccessDenied", "Only pages of OpenTrail's own console may ask for this");
  };
}

/** The JSON body of a request; ValidationError (400) for one that the schema doesn't take, without what it said. */
export async function jsonBody<Schema extends z.ZodType>(
  { headers: given }: Head,
  body: () => Promise<Buffer>,
  schema: Schema,
): Promise<z.output<Schema>> {
  // A form on any web page can send what it likes, but not as this type.
  if (!given["content-type"]?.startsWith("application/json"))
    throw refusal(415, "UnsupportedMediaType", "Send JSON, with content-type: application/json");
  const result = schema.safeParse(parsed((await body()).toString()));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue?.path.join(".");
  throw refusal(400, "ValidationError", `${where ? `${where}: ` : ""}${issue?.message}`);
}

/** The value of a JSON text; ValidationError (400) when it isn't one. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(400, "ValidationError", "This is no JSON");
  }
}
