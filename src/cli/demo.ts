import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { styleText } from "node:util";
import { Command } from "commander";
import { callingAws, clientOptions } from "./aws-client.ts";
import { endpointOf, openEvents } from "./client.ts";
import { demoStory, lastAction, type Step } from "./demo-story.ts";
import { regionOf } from "./environment.ts";
import type { FoundEvent } from "./found-event.ts";
import { jsonLines, type Output, write } from "./output.ts";
import { table } from "./records-table.ts";

interface DemoFlags {
  readonly region?: string;
  readonly endpoint?: string;
}

function told({ who, action, what, refused }: Step): string {
  const mark = refused === undefined ? styleText("green", "✓") : styleText("red", "✗");
  const outcome = refused === undefined ? "" : styleText("red", `: ${refused}`);
  return `${mark} ${who.padEnd(20)} ${styleText("bold", action.padEnd(24))} ${what}${outcome}\n`;
}

function whereToLook(endpoint: string, run: string): string {
  return `
Where to look:
  ${new URL(`/console/events?contains=${run}`, endpoint)}
  ${new URL("/console/ssh-access", endpoint)}
  opentrail lookup --contains ${run} --all-regions --json | jq
  aws cloudtrail lookup-events --lookup-attributes AttributeKey=Username,AttributeValue=ada-${run}
`;
}

/** The story's events, the first one first, as soon as Event history has the last of them. */
async function eventsOf(endpoint: string, run: string): Promise<FoundEvent[]> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const events = await openEvents(endpoint, "/_opentrail/events", { contains: run, limit: "500" });
    const found: FoundEvent[] = [];
    for await (const event of events) found.push(event);
    const isWhole = found.filter(({ record }) => record.eventName === lastAction).length === 2;
    if (isWhole || Date.now() > deadline) return found.reverse();
    await pause(100);
  }
}

async function* each<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

/** `opentrail demo`: data leaves an account, told step by step against a running server, and what is on record of it. */
export function demoCommand(output: Output = process.stdout, env: NodeJS.ProcessEnv = process.env): Command {
  return new Command("demo")
    .description("Watch a user and a role take data away, then read the trail of it. Needs a running OpenTrail.")
    .option("--region <code>", "where it happens (AWS_REGION, else us-east-1)")
    .option("--endpoint <url>", "where OpenTrail runs (AWS_ENDPOINT_URL, else http://127.0.0.1:4770)")
    .action(async (flags: DemoFlags) => {
      const endpoint = endpointOf(flags.endpoint, env);
      const run = randomBytes(3).toString("hex");
      const steps = demoStory(clientOptions(endpoint, regionOf(flags.region, env), env), run);
      await callingAws(endpoint, async () => {
        for await (const step of steps) if (output.isTTY) output.write(told(step));
      });
      const events = await eventsOf(endpoint, run);
      if (!output.isTTY) return write(jsonLines(each(events)), output);
      output.write(`\n${events.length} events are on record that name ${run}; those that changed something:\n\n`);
      await write(table(each(events.filter(({ record }) => !record.readOnly))), output);
      output.write(whereToLook(endpoint, run));
    });
}
