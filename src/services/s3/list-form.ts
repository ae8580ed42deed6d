import { invalidArgument } from "./errors.ts";

/** How many items a page of a list has at most. */
export const mostKeys = 1000;

/** The size of a page: what the client asks for, up to S3's own limit. */
export function limitOf(asked: number | undefined, name: string): number {
  const limit = asked ?? mostKeys;
  if (limit < 0) {
    const message = `Argument ${name} must be an integer between 0 and 2147483647`;
    throw invalidArgument(message, name, String(limit));
  }
  return Math.min(limit, mostKeys);
}

export type Write = (name: string) => string;

/** How names are written in a list: as they are or, with encoding-type=url, as in a query string but for slashes. */
export function writer(encodingType: string | undefined): Write {
  if (encodingType === undefined) return (name) => name;
  if (encodingType !== "url") {
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encodingType);
  }
  return (name) => encodeURIComponent(name).replaceAll("%2F", "/").replaceAll("%20", "+");
}
