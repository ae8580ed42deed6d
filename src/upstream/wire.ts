import { AwsError } from "../aws/error.ts";

// What both ways of sending have in common.

/** The most of an answer's body that is collected before it is handed on, in bytes. */
export const wholeAnswerLimit = 1024 * 1024;

// https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
const ofOneConnection = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authorization",
  "te",
  "transfer-encoding",
  "upgrade",
]);

/** Raw headers without those of one connection, those that Connection names among them. */
export function lasting(rawHeaders: readonly string[], also: ReadonlySet<string>, connection = ""): string[] {
  const named = connection === "" ? [] : connection.toLowerCase().split(/\s*,\s*/);
  const kept: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    if (ofOneConnection.has(name) || also.has(name) || named.includes(name)) continue;
    kept.push(rawHeaders[index] as string, rawHeaders[index + 1] as string);
  }
  return kept;
}

/** The first of a header; `wanted` in lower case. */
export function headerValue(rawHeaders: readonly string[], wanted: string): string | undefined {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if ((rawHeaders[index] as string).toLowerCase() === wanted) return rawHeaders[index + 1];
  }
  return undefined;
}

export const isLive = /^(application\/vnd\.amazon\.eventstream|text\/event-stream)/;

/** Headers by lower-case name, each as one text. */
export function joined(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const all: Record<string, string> = Object.create(null);
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) all[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return all;
}

const slow: ReadonlySet<string> = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

export const slowFault = (origin: string, cause?: Error) =>
  new AwsError("GatewayTimeout", `The upstream ${origin} takes too long to answer`, { status: 504, cause });

/** Why there is no answer, or no more of it, as the AWS error that the client gets. */
export function fault(origin: string, error: Error): AwsError {
  if (error instanceof AwsError) return error;
  const { code = error.name } = error as NodeJS.ErrnoException;
  return slow.has(code)
    ? slowFault(origin, error)
    : new AwsError("ServiceUnavailable", `The upstream ${origin} gives no answer (${code})`, {
        status: 503,
        cause: error,
      });
}
