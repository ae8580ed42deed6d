import { Command, Option } from "commander";
import { systemClock } from "../aws/clock.ts";
import { csv } from "../history/index.ts";
import { endpointOf, openEvents } from "./client.ts";
import { addFilterOptions, type FilterFlags, filterParameters } from "./filter-options.ts";
import { jsonLines, type Output, write } from "./output.ts";
import { table } from "./records-table.ts";
import { timeArgument } from "./time.ts";

interface LookupFlags extends FilterFlags {
  readonly since?: string;
  readonly until?: string;
  readonly limit: string;
  readonly allRegions?: boolean;
  readonly endpoint?: string;
  readonly json?: boolean;
  readonly csv?: boolean;
}

/** `opentrail lookup`: finds events in Event history, newest first. */
export function lookupCommand(output: Output = process.stdout, env: NodeJS.ProcessEnv = process.env): Command {
  const time = (text: string) => timeArgument(text, systemClock);
  const command = new Command("lookup").description("Find events in Event history. All that is asked for must match.");
  return addFilterOptions(command)
    .option("--since <time>", "from then on: 1h, 30m, 7d (ago) or ISO 8601", time)
    .option("--until <time>", "up to then", time)
    .option("--limit <number>", "how many at most, the newest first", "50")
    .option("--region <code>", "one Region (AWS_REGION, else us-east-1)")
    .option("--all-regions", "every Region")
    .option("--endpoint <url>", "where OpenTrail runs (AWS_ENDPOINT_URL, else http://127.0.0.1:4770)")
    .addOption(new Option("--json", "records as lines of JSON; what a pipe gets").conflicts("csv"))
    .option("--csv", "the columns of the CloudTrail console's download")
    .action(async (flags: LookupFlags) => {
      const region = flags.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? "us-east-1";
      const events = await openEvents(endpointOf(flags.endpoint, env), "/_opentrail/events", {
        ...filterParameters({ ...flags, region }),
        ...(flags.allRegions && { Region: undefined }),
        start: flags.since,
        end: flags.until,
        limit: flags.limit,
      });
      const format = flags.csv ? csv : flags.json || !output.isTTY ? jsonLines : table;
      await write(format(events), output);
    });
}
