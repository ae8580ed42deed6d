import type { WireRequest } from "./http.ts";
import { type Service, service, services } from "./model.ts";
import { type Region, region } from "./names.ts";

/** What the name in the Host header says. */
export interface Host {
  readonly service?: Service;
  readonly region?: Region;
  /** Of a virtual-host style S3 request. */
  readonly bucket?: string;
}

/** Reads `ec2.us-east-1.amazonaws.com`, `bucket.s3.us-east-1.amazonaws.com`, `bucket.localhost`; anything else says nothing. */
export function hostOf(request: Omit<WireRequest, "body">): Host {
  const name = (request.headers.host ?? "").toLowerCase().replace(/:\d+$/, "");
  const domain = /\.(?:localhost|amazonaws\.com(?:\.cn)?|api\.aws)$/.exec(name)?.[0];
  if (domain === undefined) return {};
  const labels = name.slice(0, -domain.length).split(".");
  const s3 = labels.findLastIndex((label) => label === "s3" || label.startsWith("s3-"));
  const first = services.get(labels[0]?.replace(/-fips$/, "") ?? "");
  if (s3 < 0 && first) return { service: first, ...regionAmong(labels.slice(1)) };
  if (s3 < 0) return domain === ".localhost" ? { service: service("s3"), bucket: labels.join(".") } : {};
  // What stands before `s3-object-lambda` is the route of a request, no bucket.
  const bucket = labels[s3] === "s3-object-lambda" ? "" : labels.slice(0, s3).join(".");
  // The older form has the Region behind a hyphen: `s3-us-west-2.amazonaws.com`.
  const regions = [labels[s3]?.slice("s3-".length) ?? "", ...labels.slice(s3 + 1)];
  return { service: service("s3"), ...regionAmong(regions), ...(bucket && { bucket }) };
}

function regionAmong(labels: readonly string[]): { region?: Region } {
  const found = labels.map(regionFrom).find((place) => place !== undefined);
  return found ? { region: found } : {};
}

/** The Region that the text names, if it is one. */
export function regionFrom(text: string | undefined): Region | undefined {
  try {
    return text ? region(text) : undefined;
  } catch {
    return undefined;
  }
}
