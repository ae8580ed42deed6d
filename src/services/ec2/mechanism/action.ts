import { createHash } from "node:crypto";
import type { Call } from "../../../aws/call.ts";
import type { Clock } from "../../../aws/clock.ts";
import type { DerivedEvent } from "../../../aws/derived-event.ts";
import { AwsError } from "../../../aws/error.ts";
import type { Random } from "../../../aws/random.ts";
import type { State } from "../../../storage/state/state.ts";
import type { Handler, Handlers } from "../../service.ts";
import { dryRunSucceeded } from "./errors.ts";
import type { Inventory, Place } from "./inventory.ts";
import type { Kind, Resource } from "./kind.ts";
import { withBoundToken, withOwnToken } from "./paging.ts";
import { type Happening, type Scope, scopeOver, type WriteScope, writeScopeOver } from "./scope.ts";
import type { Draft } from "./tables.ts";

/** An action that only looks. */
export type Read<Input, Output> = (input: Input, scope: Scope) => Output;

/** An action that changes resources: all its changes or, when it throws, none. */
export type Write<Input, Output> = (input: Input, scope: WriteScope) => Output;

/** Beyond the account and Region of a call. */
export interface Reach {
  readonly state: State;
  readonly inventory: Inventory;
  readonly clock: Clock;
}

/** A read that looks elsewhere first, such as at what other accounts share. */
export interface PreparedRead<Input, Output, Prepared> {
  readonly prepare: (input: Input, call: Call, reach: Reach) => Promise<Prepared>;
  readonly read: (input: Input, scope: Scope, prepared: Prepared) => Output;
}

/** A write with work ahead that takes its time, such as making a key, or that looks elsewhere. */
export interface PreparedWrite<Input, Output, Prepared> {
  readonly prepare: (input: Input, call: Call, reach: Reach) => Promise<Prepared>;
  readonly write: (input: Input, scope: WriteScope, prepared: Prepared) => Output;
}

interface AnyPreparedRead {
  readonly prepare: (input: never, call: Call, reach: Reach) => Promise<unknown>;
  readonly read: (input: never, scope: Scope, prepared: never) => object;
}

interface AnyPreparedWrite {
  readonly prepare: (input: never, call: Call, reach: Reach) => Promise<unknown>;
  readonly write: (input: never, scope: WriteScope, prepared: never) => object;
}

/** Actions by name. */
export interface Actions {
  readonly reads?: Readonly<Record<string, Read<never, object> | AnyPreparedRead>>;
  readonly writes?: Readonly<Record<string, Write<never, object> | AnyPreparedWrite>>;
}

/** An answer that a client token stands for. */
interface TokenAnswer extends Resource {
  readonly parameters: string;
  readonly output: string;
  readonly until: number;
}

const tokenLifeMs = 24 * 60 * 60 * 1000;

export const clientTokens: Kind<TokenAnswer> = {
  type: "client-token",
  prefix: "",
  idSet: "",
  notFound: { code: "", message: () => "" },
  malformed: { code: "", message: () => "" },
  goneAt: (answer) => answer.until,
};

// A page may have another size than the one before it.
const notOfRequest = { NextToken: undefined, MaxResults: undefined, DryRun: undefined };

interface Common {
  readonly NextToken?: string | undefined;
  readonly DryRun?: boolean | undefined;
  readonly ClientToken?: string | undefined;
}

interface Parts extends Reach {
  /** Makes the events of what happened, once it is certain. */
  readonly derivedFrom: (happenings: readonly Happening[], place: Place) => Promise<DerivedEvent[]>;
  readonly random: Random;
  /** Refuses changes that take more than the account may have. */
  readonly checkQuotas: (draft: Draft, now: number) => void;
}

/** Makes handlers of actions; DryRun and ClientToken are dealt with here, for all of them. */
export function handlersOf(groups: readonly Actions[], parts: Parts): Handlers {
  const { inventory, clock, random, derivedFrom, checkQuotas } = parts;
  const handlers: Record<string, Handler<never, object>> = {};
  for (const { reads = {}, writes = {} } of groups) {
    for (const [name, action] of Object.entries(reads)) {
      const { prepare, read } = typeof action === "function" ? { prepare: undefined, read: action } : action;
      handlers[name] = async (asked: Common, call) => {
        const request = () => digest([name, call.account, call.region, { ...asked, ...notOfRequest }]);
        const input = withOwnToken(asked, request);
        const prepared = await prepare?.(input as never, call, parts);
        return inventory.read(call, (tables) => {
          const output = read(input as never, scopeOver(tables, call, clock.now()), prepared as never);
          if (input.DryRun) throw dryRunSucceeded();
          return withBoundToken(output, request);
        });
      };
    }
    for (const [name, action] of Object.entries(writes)) {
      const { prepare, write } = typeof action === "function" ? { prepare: undefined, write: action } : action;
      handlers[name] = async (input: Common, call) => {
        const prepared = await prepare?.(input as never, call, parts);
        const { output, happenings } = await inventory.write(call, (draft) => {
          const happenings: Happening[] = [];
          const scope = writeScopeOver(draft, call, clock.now(), random, happenings);
          const output = once(input, scope, () => write(input as never, scope, prepared as never));
          checkQuotas(draft, scope.now);
          if (input.DryRun) throw dryRunSucceeded();
          return { output, happenings };
        });
        if (happenings.length > 0) call.notes.derived.push(...(await derivedFrom(happenings, call)));
        return output;
      };
    }
  }
  return handlers;
}

/** Does the work once for each client token: a repeated request gets the first one's answer. */
function once(input: Common, scope: WriteScope, work: () => object): object {
  const { ClientToken, DryRun: _, ...parameters } = input;
  if (!ClientToken) return work();
  if (ClientToken.length > 64)
    throw new AwsError("InvalidParameterValue", "Invalid client token: it can have up to 64 ASCII characters.");
  const id = digest([scope.call.actionName, ClientToken]);
  const asked = digest(parameters);
  const before = scope.get(clientTokens, id);
  if (before) {
    if (before.parameters === asked) return parse(before.output);
    throw new AwsError(
      "IdempotentParameterMismatch",
      "Arguments on this idempotent request are inconsistent with arguments used in previous request(s).",
    );
  }
  const output = work();
  const until = scope.now + tokenLifeMs;
  scope.put(clientTokens, {
    id,
    createdAt: scope.now,
    tags: [],
    parameters: asked,
    output: stringify(output),
    until,
  });
  return output;
}

/** The same for the same content, in whatever order its members stand. */
function digest(value: unknown): string {
  const text = JSON.stringify(value, (_, member: unknown) =>
    member && typeof member === "object" && !Array.isArray(member) && !ArrayBuffer.isView(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
  return createHash("sha256").update(text).digest("hex");
}

// An output's dates outlive JSON as { $date: milliseconds }.
function stringify(output: object): string {
  return JSON.stringify(output, function (this: Record<string, unknown>, key, value: unknown) {
    const original = this[key];
    return original instanceof Date ? { $date: original.getTime() } : value;
  });
}

function parse(text: string): object {
  return JSON.parse(text, (_, value: unknown) =>
    value && typeof value === "object" && "$date" in value ? new Date(value.$date as number) : value,
  ) as object;
}

/** An action's output as the SDK types it, without what only a client adds. */
export type Output<CommandOutput> = Omit<CommandOutput, "$metadata">;
