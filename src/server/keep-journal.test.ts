import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openSegmentJournal, type Position } from "../storage/journal/index.ts";
import { trimJournal } from "./keep-journal.ts";

const day = 86_400_000;
const start = Date.parse("2026-10-01T00:00:00Z");

/** A journal with one record a day, each in a segment of its own. */
async function journalOfDays(days: number) {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-keep-"));
  const journal = await openSegmentJournal({ folder, segmentBytes: 1 });
  onTestFinished(async () => {
    await journal.close();
    await rm(folder, { recursive: true, force: true });
  });
  for (let n = 0; n < days; n++)
    await journal.append([Buffer.from(JSON.stringify({ eventTime: new Date(start + n * day).toISOString() }))]);
  const trim = (now: number, passed: Position) =>
    trimJournal({
      journal,
      clock: { now: () => now },
      retention: 7 * day,
      passed: async () => passed,
      onFailure: (error) => expect.fail(String(error)),
    });
  const first = async () => (await journal.read(0, 1))[0]?.position;
  return { journal, trim, first };
}

it("keeps seven days, and gives up what is older, again and again", async () => {
  const { trim, first } = await journalOfDays(20);
  await trim(start + 7 * day, 20);
  expect(await first()).toBe(1);
  await trim(start + 10 * day + 1, 20);
  expect(await first()).toBe(5);
  await trim(start + 10 * day + 1, 20);
  expect(await first()).toBe(5);
  await trim(start + 12 * day + 1, 20);
  expect(await first()).toBe(7);
  await trim(start - 30 * day, 20);
  expect(await first()).toBe(7);
});

it("keeps what a reader has yet to work on, however old it is", async () => {
  const { journal, trim, first } = await journalOfDays(10);
  await trim(start + 1_000 * day, 0);
  expect(await first()).toBe(1);
  await trim(start + 1_000 * day, 4);
  expect(await first()).toBe(5);
  expect((await journal.read(4, 100)).map(({ position }) => position)).toEqual([5, 6, 7, 8, 9, 10]);
});
