import { styleText } from "node:util";
import type { Report } from "../trails/verify/index.ts";
import { indentedJson, shown } from "./output.ts";

const iso = (time: number) => `${new Date(time).toISOString().slice(0, 19)}Z`;

/** The report as JSON, times in ISO 8601. */
export function json({ digests, logs, covered, findings }: Report): string {
  const times = covered.map((chain) => ({ ...chain, from: iso(chain.from), to: iso(chain.to) }));
  return indentedJson({ digests, logs, covered: times, findings });
}

const files = (count: number, kind: string) => `${kind} file${count === 1 ? "" : "s"}`;

function summary({ valid, invalid }: Report["logs"], kind: string): string {
  const text = `${valid}/${valid + invalid} ${files(valid + invalid, kind)} valid`;
  return invalid > 0 ? styleText("red", `${text}, ${invalid} INVALID`) : text;
}

/** The report for a person: the findings, the errors first, what was covered, and counts. */
export function table({ digests, logs, covered, findings }: Report): string {
  const errors = findings.filter(({ level }) => level === "error");
  const notices = findings.filter(({ level }) => level === "notice");
  const rows = [...errors, ...notices].map(({ level, object, message }) => {
    const mark = level === "error" ? styleText("red", "ERROR ") : styleText("yellow", "notice");
    return `${mark}  ${shown(object)}\n        ${shown(message)}`;
  });
  const chains = covered.map(
    ({ trail, region, from, to, digests: count }) =>
      `${shown(trail)}  ${shown(region)}  ${iso(from)} to ${iso(to)}  ${count} ${files(count, "digest")}`,
  );
  const counts = [summary(digests, "digest"), summary(logs, "log")];
  const verdict =
    errors.length > 0
      ? styleText(["bold", "red"], `${errors.length} error${errors.length === 1 ? "" : "s"}`)
      : styleText(["bold", "green"], "Nothing is wrong");
  const open = notices.length > 0 ? `, ${notices.length} notice${notices.length === 1 ? "" : "s"}` : "";
  return `${[...rows, ...(rows.length > 0 ? [""] : []), ...chains, ...counts, verdict + open].join("\n")}\n`;
}
