import { describe, expect, it } from "vitest";
import { durableTableSettings } from "./clickhouse.ts";
import type { Tables } from "./tables.ts";

/** Tables that a contract's test may close and open again where they lie. */
export interface TablesUnderTest {
  readonly tables: Tables;
  /** Closes them and opens what they left behind. */
  reopen(): Promise<TablesUnderTest>;
}

const nasty = [
  "",
  "it's",
  "back\\slash\\",
  "\\'; DROP TABLE things; --",
  "tab\tline\nreturn\r",
  "a\u0000b",
  "{n:UInt8}",
  "; SELECT 1;",
  '/* */ -- `"$$',
  "[1,'a']",
  "\\N",
  "ü\u{1f980}",
];

/** What all tables promise, wherever they are. `open` gives a database without tables. */
export function tablesContract(open: () => Promise<TablesUnderTest>): void {
  const things = `CREATE TABLE things (id UInt64, text String) ENGINE = MergeTree ORDER BY id SETTINGS ${durableTableSettings}`;
  const all = "SELECT id, text FROM things ORDER BY id";

  describe("the contract of tables", () => {
    it("gives back rows as objects, in the query's order, byte for byte", async () => {
      const { tables } = await open();
      await tables.command(things);
      const rows = nasty.map((text, id) => ({ id, text }));
      await tables.insert("things", rows, "1");
      expect(await tables.query(all)).toEqual(rows);
      expect(await tables.query("SELECT id FROM things WHERE id > 1000")).toEqual([]);
    });

    it("has 64-bit integers as numbers", async () => {
      const { tables } = await open();
      expect(await tables.query("SELECT toUInt64(9007199254740991) AS n, toInt64(-1) AS m")).toEqual([
        { n: 9007199254740991, m: -1 },
      ]);
    });

    it("binds every value as it is, whatever is in it", async () => {
      const { tables } = await open();
      for (const text of nasty) {
        expect(await tables.query("SELECT {text:String} AS text", { text })).toEqual([{ text }]);
      }
      const bound = await tables.query(
        "SELECT {texts:Array(String)} AS texts, {numbers:Array(Int64)} AS numbers, {n:Float64} AS n, {yes:Bool} AS yes",
        { texts: nasty, numbers: [1, -2], n: 1.5, yes: true },
      );
      expect(bound).toEqual([{ texts: nasty, numbers: [1, -2], n: 1.5, yes: true }]);
      await tables.command(things);
      await tables.insert(
        "things",
        [
          { id: 1, text: "it's" },
          { id: 2, text: "other" },
        ],
        "1",
      );
      await tables.command("DELETE FROM things WHERE text = {text:String}", { text: "it's" });
      expect(await tables.query(all)).toEqual([{ id: 2, text: "other" }]);
    });

    it("keeps the parameters of queries that run at once apart", async () => {
      const { tables } = await open();
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, n) =>
          tables.query("SELECT {n:UInt32} AS n, {text:String} AS text", { n, text: `${n}` }),
        ),
      );
      expect(answers).toEqual(Array.from({ length: 200 }, (_, n) => [{ n, text: `${n}` }]));
    });

    it("refuses a statement whose parameters aren't all given, also when an earlier one had them", async () => {
      const { tables } = await open();
      const user = (parameters: Record<string, string>) => tables.query("SELECT {user:String} AS user", parameters);
      for (let n = 0; n < 5; n++) expect(await user({ user: "alice" })).toEqual([{ user: "alice" }]);
      for (let n = 0; n < 5; n++) await expect(user({})).rejects.toThrow(/^UNKNOWN_QUERY_PARAMETER: .*user/);
    });

    it("inserts a batch once, also after it was closed and opened again", async () => {
      const first = await open();
      await first.tables.command(things);
      const batch = [
        { id: 1, text: "a" },
        { id: 2, text: "b" },
      ];
      await first.tables.insert("things", batch, "batch-1");
      await first.tables.insert("things", batch, "batch-1");
      await first.tables.insert("things", [], "batch-2");
      const { tables } = await first.reopen();
      await tables.insert("things", batch, "batch-1");
      expect(await tables.query(all)).toEqual(batch);
      await tables.insert("things", batch, "batch 2's");
      expect(await tables.query("SELECT count() AS n FROM things")).toEqual([{ n: 4 }]);
    });

    it("inserts thousands of rows at once, as one block", async () => {
      const { tables } = await open();
      await tables.command(things);
      const rows = Array.from({ length: 5_000 }, (_, id) => ({ id, text: `${id}`.padEnd(1_000, "x") }));
      await tables.insert("things", rows, "1");
      expect(await tables.query("SELECT count() AS n, sum(length(text)) AS bytes FROM things")).toEqual([
        { n: 5_000, bytes: 5_000_000 },
      ]);
    });

    it("says in one line what is wrong with a statement, and goes on", async () => {
      const { tables } = await open();
      const failure = async (made: Promise<unknown>): Promise<string> =>
        made.then(
          () => "none",
          (error: Error) => error.message,
        );
      const messages = [
        await failure(tables.query("SELECT * FROM nothing")),
        await failure(tables.query("SELEC 1")),
        await failure(tables.query("SELECT {missing:String}")),
        await failure(tables.insert("nothing", [{ id: 1 }], "1")),
      ];
      for (const message of messages) expect(message).toMatch(/^[A-Z_]+: .+$/);
      expect(messages[0]).toMatch(/UNKNOWN_TABLE: .*nothing/);
      expect(await tables.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
    });

    it("answers look-ups and takes inserts while a scan runs", async () => {
      const { tables } = await open();
      await tables.command(things);
      const done: string[] = [];
      const note = (name: string) => () => done.push(name);
      await Promise.all([
        tables
          .query("SELECT sum(sipHash64(number, {n:UInt8})) AS n FROM numbers(30000000)", { n: 1 })
          .then(note("scan")),
        tables.query("SELECT {n:UInt8} AS n", { n: 1 }).then(note("look-up")),
        tables.insert("things", [{ id: 1, text: "a" }], "1").then(note("insert")),
      ]);
      expect(done.at(-1)).toBe("scan");
    });
  });
}
