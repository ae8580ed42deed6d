import { createHash, createHmac } from "node:crypto";
import type { Clock } from "../../aws/clock.ts";
import type { EventTarget } from "./event-target.ts";

export interface WebhookSettings {
  readonly url: string;
  /** What requests are signed with. */
  readonly secret: string;
  readonly readOnlyEvents: boolean;
}

const timeoutMs = 10_000;

/**
 * The `X-OpenTrail-Signature` of a request: `t=<seconds since 1970>,v1=<hex HMAC-SHA256 of "<t>.<body>">`.
 * A receiver computes it again from the bytes it got, and refuses an old `t`.
 */
export function webhookSignature(secret: string, body: string, now: number): string {
  const time = Math.floor(now / 1_000);
  return `t=${time},v1=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`;
}

/** A URL that gets events as a JSON array in a POST; `number` is its place in the settings. Only 2xx means that it has them. */
export function createWebhook(
  { url, secret, readOnlyEvents }: WebhookSettings,
  number: number,
  clock: Clock,
): EventTarget {
  // A URL's path and query may be secret too.
  const name = `webhook ${number} (${new URL(url).origin})`;
  return {
    id: `webhook/${createHash("sha256").update(url).digest("hex").slice(0, 32)}`,
    name,
    readOnlyEvents,
    sourcePrefix: "aws.",
    limits: { items: 100, bytes: 1_000_000 },
    async send(events, signal) {
      const body = JSON.stringify(events);
      const request = fetch(url, {
        method: "POST",
        body,
        headers: {
          "content-type": "application/json",
          "user-agent": "OpenTrail",
          "x-opentrail-signature": webhookSignature(secret, body, clock.now()),
        },
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      const response = await request.catch((error: Error) => {
        const { code = error.name } = (error.cause ?? {}) as NodeJS.ErrnoException;
        throw new Error(`${name} can't be reached: ${code}`);
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`${name} answers ${response.status}`);
    },
  };
}
