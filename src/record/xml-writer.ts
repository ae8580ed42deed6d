import type { NormalizedSchema } from "@smithy/core/schema";
import { inHashMapOrder, typedByContent } from "./json-of-xml.ts";
import type { Rule } from "./rule.ts";
import { isArray, isObject, isSensitive, jsonScalar } from "./values.ts";

type Write = (value: unknown) => unknown;

/** Told of the members that have a rule of their own, each structure's once: the path is the member's element. */
type NoteOfMember = (rule: Omit<Rule, "side">) => void;

/** What the XML of one protocol does differently from another's. */
export interface XmlForm {
  readonly name: (member: string, schema: NormalizedSchema) => string;
  readonly time: (date: Date) => string | undefined;
  /** A list as it stands under its member's name; it has an item at least. */
  readonly list: (items: unknown, schema: NormalizedSchema) => unknown;
  /** What stands for a sensitive member; the member itself when not given. */
  readonly sensitive?: string;
  /** An item of a list in its element; the item as it is when not given. */
  readonly item?: (item: unknown, index: number) => unknown;
}

/** Makes the function that writes a structure's members as org.json shows their XML; undefined for what is no structure. */
export function xmlWriter(schema: NormalizedSchema, form: XmlForm, note: NoteOfMember): Write {
  return schema.isUnitSchema() ? () => "" : structure(schema, form, new Map(), note);
}

function structure(schema: NormalizedSchema, form: XmlForm, known: Map<string, Write>, note: NoteOfMember): Write {
  const name = schema.getName(true) ?? "";
  const found = known.get(name);
  if (found) return found;
  const members: { member: string; element: string; write: Write }[] = [];
  const write: Write = (value) => {
    if (!isObject(value)) return undefined;
    const object: Record<string, unknown> = {};
    let empty = true;
    for (const { member, element, write } of members) {
      const inner = value[member];
      if (inner === undefined || inner === null) continue;
      const shown = write(inner);
      if (shown === undefined) continue;
      object[element] = shown;
      empty = false;
    }
    return empty ? "" : inHashMapOrder(object);
  };
  known.set(name, write);
  for (const [member, memberSchema] of schema.structIterator()) {
    if (member === "DryRun") continue;
    const element = form.name(member, memberSchema);
    if (form.sensitive && isSensitive(memberSchema)) {
      note({
        effect: "redacted",
        path: element,
        from: `${schema.getName()}.${member}`,
        value: form.sensitive,
        origin: "model",
      });
    }
    members.push({ member, element, write: writer(memberSchema, form, known, note) });
  }
  return write;
}

function writer(schema: NormalizedSchema, form: XmlForm, known: Map<string, Write>, note: NoteOfMember): Write {
  if (form.sensitive && isSensitive(schema)) return () => form.sensitive;
  if (schema.isStructSchema()) return structure(schema, form, known, note);
  if (schema.isListSchema()) {
    const item = writer(schema.getValueSchema(), form, known, note);
    return (value) => {
      if (!isArray(value)) return undefined;
      const items: unknown[] = [];
      for (const one of value) {
        const shown = item(one);
        if (shown !== undefined) items.push(form.item ? form.item(shown, items.length) : shown);
      }
      return items.length === 0 ? "" : form.list(collapsed(items), schema);
    };
  }
  return (value) => {
    if (value instanceof Date) return form.time(value);
    const scalar = jsonScalar(value);
    return scalar === undefined ? undefined : typedByContent(String(scalar));
  };
}

// One element becomes the value itself, several become an array.
function collapsed(items: readonly unknown[]): unknown {
  return items.length === 1 ? items[0] : items;
}
