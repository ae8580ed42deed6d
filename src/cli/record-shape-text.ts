import { styleText } from "node:util";
import type { RecordShape, Rule } from "../record/index.ts";

type Style = Parameters<typeof styleText>[0];
type Paint = (style: Style, text: string) => string;

const styles: Readonly<Record<RecordShape["style"], string>> = {
  legacy: "legacy, as all 160 actions of EC2's API 2014-10-01 (94 of them seen, none against): lists are xSet.items[]",
  wrapped: "wrapped, as all later actions of EC2 (43 of them seen, none against): its XML as org.json makes JSON of it",
  "lower-first": "the members with the first letter lowered, lists as arrays, dates as text",
  "HTTP request": "the parameters of the HTTP request: sub-resources, headers, the body",
};

const effects: readonly (readonly [Rule["effect"], string])[] = [
  ["named", "Names"],
  ["shown though not sent", "Shown though it was not sent"],
  ["typed otherwise", "Typed otherwise than the model does"],
  ["redacted", "Redacted"],
  ["not shown", "Not shown"],
  ["order", "Order of keys"],
];

/** An example record as JSON, and below it where each part of its shape is from. */
export function* recordShapeText(shape: RecordShape, coloured: boolean): Generator<string> {
  const paint: Paint = coloured
    ? (style, text) => styleText(style, text, { validateStream: false })
    : (_, text) => text;
  const { record, rules } = shape;
  yield `${json(record, paint)}\n\n`;
  yield `${paint("bold", `${shape.service}:${shape.action}`)}\n`;
  yield* table([
    ["Shape", styles[shape.style]],
    ["Seen", seen(shape.observedRecords)],
    ["Event", `${record.managementEvent ? "management" : "data"}, eventVersion ${record.eventVersion}`],
    ["readOnly", shape.readOnlyRule === null ? "false" : `true, by ${shape.readOnlyRule}`],
    ["Denied", denied(shape)],
    ["The service", shape.serviceEvidence],
  ]);
  for (const side of ["requestParameters", "responseElements"] as const) {
    yield `\n${paint("bold", side)}${record[side] === null ? ": null" : ""}\n`;
    if (record[side] === null) continue;
    if (!rules.some((rule) => rule.side === side && rule.effect === "named")) {
      yield "  Names: all as the shape has them\n";
    }
    for (const [effect, title] of effects) {
      yield* section(
        title,
        rules.filter((rule) => rule.side === side && rule.effect === effect),
        paint,
      );
    }
  }
  yield `\n${paint("bold", "Resources in LookupEvents")}${shape.lookupResources.length === 0 ? ": none" : ""}\n`;
  yield* table(
    shape.lookupResources.map(({ type, name, key, origin }) => [key, origin, `${type ?? "no type"} ${name}`]),
  );
}

function seen(count: number): string {
  if (count === 0) return "in no real record that is known: all of it follows from the rules";
  return count === 1
    ? "in one real record that it is compared with"
    : `in ${count} real records that it is compared with`;
}

function denied({ whenDenied: { errorCode, requestParameters } }: RecordShape): string {
  const kept = { kept: "requestParameters stay", null: "requestParameters are null", none: "there are no parameters" };
  return `${errorCode}: ${kept[requestParameters]}, responseElements are null`;
}

function* section(title: string, rules: readonly Rule[], paint: Paint): Generator<string> {
  if (rules.length === 0) return;
  yield `  ${paint("underline", title)}\n`;
  const own = rules.filter((rule) => !isPlain(rule));
  yield* table(
    own.map(({ path, from, value, origin, seen }) => [
      path || (from && value === undefined && title === "Not shown" ? from : "(the whole)"),
      seen === undefined ? origin : `${origin} ${seen}×`,
      detail(title, from, value),
    ]),
  );
  if (own.length < rules.length) {
    yield `    ${rules.length - own.length} more are the model's names, their first letter lowered in requests (--json lists them)\n`;
  }
}

// Nothing to tell but that the model names it so: no list, which the legacy shape renames.
function isPlain({ effect, origin, from }: Rule): boolean {
  return effect === "named" && (origin === "model" || (origin === "derived" && /[^\]]$/.test(from ?? "]")));
}

function detail(title: string, from: string | undefined, value: unknown): string {
  const shown = value === undefined ? "" : JSON.stringify(value);
  if (from === undefined || title === "Not shown") return shown;
  return shown === "" ? (title === "Names" ? `from ${from}` : from) : `${shown} for ${from}`;
}

function* table(rows: readonly (readonly string[])[]): Generator<string> {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  for (const row of rows) {
    const cells = row.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)));
    yield `    ${cells.join("  ").trimEnd()}\n`;
  }
}

function json(value: unknown, paint: Paint): string {
  return JSON.stringify(value, null, 2).replace(
    /^(\s*)("(?:[^"\\]|\\.)*")(: )?|("(?:[^"\\]|\\.)*")|\b(true|false|null|-?\d[\d.eE+-]*)\b/gm,
    (whole, indent?: string, first?: string, colon?: string, text?: string, literal?: string) => {
      if (colon !== undefined) return `${indent}${paint("cyan", first ?? "")}${colon}`;
      if (first !== undefined) return `${indent}${paint("green", first)}`;
      if (text !== undefined) return paint("green", text);
      return literal === undefined ? whole : paint("yellow", literal);
    },
  );
}
