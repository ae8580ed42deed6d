import { Command } from "commander";
import { distance } from "fastest-levenshtein";
import { type Action, type Service, services } from "../aws/model.ts";
import { exampleOf } from "../record/index.ts";
import { type Output, write } from "./output.ts";
import { recordShapeText } from "./record-shape-text.ts";

interface Flags {
  readonly list?: true | string;
  readonly json?: boolean;
}

/** `opentrail record-shape`: how CloudTrail records an action, by an example, and how that is known. Needs no server. */
export function recordShapeCommand(output: Output = process.stdout): Command {
  return new Command("record-shape")
    .description("Show how an action is recorded: an example record, and where each part of its shape is from.")
    .argument("[action]", "ec2:RunInstances; RunInstances where only one service has it")
    .option("--list [service]", "the actions of all services, or of one")
    .option("--json", "the record, its rules and their origins as one JSON document")
    .action(async (name: string | undefined, { list, json }: Flags) => {
      if (list !== undefined) {
        const names = actionNames(list === true ? undefined : list);
        await print(json ? [`${JSON.stringify(names, null, 2)}\n`] : names.map((one) => `${one}\n`), output);
        return;
      }
      if (name === undefined) throw new Error("Name an action, such as ec2:RunInstances; --list shows them all");
      const { service, action } = actionOf(name);
      const shape = exampleOf(service, action);
      const text = json ? [`${JSON.stringify(shape, null, 2)}\n`] : recordShapeText(shape, output.isTTY === true);
      await print(text, output);
    });
}

interface Named {
  readonly name: string;
  readonly service: Service;
  readonly action: Action;
}

function* allActions(): Generator<Named> {
  for (const service of services.values()) {
    for (const action of service.actions.values()) yield { name: `${service.name}:${action.name}`, service, action };
  }
}

function actionNames(service: string | undefined): string[] {
  if (service !== undefined && !services.has(service)) {
    throw new Error(`There is no service ${service}; there are ${[...services.keys()].join(", ")}`);
  }
  const of = [...allActions()].filter((one) => service === undefined || one.service.name === service);
  return of.map(({ name }) => name).sort();
}

function actionOf(asked: string): Named {
  const all = [...allActions()];
  const wanted = asked.toLowerCase();
  const part = ({ name, action }: Named) => (wanted.includes(":") ? name : action.name).toLowerCase();
  const found = all.filter((one) => part(one) === wanted);
  if (found[0] && found.length === 1) return found[0];
  const nearest = all
    .map((one) => ({ name: one.name, away: distance(wanted, part(one)) }))
    .sort((a, b) => a.away - b.away)
    .slice(0, 3);
  throw new Error(`There is no action ${asked}; the nearest are ${nearest.map(({ name }) => name).join(", ")}`);
}

async function print(lines: Iterable<string>, output: Output): Promise<void> {
  await write(
    (async function* () {
      yield* lines;
    })(),
    output,
  );
}
