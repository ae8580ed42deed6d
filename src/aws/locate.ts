import { type Credential, credentialOf } from "./credential.ts";
import { type Host, hostOf, regionFrom } from "./host.ts";
import type { WireRequest } from "./http.ts";
import { type Action, type Service, service, serviceOfScope, services } from "./model.ts";
import type { Region } from "./names.ts";
import { routeOf } from "./route.ts";
import { shapeOf } from "./shape.ts";

/** What the head of a request says: which service in which Region, signed by whom and, but for the Query services, which action. */
export interface Located {
  readonly service: Service;
  readonly region: Region;
  readonly credential?: Credential;
  readonly actionName?: string;
  readonly action?: Action;
  /** The body is to be handed on as a stream (S3 PutObject, UploadPart …). */
  readonly streamsInput: boolean;
  /** Of the path in the REST protocols, still percent-encoded. */
  readonly labels?: Readonly<Record<string, string>>;
}

type Head = Omit<WireRequest, "body">;

/**
 * Finds the service of a request from its credential scope, X-Amz-Target, host and path, in this order.
 * Undefined when the request is signed for a service that isn't in the catalogue.
 */
export function locate(request: Head): Located | undefined {
  const credential = credentialOf(request);
  const host = hostOf(request);
  const found = serviceOf(request, credential, host);
  if (!found) return undefined;
  const common = {
    service: found,
    region: regionFrom(credential?.region) ?? host.region ?? ("us-east-1" as Region),
    ...(credential && { credential }),
  };
  return { ...common, ...actionOf(found, request, host) };
}

function serviceOf(request: Head, credential: Credential | undefined, host: Host): Service | undefined {
  if (credential && credential.service !== "") return serviceOfScope(credential.service);
  const target = request.headers["x-amz-target"];
  if (target !== undefined)
    return [...services.values()].find((candidate) => targetOf(candidate, target) !== undefined);
  if (host.service) return host.service;
  const version = /(?:^|&)Version=([^&]*)/.exec(request.query)?.[1];
  if (version !== undefined) return [...services.values()].find((candidate) => candidate.apiVersion === version);
  // The only Query actions that nobody signs are AssumeRoleWithWebIdentity and AssumeRoleWithSAML.
  if (request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") && request.path === "/")
    return service("sts");
  return service("s3");
}

// Clients write the prefix short (SDK for JavaScript) or with the Java package before it (botocore).
function targetOf(candidate: Service, target: string): string | undefined {
  const dot = target.lastIndexOf(".");
  const prefix = target.slice(0, Math.max(dot, 0));
  const own = candidate.targetPrefix;
  if (own === undefined || (prefix !== own && !prefix.endsWith(`.${own}`))) return undefined;
  return target.slice(dot + 1);
}

function actionOf(found: Service, request: Head, host: Host): Omit<Located, "service" | "region" | "credential"> {
  const target = request.headers["x-amz-target"];
  if (found.protocol === "awsJson1.1" && target !== undefined) return named(found, targetOf(found, target));
  switch (found.protocol) {
    case "ec2Query":
    case "awsQuery":
      return named(
        found,
        request.query === "" ? undefined : (new URLSearchParams(request.query).get("Action") ?? undefined),
      );
    default: {
      const path = host.bucket === undefined ? request.path : `/${host.bucket}${request.path}`;
      const route = routeOf(found, { ...request, path });
      if (!route) return { streamsInput: false };
      const { action, labels } = route;
      return { actionName: action.name, action, labels, streamsInput: streams(found, action) };
    }
  }
}

function named(found: Service, actionName: string | undefined) {
  const action = actionName === undefined ? undefined : found.actions.get(actionName);
  return { ...(actionName !== undefined && { actionName }), ...(action && { action }), streamsInput: false };
}

// An object can be of any size; the other blobs (a block of an EBS snapshot) are small enough to be read whole.
function streams(found: Service, action: Action): boolean {
  const shape = shapeOf(action.input, found.protocol);
  return (
    found.protocol === "restXml" &&
    shape.kind === "structure" &&
    shape.members.some((member) => member.shape.kind === "blob" && member.shape.streaming)
  );
}
