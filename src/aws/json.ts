import type { Members } from "./call.ts";
import { parseJson } from "./nesting.ts";
import { Problem, Unreadable } from "./problem.ts";
import { base64Of, bytesFrom, setOwn, timestampFrom } from "./scalar.ts";
import type { Shape, Structure } from "./shape.ts";

/** The members of an input from a JSON document; unknown members are passed over. Throws Unreadable or a Problem. */
export function readJson(shape: Shape, text: string): Members {
  return readDocument(shape, text, "whole");
}

/** The members of an output from the JSON that somebody else wrote: what is missing or of another type is left out. */
export function readJsonAnswer(shape: Shape, text: string): Members {
  return readDocument(shape, text, "what is there");
}

/** A request must be readable as a whole; of an answer counts what is there. */
type Demand = "whole" | "what is there";

function readDocument(shape: Shape, text: string, demand: Demand): Members {
  const document = text === "" ? {} : parseJson(text);
  if (shape.kind !== "structure") return {};
  if (!isRecord(document)) throw new Unreadable("it is not a JSON object");
  return readStructure(shape, document, [], demand);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readStructure(shape: Structure, record: Record<string, unknown>, path: string[], demand: Demand): Members {
  const members: Record<string, unknown> = {};
  for (const member of shape.members) {
    if (member.binding.in !== "body") continue;
    const child = Object.hasOwn(record, member.name) ? record[member.name] : undefined;
    path.push(member.name);
    const value = child === undefined || child === null ? undefined : readValue(member.shape, child, path, demand);
    if (value !== undefined) members[member.name] = value;
    else if (member.required && demand === "whole") throw new Problem("missing", path);
    path.pop();
  }
  return members;
}

function readValue(shape: Shape, value: unknown, path: string[], demand: Demand): unknown {
  if (shape.kind === "structure" && isRecord(value)) return readStructure(shape, value, path, demand);
  if (shape.kind === "list" && Array.isArray(value)) {
    const items: unknown[] = [];
    for (const [position, item] of value.entries()) {
      if (item === null) continue;
      path.push(String(position + 1));
      items.push(readValue(shape.item, item, path, demand));
      path.pop();
    }
    return items;
  }
  if (shape.kind === "map" && isRecord(value)) {
    const map: Record<string, unknown> = {};
    for (const [key, child] of Object.entries(value)) {
      if (child === null) continue;
      path.push(key);
      setOwn(map, key, readValue(shape.value, child, path, demand));
      path.pop();
    }
    return map;
  }
  const scalar = readScalar(shape, value);
  if (scalar === undefined && demand === "whole") throw new Problem("malformed", path, value);
  return scalar;
}

// JSON has no number for them. https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html
const nonFinite: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

function readScalar(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case "string":
      return typeof value === "string" ? value : undefined;
    case "number":
      return typeof value === "number" ? value : nonFinite[String(value)];
    case "boolean":
      return typeof value === "boolean" ? value : undefined;
    case "timestamp":
      return typeof value === "number" || typeof value === "string" ? timestampFrom(String(value)) : undefined;
    case "blob":
      return typeof value === "string" ? bytesFrom(value) : undefined;
    default:
      return undefined;
  }
}

/** Writes the members of an output that travel in the body as a JSON document. */
export function writeJson(shape: Shape, members: Members): string {
  return JSON.stringify(plain(shape, members) ?? {});
}

function plain(shape: Shape, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  switch (shape.kind) {
    case "structure": {
      const record: Record<string, unknown> = {};
      for (const member of shape.members) {
        if (member.binding.in === "body")
          record[member.name] = plain(member.shape, (value as Record<string, unknown>)[member.name]);
      }
      return record;
    }
    case "list":
      return (value as readonly unknown[]).map((item) => plain(shape.item, item) ?? null);
    case "map": {
      const record: Record<string, unknown> = {};
      for (const [key, child] of Object.entries(value)) setOwn(record, key, plain(shape.value, child));
      return record;
    }
    case "timestamp":
      return (value as Date).getTime() / 1000;
    case "blob":
      return base64Of(value as Uint8Array);
    case "number":
      return Number.isFinite(value) ? value : String(value);
    default:
      return value;
  }
}
