import { describe, expect, it } from "vitest";
import type { Journal } from "./journal.ts";

/** A journal that a contract's test may close and open again where it lies. */
export interface JournalUnderTest {
  readonly journal: Journal;
  /** Closes it and opens what it left behind. */
  reopen(): Promise<JournalUnderTest>;
}

/** What every journal promises, whatever it is kept in. `open` gives a new, empty one. */
export function journalContract(open: () => Promise<JournalUnderTest>): void {
  const record = (text: string): Buffer => Buffer.from(text);
  const texts = async (journal: Journal, after: number, limit: number): Promise<string[]> =>
    (await journal.read(after, limit)).map((entry) => `${entry.position}:${entry.record}`);

  describe("the contract of a journal", () => {
    it("is empty at first: it ends at 0 and has nothing to read", async () => {
      const { journal } = await open();
      expect(journal.end()).toBe(0);
      expect(await journal.read(0, 10)).toEqual([]);
    });

    it("gives records back in order, byte for byte, under positions from 1 on", async () => {
      const { journal } = await open();
      expect(await journal.append([record("a"), record("")])).toBe(2);
      expect(await journal.append([record('{"ü":"\u0000"}')])).toBe(3);
      expect(await texts(journal, 0, 10)).toEqual(["1:a", "2:", '3:{"ü":"\u0000"}']);
      expect(await texts(journal, 1, 1)).toEqual(["2:"]);
      expect(await texts(journal, 3, 10)).toEqual([]);
      expect(journal.end()).toBe(3);
    });

    it("keeps each of many appends made at once whole, and in the order of the calls", async () => {
      const { journal } = await open();
      const lasts = await Promise.all(
        Array.from({ length: 200 }, (_, n) => journal.append([record(`${n}a`), record(`${n}b`)])),
      );
      expect(lasts).toEqual(Array.from({ length: 200 }, (_, n) => 2 * n + 2));
      const all = await journal.read(0, 1000);
      expect(all.map((entry) => String(entry.record))).toEqual(
        Array.from({ length: 200 }, (_, n) => [`${n}a`, `${n}b`]).flat(),
      );
    });

    it("is as it was after it was closed and opened again, and goes on from there", async () => {
      const first = await open();
      await first.journal.append([record("a"), record("b")]);
      const { journal } = await first.reopen();
      expect(journal.end()).toBe(2);
      expect(await journal.append([record("c")])).toBe(3);
      expect(await texts(journal, 0, 10)).toEqual(["1:a", "2:b", "3:c"]);
    });

    it("takes a record larger than any of its buffers", async () => {
      const { journal } = await open();
      const large = Buffer.alloc(700_000, "x");
      await journal.append([record("a"), large, record("b")]);
      const [a, middle, b] = await journal.read(0, 10);
      expect([String(a?.record), middle?.record.equals(large), String(b?.record)]).toEqual(["a", true, "b"]);
    });

    it("wakes who waits for the next entry, and who waits with a signal that aborts", async () => {
      const { journal } = await open();
      const waited = journal.waitBeyond(0, new AbortController().signal).then(() => journal.end());
      await journal.append([record("a")]);
      expect(await waited).toBe(1);
      await journal.waitBeyond(0, new AbortController().signal);
      const stopping = new AbortController();
      const never = journal.waitBeyond(1, stopping.signal);
      stopping.abort();
      await never;
      await journal.waitBeyond(1, stopping.signal);
      expect(journal.end()).toBe(1);
    });

    it("keeps every entry beyond the trimmed position, and its positions, even when all are trimmed", async () => {
      const first = await open();
      for (let n = 1; n <= 20; n++) await first.journal.append([record(`entry ${n}`)]);
      await first.journal.trim(12);
      const rest = await first.journal.read(12, 100);
      expect(rest.map((entry) => entry.position)).toEqual([13, 14, 15, 16, 17, 18, 19, 20]);
      await first.journal.trim(20);
      const { journal } = await first.reopen();
      expect(journal.end()).toBe(20);
      expect(await journal.append([record("next")])).toBe(21);
      expect(await texts(journal, 20, 10)).toEqual(["21:next"]);
    });

    it("finishes appends under way when it is closed, and refuses later ones", async () => {
      const { journal, reopen } = await open();
      const underWay = [journal.append([record("a")]), journal.append([record("b")])];
      const reopened = reopen();
      expect(await Promise.all(underWay)).toEqual([1, 2]);
      await expect(journal.append([record("c")])).rejects.toThrow("The journal is closed");
      expect((await reopened).journal.end()).toBe(2);
    });
  });
}
