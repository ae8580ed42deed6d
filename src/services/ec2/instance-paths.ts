import { AwsError } from "../../aws/error.ts";
import type { WireRequest, WireResponse } from "../../aws/http.ts";
import { instances } from "./instances/kinds.ts";
import type { Inventory } from "./mechanism/inventory.ts";
import { createMetadata, type MetadataParts } from "./metadata/service.ts";
import type { Interruptions } from "./spot/interruptions.ts";

/** Below it, what AWS has inside an instance or has no API for. */
export const instancesPath = "/_opentrail/instances/";

interface Parts extends MetadataParts {
  readonly inventory: Inventory;
  readonly interruptions: Interruptions;
}

const loopback = /^(127\.\d+\.\d+\.\d+|::1)$/;
const json = { "content-type": "application/json" };
const refusal = (status: number, message: string): WireResponse => ({
  status,
  headers: json,
  body: `${JSON.stringify({ message })}\n`,
});

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };

/** Notice such as `2m` in milliseconds; an hour at most, undefined for anything else. */
function noticeOf(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d{1,4})([smh])$/.exec(text) ?? [];
  const notice = Number(count) * (unitMs[unit] ?? Number.NaN);
  return notice <= 3_600_000 ? notice : undefined;
}

/**
 * `…/i-0123…/latest/…`: the instance's metadata service. `POST …/i-0123…/interrupt?notice=2m`: EC2 takes the capacity of a
 * Spot Instance back, at once when no notice is given. For this machine alone, not through a proxy: it gives credentials away.
 */
export function createInstancePaths({ interruptions, ...parts }: Parts) {
  const metadata = createMetadata(parts);

  return async (head: Omit<WireRequest, "body">): Promise<WireResponse> => {
    if (!loopback.test(head.remoteAddress) || head.headers["x-forwarded-for"] !== undefined)
      return refusal(403, "Instances answer to this machine alone");
    const [id = "", ...rest] = head.path.slice(instancesPath.length).split("/");
    const place = await parts.inventory.locate(instances, id);
    if (!place) return refusal(404, `There is no instance ${id}`);
    if (rest[0] !== "interrupt") return metadata(place, id, rest.join("/"), head);
    if (head.method !== "POST") return refusal(405, "Interrupt an instance with POST");
    const notice = noticeOf(new URLSearchParams(head.query).get("notice") ?? "0s");
    if (notice === undefined) return refusal(400, "notice: give it as 30s or 2m, an hour at most");
    try {
      await interruptions.interrupt(place, id, notice);
    } catch (error) {
      if (error instanceof AwsError) return refusal(error.status, error.message);
      throw error;
    }
    return {
      status: 200,
      headers: json,
      body: `${JSON.stringify({ instanceId: id, noticeSeconds: notice / 1000 })}\n`,
    };
  };
}
