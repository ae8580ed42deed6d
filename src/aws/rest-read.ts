import { splitHeader } from "@smithy/core/serde";
import type { Members } from "./call.ts";
import type { WireRequest } from "./http.ts";
import { readJson } from "./json.ts";
import type { Located } from "./locate.ts";
import { Problem, Unreadable } from "./problem.ts";
import { scalarFrom } from "./scalar.ts";
import type { Member, Shape } from "./shape.ts";
import { readXml } from "./xml-read.ts";

/** The members of an input from path, query, headers and body as the HTTP bindings of the model say. */
export function readRest(shape: Shape, located: Located, request: WireRequest): Members {
  if (shape.kind !== "structure") return {};
  const query = new URLSearchParams(request.query);
  const members: Record<string, unknown> = {};
  for (const member of shape.members) {
    if (member.binding.in === "body") continue;
    const value = readBound(member, located, request, query);
    if (value !== undefined) members[member.name] = value;
    else if (member.required) throw new Problem("missing", [wireName(member)]);
  }
  if (shape.members.some((member) => member.binding.in === "body")) {
    Object.assign(members, readDocument(shape, located, request));
  }
  return members;
}

function readBound(member: Member, located: Located, request: WireRequest, query: URLSearchParams): unknown {
  const { binding } = member;
  switch (binding.in) {
    case "label":
      return readText(member, labelText(located.labels?.[member.name]));
    case "query": {
      if (member.shape.kind === "list") {
        const all = query.getAll(binding.name);
        return all.length > 0 ? all : undefined;
      }
      return readText(member, query.get(binding.name) ?? undefined);
    }
    case "header":
      return readHeader(member, headerOf(request, binding.name));
    case "headers":
      return prefixed(request, binding.prefix);
    case "payload":
      return readPayload(member, located, request);
    default:
      return undefined;
  }
}

function labelText(raw: string | undefined): string | undefined {
  if (raw === undefined) return undefined;
  try {
    return decodeURIComponent(raw);
  } catch {
    throw new Unreadable("uri");
  }
}

// A body in aws-chunked framing has two lengths and one content encoding more than the object.
function headerOf(request: WireRequest, name: string): string | undefined {
  const { headers } = request;
  if (name === "content-length") return headers["x-amz-decoded-content-length"] ?? headers[name];
  if (name !== "content-encoding") return headers[name];
  const kept = (headers[name] ?? "").split(",").filter((encoding) => encoding.trim() !== "aws-chunked");
  return kept.join(",").trim() || undefined;
}

function readHeader(member: Member, text: string | undefined): unknown {
  if (text === undefined || member.shape.kind !== "list") return readText(member, text);
  return splitHeader(text);
}

function readText(member: Member, text: string | undefined): unknown {
  if (text === undefined) return undefined;
  const value = scalarFrom(member.shape, text);
  if (value === undefined) throw new Problem("malformed", [wireName(member)], text);
  return value;
}

function prefixed(request: WireRequest, prefix: string): Members | undefined {
  const found = Object.entries(request.headers).filter(([name]) => name.startsWith(prefix));
  if (found.length === 0) return undefined;
  return Object.fromEntries(found.map(([name, value]) => [name.slice(prefix.length), value]));
}

function readPayload(member: Member, located: Located, request: WireRequest): unknown {
  const { shape } = member;
  const { body } = request;
  if (shape.kind === "blob") return Buffer.isBuffer(body) && body.length === 0 && !member.required ? undefined : body;
  if (!Buffer.isBuffer(body)) throw new TypeError("the body of this action must be read whole before it is decoded");
  if (body.length === 0) return undefined;
  return shape.kind === "structure" ? readDocument(shape, located, request) : body.toString("utf8");
}

function readDocument(shape: Shape, { service }: Located, { body }: WireRequest): Members {
  const text = Buffer.isBuffer(body) ? body.toString("utf8") : "";
  return service.protocol === "restXml" ? readXml(shape, text) : readJson(shape, text);
}

function wireName({ name, binding }: Member): string {
  return binding.in === "header" || binding.in === "query" ? binding.name : name;
}
