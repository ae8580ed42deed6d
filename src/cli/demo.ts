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

/** The events that name it, as Event history has them now. */
async function eventsNaming(endpoint: string, text: string): Promise<FoundEvent[]> {
  const found: FoundEvent[] = [];
  for await (const event of await openEvents(endpoint, "/_opentrail/events", { contains: text, limit: "500" }))
    found.push(event);
  return found;
}

/** The story's events, the first one first, as soon as Event history has the last of them. */
async function eventsOf(endpoint: string, run: string, resources: readonly string[]): Promise<FoundEvent[]> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const found = await eventsNaming(endpoint, run);
    const isWhole = found.filter(({ record }) => record.eventName === lastAction).length === 2;
    if (!isWhole && Date.now() < deadline) {
      await pause(100);
      continue;
    }
    for (const resource of resources) found.push(...(await eventsNaming(endpoint, resource)));
    const events = new Map(found.map((event) => [event.position, event]));
    return [...events.values()].sort((a, b) => a.position - b.position);
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
      const resources: string[] = [];
      await callingAws(endpoint, async () => {
        for await (const step of steps) {
          if (step.resource !== undefined) resources.push(step.resource);
          if (output.isTTY) output.write(told(step));
        }
      });
      const events = await eventsOf(endpoint, run, resources);
      if (!output.isTTY) return write(jsonLines(each(events)), output);
      output.write(`\n${events.length} events of it are on record; those that changed something:\n\n`);
      await write(table(each(events.filter(({ record }) => !record.readOnly))), output);
      output.write(whereToLook(endpoint, run));
    });
}
