import * as fs from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { source, startChild } from "../../../test/support/child.ts";
import type { Journal } from "./journal.ts";
import { runReader } from "./reader.ts";
import { openSegmentJournal } from "./segments.ts";

let folder: string;
let open: Journal[];

beforeEach(async () => {
  folder = await fs.mkdtemp(join(tmpdir(), "opentrail-journal-"));
  open = [];
});

afterEach(async () => {
  for (const journal of open) await journal.close();
  await fs.rm(folder, { recursive: true, force: true });
});

async function openJournal(options: { segmentBytes?: number; disk?: Pick<typeof fs, "open"> } = {}): Promise<Journal> {
  const journal = await openSegmentJournal({ folder, ...options });
  open.push(journal);
  return journal;
}

async function journalOf(texts: readonly string[], options: { segmentBytes?: number } = {}): Promise<void> {
  const journal = await openJournal(options);
  for (const text of texts) await journal.append([Buffer.from(text)]);
  await journal.close();
}

async function texts(journal: Journal): Promise<string[]> {
  return (await journal.read(0, 1_000_000)).map((entry) => String(entry.record));
}

async function segments(): Promise<string[]> {
  return (await fs.readdir(folder)).sort().map((name) => join(folder, name));
}

/** The bytes of a record with its frame's header. */
const frame = (text: string): number => 20 + text.length;

describe("a torn tail", () => {
  it("is cut off, wherever the last frame was broken off, and the next append goes in its place", async () => {
    await journalOf(["one", "two", "three"]);
    const [path] = (await segments()) as [string];
    const whole = await fs.readFile(path);
    for (let cut = whole.length - frame("three"); cut < whole.length; cut++) {
      await fs.writeFile(path, whole.subarray(0, cut));
      const journal = await openJournal();
      expect(journal.end()).toBe(2);
      expect(await journal.append([Buffer.from("again")])).toBe(3);
      await journal.close();
      expect(await texts(await openJournal())).toEqual(["one", "two", "again"]);
    }
  });

  it("is cut off when it is any garbage behind the last whole entry", async () => {
    const entry = fc.string({ unit: "grapheme", maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(entry), fc.uint8Array({ maxLength: 400 }), entry, async (kept, garbage, next) => {
        await fs.rm(folder, { recursive: true });
        await journalOf(kept, { segmentBytes: 100 });
        const last = (await segments()).at(-1) as string;
        await fs.appendFile(last, garbage);
        const journal = await openJournal({ segmentBytes: 100 });
        await journal.append([Buffer.from(next)]);
        expect(await texts(journal)).toEqual([...kept, next]);
        await journal.close();
      }),
      { numRuns: 30 },
    );
  });

  it("may have whole frames of the same group behind a broken one: none of them was acknowledged", async () => {
    const journal = await openJournal();
    await journal.append([Buffer.from("kept")]);
    await journal.append([Buffer.from("torn"), Buffer.from("whole")]);
    await journal.close();
    const [path] = (await segments()) as [string];
    const bytes = await fs.readFile(path);
    bytes.fill(0, frame("kept"), frame("kept") + frame("torn"));
    await fs.writeFile(path, bytes);
    expect(await texts(await openJournal())).toEqual(["kept"]);
  });
});

describe("damage to what was acknowledged", () => {
  it("is named with file and offset at start when it is in the last segment", async () => {
    await journalOf(["one", "two", "three"]);
    const [path] = (await segments()) as [string];
    const bytes = await fs.readFile(path);
    for (let at = frame("one"); at < frame("one") + frame("two"); at++) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] as number) ^ 0x40;
      await fs.writeFile(path, damaged);
      await expect(openSegmentJournal({ folder })).rejects.toThrow(`${path} at offset ${frame("one")}`);
    }
  });

  it("is named with file and offset when an earlier segment is read, and what is before it can be read", async () => {
    await journalOf(["one", "two", "three", "four"], { segmentBytes: 2 * frame("one") });
    const [first] = (await segments()) as [string];
    const bytes = await fs.readFile(first);
    bytes.writeUInt8(0, frame("one") + 20);
    await fs.writeFile(first, bytes);
    const journal = await openJournal();
    await expect(journal.read(0, 10)).rejects.toThrow(`The journal is damaged: ${first} at offset ${frame("one")}`);
    expect((await journal.read(0, 1)).map((entry) => entry.position)).toEqual([1]);
    expect((await journal.read(2, 10)).map((entry) => entry.position)).toEqual([3, 4]);
  });

  it("is named when an earlier segment was cut short or is missing", async () => {
    await journalOf(["one", "two", "three", "four", "five"], { segmentBytes: 2 * frame("one") });
    const [first, second] = (await segments()) as [string, string];
    await fs.truncate(first, frame("one"));
    const journal = await openJournal();
    await expect(journal.read(0, 10)).rejects.toThrow(`${folder} has no entry 2, though entry 3 is there`);
    await fs.rm(second);
    await expect(journal.read(2, 10)).rejects.toThrow(second);
  });
});

