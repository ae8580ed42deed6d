import type { NormalizedSchema } from "@smithy/core/schema";
import type { Members } from "../../aws/call.ts";
import type { Action } from "../../aws/model.ts";
import type { Note } from "../rule.ts";
import { isArray, isObject, isSensitive, jsonScalar, removed } from "../values.ts";
import { responseDefaults } from "./legacy-response-defaults.ts";
import { inOrder } from "./order.ts";
import { returns, xmlName } from "./query-names.ts";

type Write = (value: unknown) => unknown;

/**
 * Makes the function that writes a legacy EC2 action's responseElements: its XML answer as JSON, requestId first,
 * lists as `{items: […]}`, times as milliseconds since 1970.
 */
export function legacyResponse(action: Action, note: Note): (output: Members, requestId: string) => unknown {
  const write = structure(action.output, action, [], [], note);
  return (output, requestId) => {
    const body = write(output);
    return { requestId, ...(isObject(body) ? body : {}) };
  };
}

// Names that differ from the XML's (observed): CreateVolume's Availability Zone, and <return>, a word that Java reserves.
function recordName(action: string, path: readonly string[], element: string): string {
  if (element === "return" && path.length === 0) return "_return";
  if (element === "availabilityZone" && action === "CreateVolume" && path.length === 0) return "zone";
  return element;
}

const shown = { side: "responseElements", effect: "shown though not sent" } as const;

// Sizes that a record shows as text (observed, 10 of 10).
const sizesAsText = new Set(["CreateVolume.size", "CreateSnapshot.volumeSize"]);

function structure(
  schema: NormalizedSchema,
  action: Action,
  path: readonly string[],
  above: readonly string[],
  note: Note,
): Write {
  const here = path.join(".");
  const fields = new Map<string, { member: string | undefined; write: Write; fallback: unknown }>();
  const name = schema.getName(true) ?? "";
  if (schema.isStructSchema() && !above.includes(name)) {
    for (const [member, memberSchema] of schema.structIterator()) {
      const element = xmlName(member, memberSchema);
      const key = recordName(action.name, path, element);
      const at = [...path, key];
      const rule = { side: "responseElements", path: at.join(".") } as const;
      note({ ...rule, effect: "named", from: element, origin: key === element ? "model" : "observed" });
      const asText = sizesAsText.has(`${action.name}.${rule.path}`);
      if (asText) note({ ...rule, effect: "typed otherwise", value: "text", origin: "observed", seen: 10 });
      const write = asText ? String : writer(memberSchema, action, at, [...above, name], note);
      fields.set(key, { member, write, fallback: undefined });
    }
  }
  for (const row of responseDefaults) {
    const dot = row.record.lastIndexOf(".");
    if (row.action !== action.name || row.record.slice(0, Math.max(dot, 0)) !== here) continue;
    const key = row.record.slice(dot + 1);
    const field = fields.get(key) ?? { member: undefined, write: () => undefined };
    const { record: path, value, evidence: origin, seen } = row;
    note({ ...shown, path, value, origin, ...(seen !== undefined && { seen }) });
    fields.set(key, { ...field, fallback: value });
  }
  if (path.length === 0 && returns(action)) {
    note({ ...shown, path: "_return", value: true, origin: "derived" });
    fields.set("_return", {
      ...(fields.get("_return") ?? { member: undefined, write: () => undefined }),
      fallback: true,
    });
  }
  const ordered = inOrder("response", action.name, path, [...fields.keys()], note).flatMap((key) => {
    const field = fields.get(key);
    return field ? [{ key, ...field }] : [];
  });
  return (value) => {
    if (!isObject(value)) return undefined;
    const object: Record<string, unknown> = {};
    for (const { key, member, write, fallback } of ordered) {
      const inner = member === undefined ? undefined : value[member];
      const shown = (inner === undefined || inner === null ? undefined : write(inner)) ?? fallback;
      if (shown !== undefined) object[key] = shown;
    }
    return object;
  };
}

function writer(
  schema: NormalizedSchema,
  action: Action,
  path: readonly string[],
  above: readonly string[],
  note: Note,
): Write {
  if (isSensitive(schema)) {
    note({ side: "responseElements", effect: "redacted", path: path.join("."), value: removed, origin: "model" });
    return () => removed;
  }
  if (schema.isStructSchema()) return structure(schema, action, path, above, note);
  if (schema.isListSchema()) {
    // Responses alone keep the XML's own "item" here (observed, 12 of 12).
    const items = path.at(-1) === "privateIpAddressesSet" ? "item" : "items";
    const item = writer(schema.getValueSchema(), action, [...path, `${items}[]`], above, note);
    return (value) => {
      if (!isArray(value)) return undefined;
      const shown = value.map(item).filter((one) => one !== undefined);
      return shown.length > 0 ? { [items]: shown } : {};
    };
  }
  // An element that EC2's XML leaves empty (<reason/>) is not shown: 0 of 140 responses have empty text. A tag's value may be.
  return path.at(-1) === "value" ? legacyScalar : (value) => (value === "" ? undefined : legacyScalar(value));
}

/** A value inside a legacy EC2 object: times are milliseconds since 1970, everything else as the model types it. */
export function legacyScalar(value: unknown): unknown {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.getTime();
  return jsonScalar(value);
}
