import type { NormalizedSchema } from "@smithy/core/schema";
import type { Note, Rule } from "../rule.ts";
import { lowerFirst } from "../text.ts";
import { isSensitive } from "../values.ts";
import { type NameRow, names } from "./legacy-names.ts";
import { queryName } from "./query-names.ts";

/** One scalar of an action's input, and where it stands in the record. */
export interface Leaf {
  readonly schema: NormalizedSchema;
  /** Members of the input, with "[]" for a step into a list. */
  readonly members: readonly string[];
  /** Keys of the record, arrays marked by "[]". */
  readonly record: readonly string[];
}

/** Every scalar of a legacy EC2 action's input that its record shows; `note` is told how each parameter got its name. */
export function* leaves(action: string, shape: NormalizedSchema, note: Note): Generator<Leaf> {
  yield* walk(shape, [], [], [], []);

  function* walk(
    schema: NormalizedSchema,
    members: readonly string[],
    query: readonly string[],
    record: readonly string[],
    above: readonly string[],
  ): Generator<Leaf> {
    if (holdsMembers(schema)) {
      const name = schema.getName(true) ?? "";
      if (above.includes(name)) return;
      for (const [member, memberSchema] of schema.structIterator()) {
        const isList = memberSchema.isListSchema();
        const nextQuery = [...query, queryName(member, memberSchema) + (isList ? "[]" : "")];
        const ofScalars = isList && !holdsMembers(memberSchema.getValueSchema());
        const { path: nextRecord, row } = recordPath(action, nextQuery, record, ofScalars);
        note(named(nextQuery, nextRecord, row));
        if (!nextRecord) continue;
        yield* walk(
          isList ? memberSchema.getValueSchema() : memberSchema,
          isList ? [...members, member, "[]"] : [...members, member],
          nextQuery,
          nextRecord,
          [...above, name],
        );
      }
    } else {
      yield { schema, members, record };
    }
  }
}

function holdsMembers(schema: NormalizedSchema): boolean {
  return schema.isStructSchema() && !isSensitive(schema);
}

function named(query: readonly string[], record: readonly string[] | undefined, row: NameRow | undefined): Rule {
  return {
    side: "requestParameters",
    effect: record ? "named" : "not shown",
    path: record?.join(".") ?? "",
    from: query.join("."),
    origin: row?.evidence ?? "derived",
    ...(row?.seen !== undefined && { seen: row.seen }),
  };
}

// Where one Query path stands in the record: by a row of the table, else by the mechanical rule, which is the first letter
// lowered, and for a list X.N the container "<x without Id>Set.items[]". Undefined when it isn't shown.
function recordPath(
  action: string,
  query: readonly string[],
  above: readonly string[],
  ofScalars: boolean,
): { readonly path: readonly string[] | undefined; readonly row?: NameRow } {
  const whole = query.join(".");
  const own = names.find((row) => row.action === action && row.query === whole);
  if (own) return { path: own.record?.split("."), row: own };
  const general = names.find(({ action, query, record }) => {
    if (action !== "*" || (query !== whole && !whole.endsWith(`.${query}`))) return false;
    // A list of ids and one of structures may have the same name in the Query string.
    return !query.endsWith("[]") || record?.endsWith("[]") === !ofScalars;
  });
  if (general)
    return { path: general.record === undefined ? undefined : [...above, ...general.record.split(".")], row: general };
  const name = query.at(-1) ?? "";
  if (!name.endsWith("[]")) return { path: [...above, lowerFirst(name)] };
  const singular = name.slice(0, -2);
  const set = `${lowerFirst(singular.length > 2 ? singular.replace(/Id$/, "") : singular)}Set`;
  return { path: [...above, set, "items[]", ...(ofScalars ? [lowerFirst(singular)] : [])] };
}
