import { SingleBar } from "cli-progress";
import { Command } from "commander";
import { systemClock } from "../aws/clock.ts";
import { endpointOf, openEvents } from "./client.ts";
import { writeLogFiles } from "./export-files.ts";
import type { FoundEvent } from "./found-event.ts";
import { type Output, shown } from "./output.ts";
import { timeArgument } from "./time.ts";

interface ExportFlags {
  readonly from: string;
  readonly to?: string;
  readonly out: string;
  readonly account?: string;
  readonly region?: string;
  readonly endpoint?: string;
}

// What OpenTrail gives at once at most.
const mostAtOnce = 200_000;

/** All events from `start` to `end`, newest first, however many there are; `limit` of them for each request. */
export async function* allEvents(
  endpoint: string,
  filter: Readonly<Record<string, string | undefined>>,
  start: string,
  end: string,
  limit = mostAtOnce,
): AsyncGenerator<FoundEvent> {
  // The last request's oldest second is asked for again, as it may have had more.
  let until = end;
  let seen = new Set<number>();
  for (;;) {
    const parameters = { ...filter, start, end: until, limit: String(limit) };
    let [came, second] = [0, ""];
    let positions = new Set<number>();
    for await (const event of await openEvents(endpoint, "/_opentrail/events", parameters)) {
      came += 1;
      const { eventTime } = event.record;
      if (eventTime !== second) [second, positions] = [eventTime, new Set()];
      positions.add(event.position);
      if (!seen.has(event.position)) yield event;
    }
    if (came < limit) return;
    if (second === until)
      throw new Error(`There are more than ${limit} events in the second ${second}; give an --account or --region`);
    [until, seen] = [second, positions];
  }
}

/** The events, with a bar on a terminal that shows how far back they are. */
async function* withBar(events: AsyncIterable<FoundEvent>, from: number, to: number, errors: Output) {
  const format = "{bar} {percentage}%  {events} events, back to {time}";
  const bar = errors.isTTY ? new SingleBar({ format, stream: errors, clearOnComplete: true }) : undefined;
  bar?.start(to - from, 0, { events: 0, time: new Date(to).toISOString() });
  let count = 0;
  try {
    for await (const event of events) {
      count += 1;
      const { eventTime } = event.record;
      if (count % 1_000 === 0)
        bar?.update(Math.max(0, to - Date.parse(eventTime)), { events: count, time: shown(eventTime) });
      yield event;
    }
  } finally {
    bar?.stop();
  }
}

/** `opentrail export`: writes Event history as log files, in the layout that a trail delivers. */
export function exportCommand(
  output: Output = process.stdout,
  env: NodeJS.ProcessEnv = process.env,
  errors: Output = process.stderr,
): Command {
  const time = (text: string) => timeArgument(text, systemClock);
  return new Command("export")
    .description("Write events of Event history as log files of CloudTrail (AWSLogs/…/*.json.gz), without a trail.")
    .requiredOption("--from <time>", "from then on: 7d (ago) or ISO 8601", time)
    .option("--to <time>", "up to then (now)", time)
    .requiredOption("--out <folder>", "where the files go; what lies there under the same name is replaced")
    .option("--account <id>", "one account (all)")
    .option("--region <code>", "one Region (all)")
    .option("--endpoint <url>", "where OpenTrail runs (AWS_ENDPOINT_URL, else http://127.0.0.1:4770)")
    .action(
      async ({ from, to = new Date(systemClock.now()).toISOString(), out, account, region, endpoint }: ExportFlags) => {
        if (from > to) throw new Error(`--from ${from} is after --to ${to}`);
        const filter = { AccountId: account, Region: region };
        const events = allEvents(endpointOf(endpoint, env), filter, from, to);
        const { events: count, files } = await writeLogFiles(
          withBar(events, Date.parse(from), Date.parse(to), errors),
          out,
        );
        output.write(
          count === 0
            ? `There are no events from ${from} to ${to}.\n`
            : `${count} events from ${from} to ${to} are in ${files} log files below ${out}/AWSLogs.\n`,
        );
      },
    );
}
