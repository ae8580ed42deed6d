import type { Readable } from "node:stream";
import type { Members } from "./call.ts";
import type { WireResponse } from "./http.ts";
import { writeJson } from "./json.ts";
import type { Action, Service } from "./model.ts";
import { base64Of, timestampText } from "./scalar.ts";
import type { Member, Shape, Structure } from "./shape.ts";
import { escapeXml, writeMembers, xmlDeclaration } from "./xml-write.ts";

type Headers = Readonly<Record<string, string>>;

/** Writes an output as the HTTP bindings of the model say: status, headers, prefixed headers, payload or document. */
export function writeRest(
  service: Service,
  action: Action,
  shape: Shape,
  output: Members,
  common: Headers,
): WireResponse {
  // The model knows one status of success; a range of an object is told by Content-Range.
  const status = output.ContentRange === undefined ? (action.http?.status ?? 200) : 206;
  const { "content-type": documentType = "", ...ids } = common;
  if (shape.kind !== "structure") return { status, headers: ids };
  const headers: Record<string, string> = { ...ids };
  for (const member of shape.members) writeBound(member, output[member.name], headers);
  const statusMember = shape.members.find((member) => member.binding.in === "status");
  const given = statusMember && output[statusMember.name];
  const body = bodyOf(service, shape, output);
  if (body !== undefined) headers["content-type"] ??= typeof body === "string" ? documentType : "binary/octet-stream";
  return {
    status: typeof given === "number" ? given : status,
    headers,
    ...(body !== undefined && { body }),
  };
}

function writeBound({ binding, shape }: Member, value: unknown, headers: Record<string, string>): void {
  if (value === undefined || value === null) return;
  if (binding.in === "header") headers[binding.name] = headerText(shape, value);
  if (binding.in !== "headers") return;
  const entries = Object.entries(value);
  const sent = entries.filter(([key]) => key === "" || token.test(key));
  for (const [key, text] of sent) headers[`${binding.prefix}${key.toLowerCase()}`] = safe(String(text));
  if (sent.length < entries.length) headers[missingMeta] = String(entries.length - sent.length);
}

const token = /^[\w!#$%&'*+.^`|~-]+$/;
/** How many of an object's metadata can't stand in headers. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
const missingMeta = "x-amz-missing-meta";

function headerText(shape: Shape, value: unknown): string {
  if (shape.kind === "timestamp") return timestampText(value as Date, shape.format ?? "http-date");
  if (shape.kind === "list") {
    return (value as readonly unknown[]).map((item) => quoted(headerText(shape.item, item))).join(", ");
  }
  if (shape.kind === "blob") return base64Of(value as Uint8Array);
  return safe(String(value));
}

function quoted(item: string): string {
  return /[",]/.test(item) ? `"${item.replace(/["\\]/g, "\\$&")}"` : item;
}

// A header holds bytes, no line ends: text beyond Latin-1 goes as its UTF-8 bytes. Bytes that a client sent came as Latin-1,
// those of its second block of control signs among them.
function safe(text: string): string {
  const line = text.replace(/(?![\t\u0080-\u009f])\p{Cc}/gu, " ");
  return /[^\p{ASCII}\u0080-\u00ff]/u.test(line) ? Buffer.from(line, "utf8").toString("latin1") : line;
}

function bodyOf(service: Service, shape: Structure, output: Members): WireResponse["body"] {
  const payload = shape.members.find((member) => member.binding.in === "payload");
  if (payload) {
    const value = output[payload.name];
    if (value === undefined || value === null) return undefined;
    if (payload.shape.kind !== "structure") return value as string | Uint8Array | Readable;
    return documentOf(service, payload.shape, payload.xmlName, value as Members);
  }
  if (!shape.members.some((member) => member.binding.in === "body")) return undefined;
  return documentOf(service, shape, shape.xmlName, output);
}

function documentOf(service: Service, shape: Structure, root: string, members: Members): string {
  if (service.protocol === "restJson") return writeJson(shape, members);
  const [first, ...others] = shape.members;
  // S3's GetBucketLocation: the only member has the root's name, and is the root.
  const unwrapped = others.length === 0 && first?.xmlName === root && first.shape.kind === "string";
  const content = unwrapped
    ? escapeXml(String(members[first.name] ?? ""))
    : writeMembers(shape, members, service.protocol);
  return `${xmlDeclaration}<${root} xmlns="${service.xmlNamespace}">${content}</${root}>`;
}
