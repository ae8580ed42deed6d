import { describe, expect, it } from "vitest";
import type { State } from "./state.ts";

/** A state that a contract's test may close and open again where it lies. */
export interface StateUnderTest {
  readonly state: State;
  /** Closes it and opens what it left behind. */
  reopen(): Promise<StateUnderTest>;
}

/** What every state promises, whatever it is kept in. `open` gives a new, empty one. */
export function stateContract(open: () => Promise<StateUnderTest>): void {
  describe("the contract of a state", () => {
    it("has nothing under a key that was never written", async () => {
      const { state } = await open();
      expect(await state.get("ec2/1/instance/i-1")).toBeUndefined();
      expect(await state.list("")).toEqual([]);
    });

    it("gives back whatever JSON can hold", async () => {
      const { state } = await open();
      const values = [null, true, -1.5, "", "ü\u0000\u{1f980}", [], [1, [2]], {}, { __proto__x: 1, a: { b: [null] } }];
      await state.commit(values.map((value, n) => ({ key: `v/${n}`, value })));
      expect((await state.list("v/")).map((entry) => entry.value)).toEqual(values);
    });

    it("keeps what was committed after it was closed and opened again", async () => {
      const first = await open();
      expect(await first.state.commit([{ key: "a", value: { n: 1 } }])).toBe(true);
      const before = await first.state.get("a");
      const { state } = await first.reopen();
      expect(await state.get("a")).toEqual(before);
      expect(before).toMatchObject({ key: "a", value: { n: 1 } });
    });

    it("lists the keys of a prefix, and only these, in the order of their bytes", async () => {
      const { state } = await open();
      const keys = ["p", "p/", "p/1", "p/10", "p/2", "p/é", "p/\u{1f980}", "p0", "o/z", "q"];
      await state.commit(keys.map((key) => ({ key, value: key })));
      expect((await state.list("p/")).map((entry) => entry.key)).toEqual([
        "p/",
        "p/1",
        "p/10",
        "p/2",
        "p/é",
        "p/\u{1f980}",
      ]);
      expect((await state.list("")).length).toBe(keys.length);
      expect(await state.list("p/3")).toEqual([]);
    });

    it("changes the version with each write, also when the key was deleted in between", async () => {
      const { state } = await open();
      const versions = new Set<number | undefined>();
      for (let n = 0; n < 5; n++) {
        await state.commit([{ key: "k", value: "the same" }]);
        versions.add((await state.get("k"))?.version);
        await state.commit([{ key: "k", value: undefined }]);
      }
      expect(versions.size).toBe(5);
      expect(versions.has(0)).toBe(false);
    });

    it("writes all changes or none: one that isn't as expected holds back the rest", async () => {
      const { state } = await open();
      await state.commit([{ key: "a", value: 1 }]);
      const version = (await state.get("a"))?.version as number;
      const stale = [
        { key: "b", value: 1 },
        { key: "a", value: 2, expect: version + 1 },
      ];
      expect(await state.commit(stale)).toBe(false);
      expect(await state.commit([{ key: "a", value: undefined, expect: 0 }])).toBe(false);
      expect((await state.list("")).map((entry) => [entry.key, entry.value])).toEqual([["a", 1]]);
      expect(
        await state.commit([
          { key: "b", value: 1, expect: 0 },
          { key: "a", value: undefined, expect: version },
        ]),
      ).toBe(true);
      expect((await state.list("")).map((entry) => entry.key)).toEqual(["b"]);
    });

    it("lets exactly one of many win who create the same key at once", async () => {
      const { state } = await open();
      const won = await Promise.all(
        Array.from({ length: 50 }, (_, n) => state.commit([{ key: "name", value: n, expect: 0 }])),
      );
      expect(won.filter(Boolean).length).toBe(1);
      expect((await state.get("name"))?.value).toBe(won.indexOf(true));
    });

    it("loses no increment of many that read, compare and set at once", async () => {
      const { state } = await open();
      await state.commit([{ key: "n", value: 0 }]);
      const increment = async (): Promise<void> => {
        for (;;) {
          const entry = await state.get("n");
          if (entry === undefined) throw new Error("gone");
          const value = (entry.value as number) + 1;
          if (await state.commit([{ key: "n", value, expect: entry.version }])) return;
        }
      };
      await Promise.all(Array.from({ length: 20 }, increment));
      expect((await state.get("n"))?.value).toBe(20);
    });

    it("takes keys of 1,900 bytes and values of a megabyte, and refuses longer keys without harm", async () => {
      const { state } = await open();
      const key = "k".repeat(1_900);
      const large = "v".repeat(1_000_000);
      await state.commit([{ key, value: large }]);
      expect((await state.get(key))?.value).toBe(large);
      const tooLong = state.commit([
        { key: "fine", value: 1 },
        { key: `${key}k`, value: 1 },
      ]);
      await expect(tooLong).rejects.toThrow("1 to 1900 bytes, not 1901");
      expect(await state.get("fine")).toBeUndefined();
      // Somebody may ask for any name: there is nothing at one that can't be.
      for (const asked of [`${key}k`, "k".repeat(100_000)]) {
        expect(await state.get(asked)).toBeUndefined();
        expect(await state.list(asked)).toEqual([]);
      }
    });
  });
}
