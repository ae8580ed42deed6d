import type { NormalizedSchema } from "@smithy/core/schema";
import { mediumDate } from "./dates.ts";
import { leftOut } from "./left-out.ts";
import { memberOrder } from "./member-order.ts";
import type { Rule } from "./rule.ts";
import { lowerFirst } from "./text.ts";
import { isArray, isObject, isSensitive, jsonScalar } from "./values.ts";

type Write = (value: unknown) => unknown;

/** Told of the members that have a rule of their own, each structure's once: the path is the member's key. */
type NoteOfMember = (rule: Omit<Rule, "side">) => void;

/** What the services of the default shape do differently from each other. */
export interface LowerFirstStyle {
  readonly service: string;
  readonly spaceBeforeHalf: string;
  /** What stands in place of a sensitive member; undefined: it is left out. */
  readonly sensitive: (member: string) => string | undefined;
}

/**
 * Makes the function that shows members as CloudTrail does for most services: names with the first letter lowered,
 * lists as arrays, dates as Java's text, secrets gone. Undefined for no object or one without members to show.
 */
export function lowerFirstWriter(schema: NormalizedSchema, style: LowerFirstStyle, note: NoteOfMember): Write {
  return schema.isUnitSchema() ? () => undefined : structure(schema, style, new Map(), note);
}

function structure(
  schema: NormalizedSchema,
  style: LowerFirstStyle,
  known: Map<string, Write>,
  note: NoteOfMember,
): Write {
  const name = schema.getName(true) ?? "";
  const found = known.get(name);
  if (found) return found;
  const members: { member: string; key: string; write: Write }[] = [];
  const write: Write = (value) => {
    if (!isObject(value)) return undefined;
    const object: Record<string, unknown> = {};
    let empty = true;
    for (const { member, key, write } of members) {
      const inner = value[member];
      const shown = inner === undefined || inner === null ? undefined : write(inner);
      if (shown === undefined) continue;
      object[key] = shown;
      empty = false;
    }
    return empty ? undefined : object;
  };
  known.set(name, write);
  const secret = leftOut.find(({ structure }) => structure === `${style.service}.${schema.getName()}`);
  for (const [member, memberSchema] of schema.structIterator()) {
    const key = lowerFirst(member);
    if (secret?.members.split(" ").includes(member)) {
      note({ effect: "not shown", path: key, from: `${schema.getName()}.${member}`, origin: secret.evidence });
      continue;
    }
    if (isSensitive(memberSchema)) {
      const value = style.sensitive(member);
      const effect = value === undefined ? "not shown" : "redacted";
      note({
        effect,
        path: key,
        from: `${schema.getName()}.${member}`,
        ...(value !== undefined && { value }),
        origin: "model",
      });
    }
    members.push({ member, key, write: writer(memberSchema, style, known, note) });
  }
  const row = memberOrder.find(({ structure }) => structure === `${style.service}.${schema.getName()}`);
  if (row) note({ effect: "order", path: schema.getName() ?? "", from: row.order, origin: row.evidence });
  const order = row?.order.split(" ");
  if (order) members.sort((a, b) => rank(order, a.member) - rank(order, b.member));
  return write;
}

// Members that the model has got since stand at the end.
function rank(order: readonly string[], member: string): number {
  const index = order.indexOf(member);
  return index < 0 ? order.length : index;
}

function writer(
  schema: NormalizedSchema,
  style: LowerFirstStyle,
  known: Map<string, Write>,
  note: NoteOfMember,
): Write {
  if (isSensitive(schema)) {
    const shown = style.sensitive(schema.getMemberName() ?? "");
    return () => shown;
  }
  if (schema.isStructSchema()) return structure(schema, style, known, note);
  if (schema.isListSchema()) {
    const item = writer(schema.getValueSchema(), style, known, note);
    return (value) => (isArray(value) ? value.map((one) => item(one) ?? {}) : undefined);
  }
  if (schema.isMapSchema()) {
    const entry = writer(schema.getValueSchema(), style, known, note);
    return (value) =>
      isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, entry(one)])) : undefined;
  }
  return (value) => (value instanceof Date ? mediumDate(value, style.spaceBeforeHalf) : jsonScalar(value));
}
