import type { Members } from "./call.ts";
import { Problem, Unreadable } from "./problem.ts";
import { scalarFrom, setOwn } from "./scalar.ts";
import type { List, Mapping, Shape, Structure } from "./shape.ts";

/** The parameters of a Query request as a tree: `Filter.1.Name=a` is `Filter` → `1` → `Name` → "a". */
export interface Parameters extends Map<string, string | Parameters> {}

const maximum = { parameters: 10_000, nameLength: 1_000, depth: 32 };

/** Reads `application/x-www-form-urlencoded` text into a tree; throws Unreadable on broken escapes and beyond the limits. */
export function readForm(text: string, tree: Parameters = new Map()): Parameters {
  let count = 0;
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf("&", start);
    if (end < 0) end = text.length;
    if (end > start) {
      if (++count > maximum.parameters) throw new Unreadable("too many parameters");
      let equals = text.indexOf("=", start);
      if (equals < 0 || equals > end) equals = end;
      if (equals - start > maximum.nameLength) throw new Unreadable("a parameter's name is too long");
      plant(tree, formDecode(text.slice(start, equals)), formDecode(text.slice(equals + 1, end)));
    }
    start = end + 1;
  }
  return tree;
}

function plant(tree: Parameters, name: string, value: string): void {
  let node = tree;
  let start = 0;
  for (let depth = 0; ; depth++) {
    if (depth > maximum.depth) throw new Unreadable("a parameter's name is too deep");
    const dot = name.indexOf(".", start);
    if (dot < 0) break;
    const segment = name.slice(start, dot);
    let child = node.get(segment);
    if (!(child instanceof Map)) {
      child = new Map();
      node.set(segment, child);
    }
    node = child;
    start = dot + 1;
  }
  const leaf = name.slice(start);
  if (!(node.get(leaf) instanceof Map)) node.set(leaf, value);
}

function formDecode(text: string): string {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new Unreadable("a percent-encoding is broken");
  }
}

/** The members of an input from its parameters; unknown parameters are passed over. Throws a Problem. */
export function readQuery(shape: Shape, parameters: Parameters): Members {
  return shape.kind === "structure" ? readStructure(shape, parameters, []) : {};
}

function readStructure(shape: Structure, node: Parameters, path: string[]): Members {
  const members: Record<string, unknown> = {};
  for (const member of shape.members) {
    const child = node.get(member.queryName);
    path.push(member.queryName);
    const value = child === undefined ? undefined : readValue(member.shape, child, path);
    if (value !== undefined) members[member.name] = value;
    else if (member.required) throw new Problem(member.shape.kind === "list" ? "empty" : "missing", path);
    path.pop();
  }
  return members;
}

function readValue(shape: Shape, node: string | Parameters, path: string[]): unknown {
  if (typeof node !== "string") {
    if (shape.kind === "structure") return readStructure(shape, node, path);
    if (shape.kind === "list") return readList(shape, node, path);
    if (shape.kind === "map") return readMap(shape, node, path);
    return undefined;
  }
  // An SDK writes an empty list or structure as an empty parameter.
  if (shape.kind === "list") return node === "" ? [] : undefined;
  if (shape.kind === "structure" || shape.kind === "map") return node === "" ? {} : undefined;
  const value = scalarFrom(shape, node);
  if (value === undefined) throw new Problem("malformed", path, node);
  return value;
}

function readList(shape: List, node: Parameters, path: string[]): unknown[] {
  const items: unknown[] = [];
  for (const [index, child] of numbered(node, shape.itemName)) {
    path.push(index);
    const value = readValue(shape.item, child, path);
    if (value !== undefined) items.push(value);
    path.pop();
  }
  return items;
}

function readMap(shape: Mapping, node: Parameters, path: string[]): Members {
  const map: Record<string, unknown> = {};
  for (const [index, entry] of numbered(node, "entry")) {
    if (!(entry instanceof Map)) continue;
    const key = entry.get(shape.keyName);
    const child = entry.get(shape.valueName);
    if (typeof key !== "string" || child === undefined) continue;
    path.push(index, shape.valueName);
    setOwn(map, key, readValue(shape.value, child, path));
    path.length -= 2;
  }
  return map;
}

const index = /^\d{1,9}$/;

// Both `X.1` and `X.member.1`; the numbers give the order, holes don't matter.
function numbered(node: Parameters, wrapper: string): [string, string | Parameters][] {
  const inner = node.get(wrapper);
  const entries = [...(inner instanceof Map ? inner : node)].filter(([key]) => index.test(key));
  return entries.sort(([one], [other]) => Number(one) - Number(other));
}
