import { Command } from "commander";
import { version } from "../server/index.ts";
import { exportCommand } from "./export.ts";
import { lookupCommand } from "./lookup.ts";
import { recordShapeCommand } from "./record-shape.ts";
import { startCommand } from "./start.ts";
import { tailCommand } from "./tail.ts";
import { trailCommand } from "./trail.ts";
import { verifyCommand } from "./verify.ts";

// The AWS SDK would warn on standard error that Node 20 ends one day.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

const program = new Command("opentrail")
  .description("The open, self-hosted audit trail that speaks AWS CloudTrail.")
  .version(version)
  .showHelpAfterError("Run it with --help to see what it takes.")
  .addCommand(startCommand())
  .addCommand(lookupCommand())
  .addCommand(tailCommand())
  .addCommand(trailCommand())
  .addCommand(verifyCommand())
  .addCommand(exportCommand())
  .addCommand(recordShapeCommand());

program.parseAsync().catch((error: unknown) => {
  // What a person can mend is one line; anything else is a defect and shows where it happened.
  const expected = error instanceof Error && !["TypeError", "ReferenceError", "RangeError"].includes(error.name);
  process.stderr.write(`opentrail: ${expected ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
});
