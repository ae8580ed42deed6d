import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { Members } from "./call.ts";
import { checkMarkup } from "./nesting.ts";
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
  if (shape.kind !== "structure" || text.trim() === "") return readStructure(shape, {}, "whole");
  return readStructure(shape, rootOf(text).element, "whole");
}

/**
 * The members of an output from the XML that somebody else wrote: what is missing or unreadable is left out. `result`
 * names the element below the root that holds them, where there is one. Throws Unreadable for what is no XML.
 */
export function readXmlAnswer(shape: Structure, text: string, result?: string): Members {
  if (text.trim() === "") return {};
  const { name, element } = rootOf(text);
  const [only, ...others] = shape.members;
  // S3's GetBucketLocation: the only member has the root's name, and is the root.
  if (only?.xmlName === name && others.length === 0 && only.shape.kind === "string") {
    return { [only.name]: element[TEXT] ?? "" };
  }
  return readStructure(shape, result === undefined ? element : (children(element, result)[0] ?? {}), "what is there");
}

/** The text of elements anywhere in an XML document, by name, the first of each; none for what is no XML. */
export function textsIn(text: string, names: readonly string[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const look = (element: Element): void => {
    for (const [name, list] of Object.entries(element)) {
      if (!Array.isArray(list)) continue;
      const [first] = list as readonly Element[];
      if (names.includes(name) && found[name] === undefined) found[name] = String(first?.[TEXT] ?? "");
      for (const child of list as readonly Element[]) look(child);
    }
  };
  try {
    if (text.trim() !== "") look(rootOf(text).element);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
  }
  return found;
}

/** An XML document as plain members, without a model: a list where an element repeats or stands in `member` or `item`. */
export function treeOf(text: string): Members {
  const plain = (element: Element): unknown => {
    const parts = Object.entries(element).filter(([, list]) => Array.isArray(list)) as [string, Element[]][];
    const [[only, inner] = []] = parts;
    if (parts.length === 0) return element[TEXT] ?? "";
    if (parts.length === 1 && inner && (only === "member" || only === "item")) return inner.map(plain);
    const members: Record<string, unknown> = {};
    for (const [name, list] of parts) {
      setOwn(members, name, list.length === 1 ? plain(list[0] as Element) : list.map(plain));
    }
    return members;
  };
  const members = plain(rootOf(text).element);
  return typeof members === "object" && !Array.isArray(members) ? (members as Members) : {};
}

function rootOf(text: string): { name: string; element: Element } {
  checkMarkup(text);
  // A document type has no place in a message, and entities of one's own are a known way to exhaust a parser.
  if (text.includes("<!DOCTYPE") || XMLValidator.validate(text) !== true) throw new Unreadable("xml");
  let document: Element;
  try {
    document = parser.parse(text) as Element;
  } catch (cause) {
    throw new Unreadable("xml", { cause });
  }
  const [name, root] = Object.entries(document).find(([name]) => name !== TEXT) ?? [""];
  return { name, element: ((Array.isArray(root) ? root[0] : root) ?? {}) as Element };
}

/** A request must be readable as a whole; of an answer counts what is there. */
type Demand = "whole" | "what is there";

function readStructure(shape: Shape, element: Element, demand: Demand): Members {
  const members: Record<string, unknown> = {};
  for (const member of (shape as Structure).members) {
    if (member.binding.in !== "body") continue;
    const value = readMember(member, element, demand);
    if (value !== undefined) members[member.name] = value;
    else if (member.required && demand === "whole") throw new Unreadable("xml");
  }
  return members;
}

function readMember(member: Member, element: Element, demand: Demand): unknown {
  const { shape, xmlName } = member;
  if (member.attribute) return text(shape, element[ATTRIBUTE + xmlName], demand);
  const found = children(element, xmlName);
  if (found.length === 0) return undefined;
  if (member.flattened && shape.kind === "list") return readItems(shape.item, found, demand);
  if (member.flattened && shape.kind === "map") return readEntries(shape, found, demand);
  return readValue(shape, found[0] as Element, demand);
}

function readItems(shape: Shape, elements: readonly Element[], demand: Demand): unknown[] {
  return elements.map((child) => readValue(shape, child, demand)).filter((item) => item !== undefined);
}

function children(element: Element, name: string): readonly Element[] {
  const found = Object.hasOwn(element, name) ? element[name] : undefined;
  return Array.isArray(found) ? (found as Element[]) : [];
}

function readValue(shape: Shape, element: Element, demand: Demand): unknown {
  switch (shape.kind) {
    case "structure":
      return readStructure(shape, element, demand);
    case "list":
      return readItems(shape.item, children(element, shape.itemName), demand);
    case "map":
      return readEntries(shape, children(element, "entry"), demand);
    default:
      return text(shape, element[TEXT] ?? "", demand);
  }
}

function readEntries(shape: Mapping, entries: readonly Element[], demand: Demand): Members {
  const map: Record<string, unknown> = {};
  for (const entry of entries) {
    const [key] = children(entry, shape.keyName);
    const [value] = children(entry, shape.valueName);
    if (key && value) setOwn(map, String(key[TEXT] ?? ""), readValue(shape.value, value, demand));
  }
  return map;
}

function text(shape: Shape, value: unknown, demand: Demand): unknown {
  if (typeof value !== "string") return undefined;
  const read = scalarFrom(shape, shape.kind === "string" ? value : value.trim());
  if (read === undefined && demand === "whole") throw new Unreadable("xml");
  return read;
}
