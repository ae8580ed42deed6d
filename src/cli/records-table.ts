import { styleText } from "node:util";
import type { FoundEvent } from "./found-event.ts";
import { shown } from "./output.ts";

/** What a table shows of an event, and the least width of the column where rows come one by one. */
const columns: readonly { title: string; width: number; cell: (event: FoundEvent) => string }[] = [
  { title: "TIME (UTC)", width: 20, cell: ({ record }) => record.eventTime.replace("T", " ").replace("Z", "") },
  { title: "EVENT", width: 24, cell: ({ record }) => record.eventName },
  { title: "USER", width: 14, cell: ({ username }) => username ?? "-" },
  { title: "SOURCE", width: 8, cell: ({ record }) => record.eventSource.replace(/\.amazonaws\.com$/, "") },
  { title: "RESOURCES", width: 22, cell: ({ resources }) => resources.map(({ name }) => name).join(" ") },
  { title: "ERROR", width: 0, cell: ({ record }) => record.errorCode ?? "" },
];

const widestCell = 48;

function cellsOf(event: FoundEvent): string[] {
  return columns.map(({ cell }) => {
    const text = shown(cell(event));
    return text.length > widestCell ? `${text.slice(0, widestCell - 1)}…` : text;
  });
}

function line(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, index) => cell.padEnd(widths[index] ?? 0))
    .join("  ")
    .trimEnd();
}

const heading = (widths: readonly number[]): string =>
  `${styleText(
    "bold",
    line(
      columns.map(({ title }) => title),
      widths,
    ),
  )}\n`;

function row(event: FoundEvent, widths: readonly number[]): string {
  const text = line(cellsOf(event), widths);
  if (event.record.errorCode !== undefined) return `${styleText("red", text)}\n`;
  return `${event.record.readOnly ? styleText("dim", text) : text}\n`;
}

/** A table of all events, each column as wide as it has to be: reading calls are dim, failed ones red. */
export async function* table(events: AsyncIterable<FoundEvent>): AsyncGenerator<string> {
  const found: FoundEvent[] = [];
  for await (const event of events) found.push(event);
  if (found.length === 0) {
    yield "No events found.\n";
    return;
  }
  const widths = columns.map(({ title }) => title.length);
  for (const event of found)
    for (const [index, cell] of cellsOf(event).entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  yield heading(widths);
  for (const event of found) yield row(event, widths);
}

/** The same table for events that are still to come. */
export async function* growingTable(events: AsyncIterable<FoundEvent>): AsyncGenerator<string> {
  const widths = columns.map(({ width }) => width);
  yield heading(widths);
  for await (const event of events) yield row(event, widths);
}
