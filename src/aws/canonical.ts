import { escapeUri } from "@smithy/core/protocols";
import { getCanonicalHeaders, getCanonicalQuery } from "@smithy/signature-v4";
import type { HttpRequest } from "@smithy/types";
import type { WireRequest } from "./http.ts";

/**
 * The canonical request of Signature Version 4, from exactly the headers that the client signed.
 * S3 encodes the path once, the other services twice and without empty and dot segments.
 */
export function canonicalRequest(
  request: Omit<WireRequest, "body">,
  signedHeaders: readonly string[],
  payloadHash: string,
  isS3: boolean,
): string {
  const names = [...signedHeaders].sort();
  const signed = Object.fromEntries(names.map((name) => [name, request.headers[name] ?? ""]));
  const http = { method: request.method, headers: signed, query: queryOf(request.query) } as unknown as HttpRequest;
  const canonical = getCanonicalHeaders(http, undefined, new Set(names));
  return [
    request.method,
    isS3 ? onceEncoded(request.path) : twiceEncoded(request.path),
    getCanonicalQuery(http),
    ...names.map((name) => `${name}:${canonical[name]}`),
    "",
    names.join(";"),
    payloadHash,
  ].join("\n");
}

function queryOf(text: string): Record<string, string[]> {
  const query: Record<string, string[]> = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    query[name] ??= [];
    query[name].push(value);
  }
  return query;
}

function onceEncoded(path: string): string {
  return path
    .split("/")
    .map((segment) => escapeUri(decoded(segment)))
    .join("/");
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function twiceEncoded(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(escapeUri(segment));
  }
  const slash = segments.length > 0 && path.endsWith("/") ? "/" : "";
  return `/${segments.join("/")}${slash}`;
}
