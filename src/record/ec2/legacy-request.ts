import type { Members } from "../../aws/call.ts";
import type { Action } from "../../aws/model.ts";
import type { Note } from "../rule.ts";
import { isArray, isObject, isSensitive, removed } from "../values.ts";
import { defaults, shownOnlyWhenSent } from "./legacy-defaults.ts";
import { type Leaf, leaves } from "./legacy-paths.ts";
import { legacyScalar } from "./legacy-response.ts";
import { inOrder } from "./order.ts";
import { isPermissionAction, withPermissions } from "./permissions.ts";

// What a legacy action's requestParameters look like, compiled once: a tree of the record's keys whose leaves know the
// path of their value in the call's input, seen from the nearest list item above them.
type Node = ObjectNode | ListNode | LeafNode;
interface ObjectNode {
  readonly kind: "object";
  fields: Map<string, Node>;
  fallback?: unknown;
}
/** One array of the record; its items may come from several lists of the input, or stand alone without any. */
interface ListNode {
  readonly kind: "list";
  readonly parts: { readonly from: readonly string[] | undefined; readonly item: Node }[];
}
interface LeafNode {
  readonly kind: "leaf";
  readonly from: readonly string[];
  readonly write: (value: unknown) => unknown;
  fallback?: unknown;
}

/** Makes the function that writes a legacy EC2 action's requestParameters; null when there are none to show. */
export function legacyRequest(action: Action, note: Note): (input: Members) => unknown {
  const root: ObjectNode = { kind: "object", fields: new Map() };
  for (const leaf of leaves(action.name, action.input, note)) insert(root, leaf, action.name, note);
  finish(root, action.name, [], note);
  const { name } = action;
  if (isPermissionAction(name)) return (input) => show(root, withPermissions(name, input)) ?? null;
  return (input) => show(root, input) ?? null;
}

function insert(root: ObjectNode, leaf: Leaf, action: string, note: Note): void {
  const chunks: string[][] = [[]];
  for (const member of leaf.members) {
    if (member === "[]") chunks.push([]);
    else chunks.at(-1)?.push(member);
  }
  // An array of the record more than the input has lists: it holds one item, made of what lies beside it.
  let alone = leaf.record.filter((key) => key.endsWith("[]")).length - (chunks.length - 1);
  if (alone < 0) throw new Error(`${action}: ${leaf.record.join(".")} has fewer lists than ${leaf.members.join(".")}`);
  const leafNode = (key: string): LeafNode => ({
    kind: "leaf",
    from: chunks[0] ?? [],
    write: writer(leaf, action, key, note),
  });
  let object = root;
  for (const [index, key] of leaf.record.entries()) {
    const last = index === leaf.record.length - 1;
    if (!key.endsWith("[]")) {
      if (last) object.fields.set(key, leafNode(key));
      else object = child(object, key);
      continue;
    }
    const from = alone > 0 ? undefined : chunks.shift();
    alone -= 1;
    const item: Node = last ? leafNode(key) : { kind: "object", fields: new Map() };
    const part = listPart(object, key.slice(0, -2), from, item);
    if (part.kind === "object") object = part;
  }
}

function child(object: ObjectNode, key: string): ObjectNode {
  const found = object.fields.get(key);
  if (found?.kind === "object") return found;
  const made: ObjectNode = { kind: "object", fields: new Map() };
  object.fields.set(key, made);
  return made;
}

function listPart(object: ObjectNode, key: string, from: readonly string[] | undefined, item: Node): Node {
  const found = object.fields.get(key);
  const list: ListNode = found?.kind === "list" ? found : { kind: "list", parts: [] };
  object.fields.set(key, list);
  const same = list.parts.find((part) => part.from?.join() === from?.join());
  if (same) return same.item;
  list.parts.push({ from, item });
  return item;
}

// The two values that a legacy record types otherwise than the model does (both observed).
function writer({ schema, record }: Leaf, action: string, key: string, note: Note): (value: unknown) => unknown {
  const rule = { side: "requestParameters", path: record.join(".") } as const;
  if (isSensitive(schema)) {
    note({ ...rule, effect: "redacted", value: removed, origin: "model" });
    return () => removed;
  }
  if (key === "noDevice") {
    note({ ...rule, effect: "typed otherwise", value: {}, origin: "observed" });
    return () => ({});
  }
  if (key === "size" && action === "CreateVolume") {
    note({ ...rule, effect: "typed otherwise", value: "text", origin: "observed", seen: 10 });
    return (value) => String(value);
  }
  return legacyScalar;
}

function finish(node: Node, action: string, path: readonly string[], note: Note): void {
  if (node.kind === "leaf") return;
  if (node.kind === "list") {
    for (const part of node.parts) finish(part.item, action, path, note);
    return;
  }
  addDefaults(node, action, path, note);
  for (const [key, field] of node.fields) {
    finish(field, action, [...path, field.kind === "list" ? `${key}[]` : key], note);
  }
  node.fields = new Map(
    inOrder("request", action, path, [...node.fields.keys()], note).map((key) => [key, node.fields.get(key) as Node]),
  );
}

function addDefaults(object: ObjectNode, action: string, path: readonly string[], note: Note): void {
  const here = path.join(".");
  const rule = { side: "requestParameters", effect: "shown though not sent" } as const;
  for (const { action: only, record, value, evidence, seen } of defaults) {
    const dot = record.lastIndexOf(".");
    const holder = record.slice(0, Math.max(dot, 0));
    if (only === "*" ? !here.endsWith(holder) : only !== action || here !== holder) continue;
    const key = record.slice(dot + 1);
    note({ ...rule, path: [...path, key].join("."), value, origin: evidence, ...(seen !== undefined && { seen }) });
    const node = object.fields.get(key);
    if (node && node.kind !== "list") node.fallback = value;
    else object.fields.set(key, { kind: "leaf", from: [], write: () => value, fallback: value });
  }
  if (path.length > 0 || !action.startsWith("Describe")) return;
  for (const [key, node] of object.fields) {
    const holdsList = node.kind === "object" && (node.fields.has("items") || node.fields.has("item"));
    if (!holdsList || shownOnlyWhenSent.some((row) => row.action === action && row.record === key)) continue;
    note({ ...rule, path: key, value: {}, origin: "derived" });
    node.fallback = {};
  }
}

function show(node: Node, scope: unknown): unknown {
  if (node.kind === "leaf") {
    const value = at(scope, node.from);
    return (value === undefined || value === null ? undefined : node.write(value)) ?? node.fallback;
  }
  if (node.kind === "list") {
    const items: unknown[] = [];
    for (const { from, item } of node.parts) {
      const elements = from === undefined ? [scope] : at(scope, from);
      if (!isArray(elements)) continue;
      for (const element of elements) {
        const shown = show(item, element);
        if (shown !== undefined) items.push(shown);
      }
    }
    return items.length > 0 ? items : undefined;
  }
  const object: Record<string, unknown> = {};
  let empty = true;
  for (const [key, field] of node.fields) {
    const value = show(field, scope);
    if (value === undefined) continue;
    object[key] = value;
    empty = false;
  }
  return empty ? node.fallback : object;
}

function at(scope: unknown, path: readonly string[]): unknown {
  let value = scope;
  for (const member of path) {
    if (!isObject(value)) return undefined;
    value = value[member];
  }
  return value;
}
