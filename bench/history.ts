import { fork } from "node:child_process";
import { once } from "node:events";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import type { LookupAttributeKey } from "@aws-sdk/client-cloudtrail";
import { systemClock } from "../src/aws/clock.ts";
import { openHistory } from "../src/history/index.ts";
import { openSegmentJournal } from "../src/storage/journal/index.ts";
import { openLmdbState } from "../src/storage/state/index.ts";
import { openChdbTables } from "../src/storage/tables/index.ts";
import { account, fillEvents, home } from "./history-events.ts";
import { askAsTheConsole, benchSearches } from "./history-searches.ts";
import { type Figure, inFolder, percentile, residentMb } from "./support.ts";

const millions = { lookups: 3, memory: 10 };
const lookupsPerClass = 100;

/**
 * Over 3 million events of 90 days: LookupEvents by each attribute, and what the console asks for; the process's memory
 * with 10 million; the reader's pace.
 */
export async function benchHistory(): Promise<Figure[]> {
  return inFolder(async (folder) => {
    await inProcess("fill", folder, 0, millions.lookups);
    const lookups = await inProcess("lookups", folder);
    const searches = await inProcess("searches", folder);
    await inProcess("fill", folder, millions.lookups, millions.memory);
    const memory = await inProcess("memory", folder);
    return [...lookups, ...searches, ...memory, ...(await inProcess("reader", `${folder}/reader`))];
  });
}

async function open(folder: string) {
  const journal = await openSegmentJournal({ folder: `${folder}/journal` });
  const state = await openLmdbState({ folder: `${folder}/state` });
  const tables = await openChdbTables({ folder: `${folder}/tables` });
  const history = await openHistory({
    journal,
    state,
    tables,
    clock: systemClock,
    retentionDays: 90,
    onFailure(error) {
      throw error;
    },
  });
  return { journal, state, tables, history };
}

const attributes: readonly [LookupAttributeKey, sql: string][] = [
  ["EventId", "event_id"],
  ["EventName", "event_name"],
  ["ReadOnly", "read_only"],
  ["Username", "username"],
  ["ResourceType", "arrayJoin(resource_types)"],
  ["ResourceName", "arrayJoin(resource_names)"],
  ["EventSource", "event_source"],
  ["AccessKeyId", "access_key_id"],
];

async function lookups(folder: string): Promise<Figure[]> {
  const { tables, history } = await open(folder);
  const figures: Figure[] = [];
  for (const [AttributeKey, sql] of attributes) {
    const values = (
      await tables.query<{ value: string }>(
        `SELECT ${sql} AS value FROM events WHERE position % 7 = 0 GROUP BY value ORDER BY count() DESC, value`,
      )
    ).map(({ value }) => value);
    const share = Math.max(1, Math.min(30, Math.floor(values.length / 3)));
    const middle = Math.floor((values.length - share) / 2);
    const classes = {
      hot: values.slice(0, share),
      mid: values.slice(middle, middle + share),
      rare: values.slice(-share),
      missing: Array.from({ length: 30 }, (_, index) => `missing-${index}`),
    };
    const measured: string[] = [];
    let worst = 0;
    for (const [name, candidates] of Object.entries(classes)) {
      const times: number[] = [];
      for (let run = 0; run < lookupsPerClass; run++) {
        const AttributeValue = candidates[run % candidates.length] as string;
        const started = performance.now();
        await history.lookupEvents(account, home, { LookupAttributes: [{ AttributeKey, AttributeValue }] });
        times.push(performance.now() - started);
      }
      times.sort((a, b) => a - b);
      worst = Math.max(worst, percentile(times, 0.99));
      measured.push(`${name} ${percentile(times, 0.5).toFixed(0)}/${percentile(times, 0.99).toFixed(0)}`);
    }
    figures.push({
      what: `LookupEvents by ${AttributeKey}, ${millions.lookups} million events, p50/p99`,
      measured: `${measured.join(" · ")} ms`,
      target: "p99 ≤ 50 ms",
      reached: worst <= 50,
    });
  }
  return figures;
}

