import { Command } from "commander";
import { endpointOf, openEvents } from "./client.ts";
import { addFilterOptions, type FilterFlags, filterParameters } from "./filter-options.ts";
import { jsonLines, type Output, write } from "./output.ts";
import { growingTable } from "./records-table.ts";

interface TailFlags extends FilterFlags {
  readonly endpoint?: string;
  readonly json?: boolean;
}

/** `opentrail tail`: shows events as they are recorded, until it is interrupted. */
export function tailCommand(output: Output = process.stdout, env: NodeJS.ProcessEnv = process.env): Command {
  const command = new Command("tail").description(
    "Follow events as they are recorded, data events too. Ctrl-C ends it.",
  );
  return addFilterOptions(command)
    .option("--region <code>", "one Region (all)")
    .option("--endpoint <url>", "where OpenTrail runs (AWS_ENDPOINT_URL, else http://127.0.0.1:4770)")
    .option("--json", "records as lines of JSON; what a pipe gets")
    .action(async (flags: TailFlags) => {
      const interrupted = new AbortController();
      const interrupt = () => interrupted.abort();
      process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
      try {
        const { signal } = interrupted;
        const events = await openEvents(
          endpointOf(flags.endpoint, env),
          "/_opentrail/tail",
          filterParameters(flags),
          signal,
        );
        await write((flags.json || !output.isTTY ? jsonLines : growingTable)(events), output);
      } finally {
        process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
      }
    });
}
