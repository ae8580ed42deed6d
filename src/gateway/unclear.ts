import { AwsError } from "../aws/error.ts";
import type { WireRequest } from "../aws/http.ts";
import { type Located, unsupported } from "../aws/index.ts";
import type { Understood } from "./shape-call.ts";

/**
 * Why policies can't decide about a call that another endpoint answers, as what is understood here may not be what is
 * understood there; undefined when they can.
 */
export function unclear(
  located: Located,
  { error, actionName }: Understood,
  request: WireRequest,
): AwsError | undefined {
  if (error) return error;
  if (actionName === "") return unsupported(located.service, "");
  const twice = located.service.protocol.endsWith("Query") ? repeated(request) : undefined;
  return twice === undefined
    ? undefined
    : new AwsError("MalformedQueryString", `The parameter ${twice} is there twice`);
}

// Some take the first, some the last.
function repeated({ query, body }: WireRequest): string | undefined {
  const names = new Set<string>();
  for (const text of [query, Buffer.isBuffer(body) ? body.toString() : ""]) {
    for (const name of new URLSearchParams(text).keys()) {
      if (names.has(name)) return name;
      names.add(name);
    }
  }
  return undefined;
}
