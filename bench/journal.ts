import { open } from "node:fs/promises";
import { join } from "node:path";
import { openSegmentJournal } from "../src/storage/journal/index.ts";
import { type Figure, inFolder, percentile } from "./support.ts";

const writers = 32;
const record = Buffer.alloc(1_500, "r");
const measuredMs = 4_000;

/** Durable appends of one record each, beside what the disk gives when the same bytes are written and synced bare. */
export async function benchJournal(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    const bare = await bareAppendsPerSecond(join(folder, "bare"));
    const latencies: number[] = [];
    const journal = await openSegmentJournal({ folder: join(folder, "journal") });
    const until = performance.now() + measuredMs;
    const write = async (): Promise<void> => {
      while (performance.now() < until) {
        const began = performance.now();
        await journal.append([record]);
        latencies.push(performance.now() - began);
      }
    };
    await Promise.all(Array.from({ length: writers }, write));
    await journal.close();
    latencies.sort((a, b) => a - b);
    const perSecond = (latencies.length / measuredMs) * 1_000;
    return [
      {
        what: `durable appends, ${writers} writers, ÷ bare write and fdatasync of ${writers} records at once`,
        measured: `${(perSecond / bare).toFixed(2)} (${Math.round(perSecond)}/s ÷ ${Math.round(bare)}/s)`,
        target: "≥ 0.5",
        reached: perSecond / bare >= 0.5,
      },
      {
        what: `durable append, p99 with ${writers} writers`,
        measured: `${percentile(latencies, 0.99).toFixed(1)} ms`,
        target: "≤ 10 ms",
        reached: percentile(latencies, 0.99) <= 10,
      },
    ];
  });
}

async function bareAppendsPerSecond(path: string): Promise<number> {
  const group = Buffer.concat(Array.from({ length: writers }, () => record));
  const file = await open(path, "w");
  const until = performance.now() + measuredMs;
  let groups = 0;
  while (performance.now() < until) {
    await file.write(group);
    await file.datasync();
    groups += 1;
  }
  await file.close();
  return (groups * writers * 1_000) / measuredMs;
}
