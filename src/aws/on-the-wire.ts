import { cbor } from "@smithy/core/cbor";
import type { Members } from "./call.ts";
import type { WireAnswer, WireRequest } from "./http.ts";
import type { Located } from "./locate.ts";
import { checkCbor, parseJson } from "./nesting.ts";
import { isCbor } from "./other-service.ts";
import { Unreadable } from "./problem.ts";
import { type Parameters, readForm } from "./query.ts";
import { setOwn } from "./scalar.ts";
import { treeOf } from "./xml-read.ts";

/** The members of a request as they stand on the wire, for an action that no model knows. Never throws. */
export function inputOnWire({ service }: Pick<Located, "service">, request: WireRequest): Members {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  try {
    if (isCbor(request)) return fromCbor(body);
    if (service.protocol.endsWith("Query")) {
      const { Action, Version, ...members } = fromForm(readForm(body.toString("utf8"), readForm(request.query)));
      return members;
    }
    const inQuery = Object.fromEntries(new URLSearchParams(request.query));
    return { ...inQuery, ...documentOf(body) };
  } catch (error) {
    if (error instanceof Unreadable) return {};
    throw error;
  }
}

/** The members of an answer as they stand on the wire. Never throws. */
export function outputOnWire({ headers, body }: WireAnswer): Members {
  if (isCbor({ headers })) return fromCbor(body);
  const members = documentOf(body);
  // The Query services put the result into an element of its own.
  const [, result] = Object.entries(members).find(([name]) => name.endsWith("Result")) ?? [];
  if (isMembers(result)) return result;
  const { ResponseMetadata, ...rest } = members;
  return rest;
}

const isMembers = (value: unknown): value is Members =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function documentOf(body: Buffer): Members {
  const text = body.toString("utf8");
  const [first] = text.trimStart();
  try {
    if (first === "{") return parseJson(text) as Members;
    if (first === "<") return treeOf(text);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
  }
  return {};
}

function fromCbor(body: Buffer): Members {
  try {
    checkCbor(body);
    const value: unknown = body.length === 0 ? {} : cbor.deserialize(body);
    return isMembers(value) ? value : {};
  } catch {
    return {}; // no CBOR: nothing is known of it
  }
}

// `Attributes.entry.1.key` and `Names.member.1` are lists below a word that only the wire has.
function fromForm(tree: Parameters): Record<string, unknown> {
  const members: Record<string, unknown> = {};
  for (const [name, value] of tree) setOwn(members, name, typeof value === "string" ? value : node(value));
  return members;
}

function node(tree: Parameters): unknown {
  const [[only, inner] = []] = tree;
  if (tree.size === 1 && inner instanceof Map && (only === "member" || only === "entry")) return node(inner);
  if ([...tree.keys()].every((name) => /^\d+$/.test(name))) {
    return [...tree.values()].map((value) => (typeof value === "string" ? value : node(value)));
  }
  return fromForm(tree);
}

/** An error for a client that speaks CBOR. */
export function cborError(code: string, message: string): { headers: Record<string, string>; body: Uint8Array } {
  return {
    headers: { "content-type": "application/cbor", "smithy-protocol": "rpc-v2-cbor" },
    body: cbor.serialize({ __type: code, message }) as Uint8Array,
  };
}
