import { existsSync } from "node:fs";
import { join } from "node:path";
import { styleText } from "node:util";
import { Command } from "commander";
import { systemClock } from "../aws/clock.ts";
import { type Config, loadConfig } from "../server/index.ts";
import { holderOf } from "../storage/data-folder.ts";
import { openLmdbState, type State } from "../storage/state/index.ts";
import { endpointOf } from "./client.ts";
import { type Check, looked, right, wrong } from "./doctor-check.ts";
import { checkFolder } from "./doctor-folder.ts";
import { checkServer } from "./doctor-server.ts";
import { checkTargets } from "./doctor-targets.ts";
import { indentedJson, type Output, shown } from "./output.ts";

interface DoctorFlags {
  readonly endpoint?: string;
  readonly json?: boolean;
}

// Of package.json.
const leastNode = [20, 19] as const;

function nodeVersion(version: string): Check {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isEnough = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1]);
  const least = leastNode.join(".");
  return isEnough ? right("node", version) : wrong("node", version, `install Node.js ${least} or later`);
}

/** The state, to look at only; none where there is none. Rejects when it can't be read. */
async function openState(data: string): Promise<State | undefined> {
  const folder = join(data, "state");
  return existsSync(join(folder, "data.mdb")) ? openLmdbState({ folder, readOnly: true }) : undefined;
}

async function checkAll(config: Config, endpoint: string): Promise<Check[]> {
  const { data } = config;
  const clock = systemClock;
  const first = [nodeVersion(process.versions.node)];
  if (!existsSync(data)) {
    const server = await checkServer(config, endpoint, undefined, clock);
    const isElsewhere = server.length > 1;
    const folder = isElsewhere
      ? right("data folder", `${data} isn't here, so only the server was asked`)
      : wrong("data folder", `${data} isn't there`, "say where it is with --data; the first start makes it");
    return [...first, folder, ...server, ...(await checkTargets(config, undefined))];
  }
  const holder = await holderOf(data);
  let state: State | undefined;
  const unreadable = await looked("state", "restore it from a backup (docs/operations.md)", async () => {
    state = await openState(data);
    return [];
  });
  try {
    const checks = await Promise.all([
      checkServer(config, endpoint, holder, clock),
      checkFolder(config, { state, isRunning: holder !== undefined, clock }),
      checkTargets(config, state),
    ]);
    return [...first, ...unreadable, ...checks.flat()];
  } finally {
    await state?.close();
  }
}

function table(checks: readonly Check[]): string {
  const lines = checks.map(({ name, ok, found, remedy }) => {
    const mark = ok ? styleText("green", "✓") : styleText("red", "✗");
    const advice = remedy === undefined ? "" : `\n  ${styleText("yellow", `→ ${shown(remedy)}`)}`;
    return `${mark} ${styleText("bold", shown(name))}: ${shown(found)}${advice}`;
  });
  const bad = checks.filter(({ ok }) => !ok).length;
  const verdict =
    bad === 0
      ? styleText(["bold", "green"], "Nothing is wrong")
      : styleText(["bold", "red"], `${bad} thing${bad === 1 ? " is" : "s are"} wrong`);
  return `${[...lines, verdict].join("\n")}\n`;
}

/** `opentrail doctor`: looks at the data folder, the server, the keys and the targets, and says what to do. */
export function doctorCommand(output: Output = process.stdout, env: NodeJS.ProcessEnv = process.env): Command {
  return new Command("doctor")
    .description("Check the data folder, the disk, the clock, the keys, the server and what trails deliver to.")
    .option("--data <folder>", "where everything lies (./opentrail-data)")
    .option("--config <file>", "settings from a YAML file, as given to opentrail start")
    .option("--endpoint <url>", "where OpenTrail runs (AWS_ENDPOINT_URL, else http://127.0.0.1:4770)")
    .option("--json", "the findings as JSON; what a pipe gets")
    .action(async ({ endpoint, json, ...settings }: DoctorFlags) => {
      let config: Config | undefined;
      const first = await looked("settings", "correct it; docs/operations.md lists all settings", async () => {
        config = loadConfig(settings, env);
        return right("settings", "can be used");
      });
      const checks = [...first, ...(config ? await checkAll(config, endpointOf(endpoint, env)) : [])];
      const ok = checks.every((check) => check.ok);
      output.write(json || !output.isTTY ? indentedJson({ ok, checks }) : table(checks));
      if (!ok) process.exitCode = 1;
    });
}