describe("entries that a person gives up, as the message said", () => {
  const give = (journal: Journal) =>
    journal.read(0, 100).then((entries) => entries.map(({ record }) => String(record)));
  const advice = (error: unknown) => /rename it to (\S+)|an empty file (\S+)/.exec(String(error))?.slice(1) ?? [];

  it("of a damaged last file: it is renamed, and new entries come behind all that readers may have passed", async () => {
    await journalOf(["one", "two", "three", "four"], { segmentBytes: 2 * frame("one") });
    const last = (await segments()).at(-1) as string;
    const bytes = await fs.readFile(last);
    bytes.writeUInt8(0, frame("three") - 1);
    await fs.writeFile(last, bytes);
    const [name] = advice(await openJournal().catch((error: unknown) => error));
    await fs.rename(last, join(folder, name as string));
    const journal = await openJournal();
    const position = await journal.append([Buffer.from("five")]);
    expect(position).toBeGreaterThan(1_000_000);
    expect(await give(journal)).toEqual(["one", "two", "five"]);
    expect((await journal.read(3, 100)).map(({ record }) => String(record))).toEqual(["five"]);
    await journal.close();
    const again = await openJournal();
    expect(await again.append([Buffer.from("six")])).toBe(position + 1);
    expect(await give(again)).toEqual(["one", "two", "five", "six"]);
  });

  it("of a damaged file between others", async () => {
    await journalOf(["one", "two", "three", "four", "five"], { segmentBytes: 2 * frame("one") });
    const [, second] = (await segments()) as [string, string];
    const bytes = await fs.readFile(second);
    bytes.writeUInt8(0, 22);
    await fs.writeFile(second, bytes);
    const [name] = advice(await give(await openJournal()).catch((error: unknown) => error));
    await fs.rename(second, join(folder, name as string));
    const journal = await openJournal();
    expect(await give(journal)).toEqual(["one", "two", "five"]);
    expect(await journal.append([Buffer.from("six")])).toBe(6);
  });

  it("of a file that isn't there", async () => {
    await journalOf(["one", "two", "three", "four", "five"], { segmentBytes: 2 * frame("one") });
    await fs.rm((await segments())[1] as string);
    const error = await give(await openJournal()).catch((reason: unknown) => reason);
    await fs.writeFile(advice(error)[1] as string, "");
    expect(await give(await openJournal())).toEqual(["one", "two", "five"]);
  });

  it("of all files", async () => {
    await journalOf(["one", "two"]);
    await fs.rm((await segments())[0] as string);
    const journal = await openJournal();
    await journal.close();
    await fs.writeFile(join(folder, "0000000000000001.lost"), "");
    // Nor does a crash in front of the first new entry hide where the journal ends.
    await fs.writeFile(join(folder, "0000000003774876.journal"), "a write that en");
    const repaired = await openJournal();
    expect(repaired.end()).toBe(0);
    expect(await repaired.append([Buffer.from("three")])).toBeGreaterThan(1_000_000);
    expect(await give(repaired)).toEqual(["three"]);
  });

  it("of the newest files, which a reader had read: it doesn't take new entries for those", async () => {
    await journalOf(["one", "two", "three", "four"], { segmentBytes: 2 * frame("one") });
    await fs.rm((await segments())[1] as string);
    // Some start that failed opened it, too.
    await (await openJournal()).close();
    const options = { batchSize: 10, cursor: 4, apply: async () => {}, onFailure: () => {} };
    const journal = await openJournal();
    const error = (() => {
      try {
        return runReader({ ...options, journal });
      } catch (reason) {
        return reason;
      }
    })();
    expect(String(error)).toContain(`${folder} has no entry 3, though entries up to 4 were read from it`);
    await journal.close();
    await fs.writeFile(advice(error)[1] as string, "");
    const repaired = await openJournal();
    expect(repaired.end()).toBe(2);
    const read: string[] = [];
    const reader = runReader({
      ...options,
      journal: repaired,
      apply: async (batch) => void read.push(...batch.map(({ record }) => String(record))),
    });
    await reader.caughtUp(await repaired.append([Buffer.from("five")]));
    await reader.stop();
    expect(read).toEqual(["five"]);
  });
});

