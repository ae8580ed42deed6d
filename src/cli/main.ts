import { Command } from "commander";
import { version } from "../version.ts";
import { shown } from "./output.ts";

// The AWS SDK would warn on standard error that Node 20 ends one day.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

// Loaded when asked for: the server brings the models of all services, which takes a second that a look-up needn't wait.
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import("./start.ts")).startCommand(),
  lookup: async () => (await import("./lookup.ts")).lookupCommand(),
  tail: async () => (await import("./tail.ts")).tailCommand(),
  demo: async () => (await import("./demo.ts")).demoCommand(),
  trail: async () => (await import("./trail.ts")).trailCommand(),
  verify: async () => (await import("./verify.ts")).verifyCommand(),
  export: async () => (await import("./export.ts")).exportCommand(),
  doctor: async () => (await import("./doctor.ts")).doctorCommand(),
  rebuild: async () => (await import("./rebuild.ts")).rebuildCommand(),
  backup: async () => (await import("./backup.ts")).backupCommand(),
  "record-shape": async () => (await import("./record-shape.ts")).recordShapeCommand(),
};

const program = new Command("opentrail")
  .description("The open, self-hosted audit trail that speaks AWS CloudTrail.")
  .version(version)
  .showHelpAfterError("Run it with --help to see what it takes.");

const asked = process.argv[2] ?? "";
for (const name of Object.hasOwn(commands, asked) ? [asked] : Object.keys(commands)) {
  const command = await commands[name]?.();
  if (command) program.addCommand(command);
}

program.parseAsync().catch((error: unknown) => {
  // What a person can mend is one line; anything else is a defect and shows where it happened.
  const expected = error instanceof Error && !["TypeError", "ReferenceError", "RangeError"].includes(error.name);
  const lines = expected ? [error.message] : String((error as Error).stack).split("\n");
  process.stderr.write(`opentrail: ${lines.map(shown).join("\n")}\n`);
  process.exitCode = 1;
});
