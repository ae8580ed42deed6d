import fc from "fast-check";
import { expect, it } from "vitest";
import { csv } from "./csv.ts";
import { eventOf } from "./event.ts";
import { recordOf } from "./history.fixture.ts";

/** The cells of a line as a spreadsheet reads them. */
const cellsOf = (line: string): string[] =>
  [...`,${line.replace(/\n$/, "")}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? "",
  );

it("no cell is a formula, whatever a stranger sent, and every other is as it was recorded", async () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.tuple(fc.constantFrom(..."=+-@\t\r\n\"',;|"), fc.string()).map((parts) => parts.join("")),
  );
  await fc.assert(
    fc.asyncProperty(hostile, hostile, hostile, async (userName, userAgent, errorCode) => {
      const record = recordOf(0, { userIdentity: { type: "IAMUser", userName }, userAgent, errorCode });
      const event = eventOf(1, JSON.stringify(record));
      const lines: string[] = [];
      for await (const line of csv(
        (async function* () {
          yield event;
        })(),
      ))
        lines.push(line);
      const cells = cellsOf(lines[1] ?? "");
      expect(cells).toHaveLength(16);
      for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
      const recorded = [userName, userAgent, errorCode];
      for (const [index, cell] of [cells[0], cells[7], cells[8]].entries())
        expect([recorded[index], `'${recorded[index]}`]).toContain(cell);
    }),
    { numRuns: 300 },
  );
});