/** A disk that fails on command, as a full or broken one does, with part of the bytes written. */
function failingDisk() {
  const failing = { writes: 0, syncs: 0, truncates: 0, opens: 0 };
  const fail = (call: keyof typeof failing, code: string): void => {
    if (failing[call] === 0) return;
    failing[call] -= 1;
    throw Object.assign(new Error(`${code}: no luck`), { code });
  };
  const disk: Pick<typeof fs, "open"> = {
    async open(...parameters) {
      fail("opens", "ENOSPC");
      const file = await fs.open(...parameters);
      const { writev, truncate } = file;
      file.writev = (async (pieces: Buffer[], at: number) => {
        if (failing.writes > 0) await writev.call(file, [Buffer.concat(pieces).subarray(0, 30)], at);
        fail("writes", "ENOSPC");
        // Written, but not durable.
        if (failing.syncs > 0) await writev.call(file, pieces, at);
        fail("syncs", "EIO");
        // Disks may also write less than they were given.
        return writev.call(file, [Buffer.concat(pieces).subarray(0, 1000)], at);
      }) as typeof writev;
      file.truncate = async (length) => {
        fail("truncates", "EIO");
        await truncate.call(file, length);
      };
      return file;
    },
  };
  return { disk, failing };
}

describe("a disk that is full or fails", () => {
  const append = (journal: Journal, text: string): Promise<number> => journal.append([Buffer.from(text)]);

  it("rejects the appends that it can't keep, and only these", async () => {
    const { disk, failing } = failingDisk();
    const journal = await openJournal({ disk });
    await append(journal, "one");
    for (const call of ["writes", "syncs"] as const) {
      failing[call] = 1;
      const lost = await Promise.allSettled([append(journal, "lost"), append(journal, "lost too")]);
      expect(lost.map((result) => result.status)).toEqual(["rejected", "rejected"]);
    }
    expect(journal.end()).toBe(1);
    expect(await append(journal, "two")).toBe(2);
    expect(await texts(journal)).toEqual(["one", "two"]);
    await journal.close();
    expect(await texts(await openJournal())).toEqual(["one", "two"]);
  });

  it("goes on when there is room again, also when the partial write could not be taken away at once", async () => {
    const { disk, failing } = failingDisk();
    const journal = await openJournal({ disk });
    await append(journal, "one");
    failing.writes = 1;
    failing.truncates = 2;
    await expect(append(journal, "a long one that is written in part")).rejects.toThrow("ENOSPC");
    await expect(append(journal, "another")).rejects.toThrow("EIO");
    expect(await append(journal, "two")).toBe(2);
    await journal.close();
    expect(await texts(await openJournal())).toEqual(["one", "two"]);
  });

  it("goes on when a new segment could not be made", async () => {
    const { disk, failing } = failingDisk();
    const journal = await openJournal({ disk, segmentBytes: 1 });
    await append(journal, "one");
    failing.opens = 2;
    await expect(append(journal, "lost")).rejects.toThrow("ENOSPC");
    await expect(append(journal, "lost")).rejects.toThrow("ENOSPC");
    expect(await append(journal, "two")).toBe(2);
    expect(await texts(journal)).toEqual(["one", "two"]);
    expect(await segments()).toHaveLength(2);
  });

  it("keeps records whole that it takes only piece by piece", async () => {
    const { disk } = failingDisk();
    const journal = await openJournal({ disk });
    const long = ["a", "b", "c"].map((letter) => letter.repeat(2_500));
    await Promise.all(long.map((text) => append(journal, text)));
    expect(await texts(journal)).toEqual(long);
  });
});

describe("kill -9", () => {
  it("loses no acknowledged record and leaves no half one, however often", async () => {
    // Each record names the writer and its count, so that order and gaps show; sizes differ, so that kills hit anywhere.
    const script = `
      import { openSegmentJournal } from ${source("storage/journal/segments.ts")};
      const [folder, run] = process.argv.slice(1);
      const journal = await openSegmentJournal({ folder, segmentBytes: 200_000 });
      await Promise.all(Array.from({ length: 8 }, async (_, writer) => {
        for (let n = 0; ; n++) {
          const text = [run, writer, n].join(" ");
          const position = await journal.append([Buffer.from(text.padEnd((n * 7919) % 5000, "."))]);
          console.log(position + " " + text);
        }
      }));`;
    const acknowledged = new Map<number, string>();
    for (let run = 0; run < 6; run++) {
      const child = startChild(script, folder, String(run));
      for (let lines = 0; lines < 200 + run * 150; lines++) note(await child.line());
      const killed = child.kill();
      for (let line = await child.line(); line !== undefined; line = await child.line()) note(line);
      expect(await killed).toBeNull();
    }
    function note(line: string | undefined): void {
      const [position, ...text] = (line ?? "").split(" ");
      if (text.length === 3) acknowledged.set(Number(position), text.join(" "));
    }

    const entries = await (await openJournal()).read(0, 1_000_000);
    expect(entries.map((entry) => entry.position)).toEqual(entries.map((_, index) => index + 1));
    const kept = new Map(entries.map((entry) => [entry.position, String(entry.record).replace(/\.+$/, "")]));
    expect(acknowledged.size).toBeGreaterThan(3_000);
    for (const [position, text] of acknowledged) expect(kept.get(position)).toBe(text);
    for (const text of kept.values()) expect(text).toMatch(/^\d+ \d+ \d+$/);
    expect(new Set(kept.values()).size).toBe(kept.size);
  });
});
