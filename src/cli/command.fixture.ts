import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import type { Command } from "commander";

export type MakeCommand = (output: PassThrough, env: NodeJS.ProcessEnv) => Command;

/** What a command prints, with its arguments as a shell gives them. */
export async function printed(
  make: MakeCommand,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  isTTY = false,
): Promise<string> {
  const output = Object.assign(new PassThrough(), { isTTY });
  const command = make(output, env);
  command.exitOverride().configureOutput({ writeErr: () => {} });
  const whole = text(output);
  await command.parseAsync(args, { from: "user" });
  output.end();
  return whole;
}
