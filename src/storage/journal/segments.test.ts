import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { type JournalUnderTest, journalContract } from "./journal.contract.ts";
import type { Journal } from "./journal.ts";
import { openSegmentJournal } from "./segments.ts";

const opened: { journal: Journal; folder: string }[] = [];

afterEach(async () => {
  for (const { journal, folder } of opened.splice(0)) {
    await journal.close();
    await rm(folder, { recursive: true, force: true });
  }
});

async function open(folder: string, segmentBytes: number): Promise<JournalUnderTest> {
  const journal = await openSegmentJournal({ folder, segmentBytes });
  opened.push({ journal, folder });
  return {
    journal,
    async reopen() {
      await journal.close();
      return open(folder, segmentBytes);
    },
  };
}

// Segments so small that most of the contract's stories span several.
journalContract(async () => open(await mkdtemp(join(tmpdir(), "opentrail-journal-")), 64));
