import { existsSync } from "node:fs";
import { SingleBar } from "cli-progress";
import { Command } from "commander";
import { systemClock } from "../aws/clock.ts";
import { rebuildHistory } from "../history/index.ts";
import { loadConfig, openStorage } from "../server/index.ts";
import type { Journal } from "../storage/journal/index.ts";
import type { Output } from "./output.ts";
import { deliveredLogFiles, recordsOf } from "./rebuild-log-files.ts";

const dayMs = 86_400_000;
// A log file is of the minutes in which its events were; calls may take as long as an hour to be recorded.
const overlapMs = 3_600_000;

/** When the journal's first entry happened; for an empty journal the end of time. */
async function beginningOf(journal: Journal): Promise<number> {
  const [first] = await journal.read(0, 1);
  if (!first) return Number.POSITIVE_INFINITY;
  return Date.parse((JSON.parse(first.record.toString()) as { eventTime: string }).eventTime);
}

/** `opentrail rebuild`: makes Event history anew from the journal and from trails' log files. */
export function rebuildCommand(
  output: Output = process.stdout,
  env: NodeJS.ProcessEnv = process.env,
  errors: Output = process.stderr,
): Command {
  return new Command("rebuild")
    .description("Make Event history anew from the journal and the log files of trails, while OpenTrail is stopped.")
    .option("--data <folder>", "where everything lies (./opentrail-data)")
    .option("--history-retention <duration>", "how far Event history looks back (90d)")
    .option("--config <file>", "settings from a YAML file, as given to opentrail start")
    .action(async (flags: Record<string, unknown>) => {
      const config = loadConfig(flags, env);
      if (!existsSync(config.data))
        throw new Error(`There is no data folder ${config.data}; say where it is with --data`);
      const { tables, state, journal, objects, close } = await openStorage(config.data);
      const bar = errors.isTTY
        ? new SingleBar({
            format: "{bar} {percentage}%  {value}/{total} {what}",
            stream: errors,
            clearOnComplete: true,
          })
        : undefined;
      try {
        const oldest = systemClock.now() - config.historyRetention;
        const files = await deliveredLogFiles(state, objects, oldest, (await beginningOf(journal)) + overlapMs);
        let filesDone = 0;
        bar?.start(journal.end() + files.length, 0, { what: "" });
        const { fromJournal, fromLogFiles } = await rebuildHistory({
          tables,
          state,
          journal,
          retentionDays: Math.ceil(config.historyRetention / dayMs),
          logFiles: recordsOf(objects, files),
          onProgress(done) {
            if ("file" in done) bar?.update(journal.end() + ++filesDone, { what: "log files" });
            else bar?.update(done.entries, { what: "entries of the journal" });
          },
        });
        bar?.stop();
        output.write(
          `Event history has ${fromJournal + fromLogFiles} events: ${fromJournal} of the journal, ${fromLogFiles} of ${files.length} log files.\n`,
        );
      } finally {
        bar?.stop();
        await close();
      }
    });
}
