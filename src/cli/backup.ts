import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { systemClock } from "../aws/clock.ts";
import { loadConfig } from "../server/index.ts";
import { copyDataFolder } from "./backup-folder.ts";
import type { Output } from "./output.ts";

interface BackupFlags {
  readonly out: string;
  readonly data?: string;
  readonly config?: string;
}

/** `opentrail backup`: copies the data folder while OpenTrail runs, or not. */
export function backupCommand(output: Output = process.stdout, env: NodeJS.ProcessEnv = process.env): Command {
  return new Command("backup")
    .description("Copy the data folder, while OpenTrail runs, into one that it can be started on.")
    .requiredOption("--out <folder>", "where the copy goes: a folder that is empty or isn't there")
    .option("--data <folder>", "where everything lies (./opentrail-data)")
    .option("--config <file>", "settings from a YAML file, as given to opentrail start")
    .action(async ({ out, ...flags }: BackupFlags) => {
      const { data } = loadConfig(flags, env);
      if (!existsSync(join(data, "state", "data.mdb")))
        throw new Error(`There is no data folder ${data} of OpenTrail; say where it is with --data`);
      if (existsSync(out) && (await readdir(out)).length > 0)
        throw new Error(`${out} is not empty; give another folder with --out`);
      const { at, objects } = await copyDataFolder(data, out, systemClock);
      output.write(
        `${out} has the state of ${new Date(at).toISOString()}, ${objects} objects, the keys, and the journal.\n` +
          `To restore it: opentrail rebuild --data ${out}, then opentrail start --data ${out}\n`,
      );
    });
}
