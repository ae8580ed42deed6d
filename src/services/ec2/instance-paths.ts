import { AwsError } from "../../aws/error.ts";
import type { WireRequest, WireResponse } from "../../aws/http.ts";
import type { Random } from "../../aws/random.ts";
import { ownCall } from "../../aws/service-call.ts";
import { scheduleEvent } from "./instances/events.ts";
import { instances, type StatusCheck } from "./instances/kinds.ts";
import { setStatusCheck } from "./instances/status.ts";
import { invalidValue } from "./mechanism/errors.ts";
import type { Inventory, Place } from "./mechanism/inventory.ts";
import { type WriteScope, writeScopeOver } from "./mechanism/scope.ts";
import { createMetadata, type MetadataParts } from "./metadata/service.ts";
import type { Interruptions } from "./spot/interruptions.ts";

/** Below it, what AWS has inside an instance or has no API for. */
export const instancesPath = "/_opentrail/instances/";

/** The SSH keys that an instance takes now, as they are shown. */
export type LiveKeys = (place: Place, instanceId: string) => Promise<readonly object[]>;

interface Parts extends MetadataParts {
  readonly inventory: Inventory;
  readonly random: Random;
  readonly interruptions: Interruptions;
  readonly liveKeys: LiveKeys;
}

const loopback = /^(127\.\d+\.\d+\.\d+|::1)$/;
const answer = (status: number, content: object): WireResponse => ({
  status,
  headers: { "content-type": "application/json" },
  body: `${JSON.stringify(content)}\n`,
});
const refusal = (status: number, message: string) => answer(status, { message });

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A duration such as `2m` in milliseconds; throws when it isn't one, or is longer than `most`. */
function durationOf(query: URLSearchParams, name: string, most: number, inWords: string): number {
  const [, count, unit = ""] = /^(\d{1,4})([smhd])$/.exec(query.get(name) ?? "0s") ?? [];
  const duration = Number(count) * (unitMs[unit] ?? Number.NaN);
  if (duration <= most) return duration;
  throw invalidValue(`${name}: give it as 30s or 2m, ${inWords} at most`);
}

interface Operation {
  readonly method: "GET" | "POST";
  readonly run: (place: Place, id: string, query: URLSearchParams) => Promise<object>;
}

const checks: readonly StatusCheck[] = ["instance", "system", "ebs"];

function operationsOf({
  interruptions,
  inventory,
  clock,
  random,
  liveKeys,
}: Parts): Readonly<Record<string, Operation>> {
  const write = <T>(place: Place, work: (scope: WriteScope) => T) =>
    inventory.write(place, (draft) => work(writeScopeOver(draft, ownCall(place, ""), clock.now(), random, [])));
  return {
    interrupt: {
      method: "POST",
      async run(place, id, query) {
        const notice = durationOf(query, "notice", 3_600_000, "an hour");
        await interruptions.interrupt(place, id, notice);
        return { instanceId: id, noticeSeconds: notice / 1000 };
      },
    },
    event: {
      method: "POST",
      async run(place, id, query) {
        const wait = durationOf(query, "notBefore", 90 * 86_400_000, "90d");
        const event = await write(place, (scope) => scheduleEvent(id, query.get("code") ?? "", wait, scope));
        return { instanceId: id, event };
      },
    },
    "status-check": {
      method: "POST",
      async run(place, id, query) {
        const asked = checks.filter((check) => query.has(check));
        if (asked.length === 0 || asked.some((check) => !["ok", "impaired"].includes(query.get(check) ?? "")))
          throw invalidValue(`status-check: give ${checks.join(", ")} as ok or impaired`);
        await write(place, (scope) => {
          for (const check of asked) setStatusCheck(id, check, query.get(check) === "ok", scope);
        });
        return { instanceId: id, ...Object.fromEntries(asked.map((check) => [check, query.get(check)])) };
      },
    },
    "ssh-keys": {
      method: "GET",
      run: async (place, id) => ({ instanceId: id, keys: await liveKeys(place, id) }),
    },
  };
}

/**
 * `…/i-0123…/latest/…`: the instance's metadata service. `POST …/interrupt?notice=2m`: EC2 takes the capacity of a Spot
 * Instance back. `POST …/event?code=instance-stop&notBefore=2h`, `POST …/status-check?system=impaired`, `GET …/ssh-keys`.
 * For this machine alone, not through a proxy: it gives credentials away.
 */
export function createInstancePaths(parts: Parts) {
  const metadata = createMetadata(parts);
  const operations = operationsOf(parts);

  return async (head: Omit<WireRequest, "body">): Promise<WireResponse> => {
    if (!loopback.test(head.remoteAddress) || head.headers["x-forwarded-for"] !== undefined)
      return refusal(403, "Instances answer to this machine alone");
    const [id = "", ...rest] = head.path.slice(instancesPath.length).split("/");
    const place = await parts.inventory.locate(instances, id);
    if (!place) return refusal(404, `There is no instance ${id}`);
    const [name = ""] = rest;
    const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
    if (!operation) return metadata(place, id, rest.join("/"), head);
    if (head.method !== operation.method) return refusal(405, `Ask for ${name} with ${operation.method}`);
    try {
      return answer(200, await operation.run(place, id, new URLSearchParams(head.query)));
    } catch (error) {
      if (error instanceof AwsError) return refusal(error.status, error.message);
      throw error;
    }
  };
}
