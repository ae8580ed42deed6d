import type { NormalizedSchema } from "@smithy/core/schema";
import type { Members } from "../../aws/call.ts";
import type { Action } from "../../aws/model.ts";
import { isArray, isObject, isoSeconds, isSensitive, jsonScalar, removed } from "../values.ts";
import { inHashMapOrder, typedByContent } from "./json-of-xml.ts";
import { queryName, xmlName } from "./query-names.ts";
import { requestElements } from "./wrapped-actions.ts";

// The way a wrapped action's members become JSON, compiled once for each structure of the model.
type Write = (value: unknown) => unknown;

/** Makes the function that writes a wrapped EC2 action's requestParameters: `{"<Action>Request": …}`. */
export function wrappedRequest(action: Action): (input: Members) => unknown {
  const element = requestElements[action.name] ?? `${action.name}Request`;
  const write = structure(action.input, requestForm, new Map());
  return (input) => ({ [element]: write(input) });
}

/** Makes the function that writes a wrapped EC2 action's responseElements: `{"<Action>Response": {xmlns, requestId, …}}`. */
export function wrappedResponse(action: Action, xmlNamespace: string): (output: Members, requestId: string) => unknown {
  const element = `${action.name}Response`;
  const write = structure(action.output, responseForm, new Map());
  return (output, requestId) => {
    const body = write(output);
    return { [element]: inHashMapOrder({ xmlns: xmlNamespace, requestId, ...(isObject(body) ? body : {}) }) };
  };
}

/** What requests and responses do differently. */
interface Form {
  readonly name: (member: string, schema: NormalizedSchema) => string;
  readonly time: (date: Date) => string | undefined;
  /** A list as it stands under its member's name. */
  readonly list: (items: readonly unknown[]) => unknown;
}

const requestForm: Form = {
  name: queryName,
  time: isoSeconds,
  list: (items) => collapsed(items.map(numbered)),
};

const responseForm: Form = {
  name: xmlName,
  time: (date) => (Number.isNaN(date.getTime()) ? undefined : date.toISOString()),
  list: (items) => ({ item: collapsed(items) }),
};

// One element becomes the value itself, several become an array.
function collapsed(items: readonly unknown[]): unknown {
  return items.length === 1 ? items[0] : items;
}

// A list member's index is an attribute of its element, named "tag"; text beside an attribute is "content".
function numbered(item: unknown, index: number): unknown {
  if (isObject(item)) return inHashMapOrder({ tag: index + 1, ...item });
  return item === "" ? { tag: index + 1 } : inHashMapOrder({ tag: index + 1, content: item });
}

function structure(schema: NormalizedSchema, form: Form, known: Map<string, Write>): Write {
  if (schema.isUnitSchema()) return () => "";
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
    members.push({ member, element: form.name(member, memberSchema), write: writer(memberSchema, form, known) });
  }
  return write;
}

function writer(schema: NormalizedSchema, form: Form, known: Map<string, Write>): Write {
  if (isSensitive(schema)) return () => removed;
  if (schema.isStructSchema()) return structure(schema, form, known);
  if (schema.isListSchema()) {
    const item = writer(schema.getValueSchema(), form, known);
    return (value) => {
      if (!isArray(value)) return undefined;
      const items = value.map(item).filter((shown) => shown !== undefined);
      return items.length === 0 ? "" : form.list(items);
    };
  }
  return (value) => {
    if (value instanceof Date) return form.time(value);
    const scalar = jsonScalar(value);
    return scalar === undefined ? undefined : typedByContent(String(scalar));
  };
}
