import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Entry, Journal } from "./journal.ts";
import { type ReaderOptions, type RunningReader, runReader } from "./reader.ts";
import { openSegmentJournal } from "./segments.ts";

let folder: string;
let journal: Journal;
let readers: RunningReader[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-reader-"));
  journal = await openSegmentJournal({ folder });
  readers = [];
});

afterEach(async () => {
  vi.useRealTimers();
  for (const reader of readers) await reader.stop();
  await journal.close();
  await rm(folder, { recursive: true, force: true });
});

function run(options: Partial<ReaderOptions>): RunningReader {
  const nothingFails = (error: unknown): void => expect.unreachable(String(error));
  const reader = runReader({
    journal,
    batchSize: 10,
    cursor: 0,
    apply: async () => {},
    onFailure: nothingFails,
    ...options,
  });
  readers.push(reader);
  return reader;
}

const append = (...texts: readonly string[]): Promise<number> => journal.append(texts.map((text) => Buffer.from(text)));
const textsOf = (batch: readonly Entry[]): string => batch.map((entry) => String(entry.record)).join();

describe("a reader of the journal", () => {
  it("takes what was there and what comes, in order, in batches no larger than asked", async () => {
    const batches: string[] = [];
    await append("a", "b", "c");
    const reader = run({ batchSize: 2, apply: async (batch) => void batches.push(textsOf(batch)) });
    await reader.caughtUp(3);
    await append("d");
    await reader.caughtUp(4);
    expect(batches).toEqual(["a,b", "c", "d"]);
    expect(reader.position()).toBe(4);
  });

  it("goes on behind the cursor that it is given", async () => {
    await append("a", "b", "c");
    const batches: string[] = [];
    const reader = run({ cursor: 2, apply: async (batch) => void batches.push(textsOf(batch)) });
    await reader.caughtUp(2);
    await reader.caughtUp(3);
    expect(batches).toEqual(["c"]);
  });

  it("tries a failed batch again, the same one, until its effect is made", async () => {
    const batches: string[] = [];
    const failures: unknown[] = [];
    await append("a", "b");
    const reader = run({
      apply: async (batch) => {
        batches.push(textsOf(batch));
        if (batches.length < 3) throw new Error(`attempt ${batches.length}`);
      },
      onFailure: (error) => failures.push((error as Error).message),
    });
    expect(reader.position()).toBe(0);
    await reader.caughtUp(2);
    expect(batches).toEqual(["a,b", "a,b", "a,b"]);
    expect(failures).toEqual(["attempt 1", "attempt 2"]);
  });

  it("waits longer after each failure, but never longer than 30 seconds", async () => {
    await append("a");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const pauses: number[] = [];
    const told = new EventTarget();
    run({
      apply: () => Promise.reject(new Error("away")),
      onFailure: (_, pause) => {
        pauses.push(pause);
        told.dispatchEvent(new Event("failure"));
      },
    });
    while (pauses.length < 15) {
      await new Promise((resolve) => told.addEventListener("failure", resolve, { once: true }));
      await vi.advanceTimersByTimeAsync(30_000);
    }
    for (const [n, pause] of pauses.entries()) {
      const longest = Math.min(100 * 2 ** n, 30_000);
      expect(pause).toBeGreaterThanOrEqual(longest / 2);
      expect(pause).toBeLessThanOrEqual(longest);
    }
  });

  it("stops at once while it waits, for entries or after a failure, and says so to who waits for it", async () => {
    const idle = run({});
    const behind = idle.caughtUp(1);
    const outcome = expect(behind).rejects.toThrow("stopped before it reached 1");
    await idle.stop();
    await outcome;
    await expect(idle.caughtUp(1)).rejects.toThrow("The reader is stopped");

    await append("a");
    let failed: () => void = () => {};
    const failure = new Promise<void>((resolve) => {
      failed = resolve;
    });
    const failing = run({ apply: () => Promise.reject(new Error("away")), onFailure: () => failed() });
    await failure;
    await failing.stop();
    expect(failing.position()).toBe(0);
  });

  it("finishes the batch under way before it stops", async () => {
    await append("a");
    let began: () => void = () => {};
    const underWay = new Promise<void>((resolve) => {
      began = resolve;
    });
    let finish: () => void = () => {};
    const effect = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const reader = run({
      apply: () => {
        began();
        return effect;
      },
    });
    await underWay;
    const stopped = reader.stop();
    finish();
    await stopped;
    expect(reader.position()).toBe(1);
  });
});
