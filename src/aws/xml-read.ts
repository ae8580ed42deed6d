import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { Members } from "./call.ts";
import { Unreadable } from "./problem.ts";
import { scalarFrom, setOwn } from "./scalar.ts";
import type { Mapping, Member, Shape, Structure } from "./shape.ts";

const TEXT = "#text";
const ATTRIBUTE = "@";

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE,
  textNodeName: TEXT,
  alwaysCreateTextNode: true,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  htmlEntities: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  isArray: (_name, _path, _leaf, attribute) => !attribute,
});

/** An element as the parser gives it: its text, its attributes, and its children as lists. */
type Element = Readonly<Record<string, unknown>>;

/** The members of an input from an XML document; unknown elements are passed over. Throws Unreadable. */
export function readXml(shape: Shape, text: string): Members {
  if (shape.kind !== "structure" || text.trim() === "") return readStructure(shape, {});
  // A document type has no place in a request, and entities of one's own are a known way to exhaust a parser.
  if (text.includes("<!DOCTYPE") || XMLValidator.validate(text) !== true) throw new Unreadable("xml");
  let document: Element;
  try {
    document = parser.parse(text) as Element;
  } catch (cause) {
    throw new Unreadable("xml", { cause });
  }
  const root = Object.entries(document).find(([name]) => name !== TEXT)?.[1];
  return readStructure(shape, (Array.isArray(root) ? root[0] : root) as Element);
}

function readStructure(shape: Shape, element: Element): Members {
  const members: Record<string, unknown> = {};
  for (const member of (shape as Structure).members) {
    if (member.binding.in !== "body") continue;
    const value = readMember(member, element);
    if (value !== undefined) members[member.name] = value;
    else if (member.required) throw new Unreadable("xml");
  }
  return members;
}

function readMember(member: Member, element: Element): unknown {
  const { shape, xmlName } = member;
  if (member.attribute) return text(shape, element[ATTRIBUTE + xmlName]);
  const found = children(element, xmlName);
  if (found.length === 0) return undefined;
  if (member.flattened && shape.kind === "list") return found.map((child) => readValue(shape.item, child));
  if (member.flattened && shape.kind === "map") return readEntries(shape, found);
  return readValue(shape, found[0] as Element);
}

function children(element: Element, name: string): readonly Element[] {
  const found = Object.hasOwn(element, name) ? element[name] : undefined;
  return Array.isArray(found) ? (found as Element[]) : [];
}

function readValue(shape: Shape, element: Element): unknown {
  switch (shape.kind) {
    case "structure":
      return readStructure(shape, element);
    case "list":
      return children(element, shape.itemName).map((child) => readValue(shape.item, child));
    case "map":
      return readEntries(shape, children(element, "entry"));
    default:
      return text(shape, element[TEXT] ?? "");
  }
}

function readEntries(shape: Mapping, entries: readonly Element[]): Members {
  const map: Record<string, unknown> = {};
  for (const entry of entries) {
    const [key] = children(entry, shape.keyName);
    const [value] = children(entry, shape.valueName);
    if (key && value) setOwn(map, String(key[TEXT] ?? ""), readValue(shape.value, value));
  }
  return map;
}

function text(shape: Shape, value: unknown): unknown {
  if (typeof value !== "string") return undefined;
  const read = scalarFrom(shape, shape.kind === "string" ? value : value.trim());
  if (read === undefined) throw new Unreadable("xml");
  return read;
}
