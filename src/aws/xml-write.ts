import type { Members } from "./call.ts";
import type { Protocol } from "./model.ts";
import { base64Of, timestampText } from "./scalar.ts";
import type { Member, Shape, Structure } from "./shape.ts";

export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

// What can't stand as it is: markup, line ends that a parser would change, controls, halves of a surrogate pair.
const unsafe = /[&<>"\u2028\ufffe\uffff]|(?![\t\n])\p{Cc}|\p{Cs}/gu;
// The same and more (whole surrogate pairs), but quick to look for: most text has nothing of it.
// biome-ignore lint/suspicious/noControlCharactersInRegex: controls are what it looks for
const suspicious = /[&<>"\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\ud800-\udfff\ufffe\uffff]/;
const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for XML. Control characters become references, as S3 writes them; what no XML can hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  if (!suspicious.test(text)) return text;
  return text.replace(unsafe, (character) => {
    const entity = entities[character];
    if (entity) return entity;
    const code = character.charCodeAt(0);
    return code === 0 || code >= 0xd800 ? "\ufffd" : `&#x${code.toString(16).toUpperCase()};`;
  });
}

/** One element with text in it. */
export function element(name: string, text: string): string {
  return text === "" ? `<${name}/>` : `<${name}>${escapeXml(text)}</${name}>`;
}

/** Writes the members of a structure that travel in the body, without an element around them. */
export function writeMembers(structure: Structure, members: Members, protocol: Protocol): string {
  let xml = "";
  for (const member of structure.elements) {
    const value = members[member.name];
    if (value !== undefined && value !== null) xml += writeMember(member, value, protocol);
  }
  return xml;
}

function writeMember(member: Member, value: unknown, protocol: Protocol): string {
  const { shape, xmlName } = member;
  if (shape.kind === "structure") {
    return wrap(xmlName, writeMembers(shape, value as Members, protocol), attributes(member, shape, value as Members));
  }
  if (member.flattened && shape.kind === "list") {
    let xml = "";
    for (const item of value as readonly unknown[]) xml += writeValue(shape.item, xmlName, item, protocol);
    return xml;
  }
  if (member.flattened && shape.kind === "map") return writeEntries(shape, xmlName, value as Members, protocol);
  return writeValue(shape, xmlName, value, protocol);
}

function writeValue(shape: Shape, name: string, value: unknown, protocol: Protocol): string {
  if (value === undefined || value === null) return "";
  switch (shape.kind) {
    case "structure":
      return wrap(name, writeMembers(shape, value as Members, protocol));
    case "list": {
      let items = "";
      for (const item of value as readonly unknown[]) items += writeValue(shape.item, shape.itemName, item, protocol);
      return wrap(name, items);
    }
    case "map":
      return wrap(name, writeEntries(shape, "entry", value as Members, protocol));
    case "timestamp":
      return wrap(name, timestamp(value as Date, protocol));
    case "blob":
      return wrap(name, base64Of(value as Uint8Array));
    default:
      return element(name, String(value));
  }
}

function writeEntries(shape: Shape & { kind: "map" }, name: string, map: Members, protocol: Protocol): string {
  let xml = "";
  for (const [key, value] of Object.entries(map)) {
    if (value === undefined || value === null) continue;
    xml += wrap(name, element(shape.keyName, key) + writeValue(shape.value, shape.valueName, value, protocol));
  }
  return xml;
}

// One answer tells the same time over and over: of a launch, its volumes and its interfaces.
let lastTime = Number.NaN;
let lastText = "";

function isoText(date: Date): string {
  const time = date.getTime();
  if (time !== lastTime) {
    lastText = timestampText(date, "date-time");
    lastTime = time;
  }
  return lastText;
}

// EC2 and S3 always write milliseconds; the Query services leave out those that are zero.
function timestamp(date: Date, protocol: Protocol): string {
  const text = isoText(date);
  return protocol === "awsQuery" ? text.replace(".000Z", "Z") : text;
}

function wrap(name: string, content: string, attributes = ""): string {
  return content === "" ? `<${name}${attributes}/>` : `<${name}${attributes}>${content}</${name}>`;
}

// The namespace of a member and those of its members that are attributes: S3's `<Grantee xmlns:xsi="…" xsi:type="…">`.
function attributes(member: Member, structure: Structure, members: Members): string {
  let text = "";
  if (member.namespace) {
    const { prefix, uri } = member.namespace;
    text += ` xmlns${prefix ? `:${prefix}` : ""}="${escapeXml(uri)}"`;
  }
  for (const { name, xmlName } of structure.attributes) {
    const value = members[name];
    if (value !== undefined && value !== null) text += ` ${xmlName}="${escapeXml(String(value))}"`;
  }
  return text;
}