async function memory(folder: string): Promise<Figure[]> {
  const { tables, history } = await open(folder);
  const [size] = await tables.query<{ rows: number; megabytes: number }>(
    "SELECT sum(rows) AS rows, round(sum(bytes_on_disk) / 1e6) AS megabytes FROM system.parts WHERE active AND table = 'events'",
  );
  for (let run = 0; run < 500; run++) {
    const [AttributeKey] = attributes[run % attributes.length] ?? (attributes[0] as (typeof attributes)[number]);
    await history.lookupEvents(account, home, {
      LookupAttributes: [
        { AttributeKey, AttributeValue: AttributeKey === "Username" ? `user-${run % 300}` : `missing-${run}` },
      ],
    });
  }
  await askAsTheConsole(history);
  const resident = residentMb(process.pid);
  return [
    {
      what: `memory with ${size?.rows.toLocaleString("en")} events (${size?.megabytes} MB on disk) after 500 look-ups and what the console asks`,
      measured: `${resident} MB`,
      target: "≤ 700 MB",
      reached: resident <= 700,
    },
  ];
}

/** How fast the reader brings a backlog into the table, and how much of the event loop it takes. */
async function reader(folder: string): Promise<Figure[]> {
  const { journal, tables, history } = await open(folder);
  await fillEvents(tables, 0, 20_000, 20_000);
  const records = (await tables.query<{ raw: string }>("SELECT raw FROM events")).map(({ raw }) => Buffer.from(raw));
  await tables.command("TRUNCATE TABLE events");
  const end = await journal.append(records);
  const before = performance.eventLoopUtilization();
  const started = performance.now();
  await history.start();
  await history.caughtUp(end);
  const seconds = (performance.now() - started) / 1_000;
  const busyMs = performance.eventLoopUtilization(before).active / records.length;
  const perSecond = records.length / seconds;
  return [
    {
      what: `journal into Event history, event loop ${(busyMs * 1_000).toFixed(0)} µs a record`,
      measured: `${Math.round(perSecond).toLocaleString("en")} records/s`,
      target: "≥ 2,000 records/s",
      reached: perSecond >= 2_000,
    },
  ];
}

const self = fileURLToPath(import.meta.url);

/** Each step has a process of its own, so that what one took doesn't count for the next. */
async function inProcess(step: string, ...input: (string | number)[]): Promise<Figure[]> {
  const child = fork(self, [step, ...input.map(String)]);
  const exited = once(child, "exit");
  const [figures] = (await Promise.race([once(child, "message"), exited.then(() => [undefined])])) as [
    Figure[] | undefined,
  ];
  await exited;
  if (!figures) throw new Error(`the step ${step} of the bench of Event history failed`);
  return figures;
}

const steps: Readonly<Record<string, (folder: string, ...input: string[]) => Promise<Figure[]>>> = {
  lookups,
  async searches(folder) {
    const { tables, history } = await open(folder);
    return benchSearches(tables, history);
  },
  memory,
  reader,
  async fill(folder, from, to) {
    const { journal, state, tables } = await open(folder);
    await fillEvents(tables, Number(from) * 1e6, Number(to) * 1e6, Number(to) * 1e6);
    // Merges have made it, where events came as calls do: in small parts.
    await tables.command("ALTER TABLE events MATERIALIZE INDEX by_sequences SETTINGS mutations_sync = 2");
    await Promise.all([journal.close(), state.close(), tables.close()]);
    return [];
  },
};

if (process.argv[1] === self) {
  const [step, folder, ...input] = process.argv.slice(2);
  if (step === undefined || folder === undefined) console.table(await benchHistory());
  else {
    const figures = await steps[step]?.(folder, ...input);
    process.send?.(figures, () => process.exit(0));
  }
}
