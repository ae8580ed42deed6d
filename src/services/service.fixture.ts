import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Call } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import { type ServiceName, service } from "../aws/model.ts";
import { accountId, region } from "../aws/names.ts";
import { type Notes, noNotes } from "../aws/notes.ts";
import { openFolderObjects } from "../storage/objects/index.ts";
import { openLmdbState } from "../storage/state/index.ts";
import type { Handlers } from "./service.ts";

/** A clock that a test sets. */
export class TestClock {
  milliseconds = Date.UTC(2026, 6, 1, 12);
  now(): number {
    return this.milliseconds;
  }
}

export const account = accountId("123456789012");

const root: Caller = {
  type: "Root",
  accountId: account,
  principalId: account,
  arn: `arn:aws:iam::${account}:root`,
};

/** State and objects in a folder that goes with the test. */
export async function openStores() {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-service-"));
  const state = await openLmdbState({ folder: join(folder, "state") });
  const objects = await openFolderObjects({ folder: join(folder, "objects") });
  onTestFinished(async () => {
    await objects.close();
    await state.close();
    await rm(folder, { recursive: true, force: true });
  });
  return { state, objects };
}

interface CallOptions {
  readonly as?: Caller;
  readonly region?: string;
  /** Where the service leaves its notes. */
  readonly notes?: Notes;
}

/** Calls a service's actions as a caller would, by their names. */
export function clientOf(serviceName: ServiceName, handlers: Handlers) {
  return {
    // biome-ignore lint/suspicious/noExplicitAny: a test reads any action's output
    async call(action: string, input: object = {}, options: CallOptions = {}): Promise<any> {
      const handler = handlers[action];
      if (!handler) throw new Error(`${serviceName} has no handler for ${action}`);
      const caller = options.as ?? root;
      const call: Call = {
        service: service(serviceName),
        actionName: action,
        action: service(serviceName).actions.get(action),
        input: { ...input },
        caller,
        account: caller.accountId,
        region: region(options.region ?? "us-east-1"),
        requestId: "9f6f4d1e-0000-4000-8000-000000000000",
        notes: options.notes ?? noNotes(),
        request: {
          method: "POST",
          path: "/",
          query: "",
          headers: {},
          remoteAddress: "127.0.0.1",
          body: Buffer.alloc(0),
        },
      };
      return await handler(input as never, call);
    },
  };
}
