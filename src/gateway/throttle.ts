import type { Call } from "../aws/call.ts";
import type { Clock } from "../aws/clock.ts";

/** Says whether a call came too soon after others of its account and action. */
export type Throttle = (call: Pick<Call, "account" | "service" | "actionName" | "region">) => boolean;

interface Bucket {
  tokens: number;
  at: number;
}

// Buckets that have filled up again tell nothing and are dropped.
const tidyAt = 10_000;

/**
 * A token bucket for each account, Region and action, as EC2 has them: it holds a second's worth of calls, at least one,
 * and fills at `perSecond`; a clock that is set back fills it, too. https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
 */
export function createThrottle(perSecond: number, clock: Clock): Throttle {
  const capacity = Math.max(1, perSecond);
  const buckets = new Map<string, Bucket>();
  const level = ({ tokens, at }: Bucket, now: number) =>
    Math.min(capacity, tokens + (Math.abs(now - at) / 1_000) * perSecond);

  return ({ account, service, actionName, region }) => {
    const now = clock.now();
    const key = `${account} ${region} ${service.name} ${actionName}`;
    const bucket = buckets.get(key);
    const tokens = bucket ? level(bucket, now) : capacity;
    if (tokens < 1) return true;
    if (!bucket && buckets.size >= tidyAt) {
      for (const [other, one] of buckets) if (level(one, now) >= capacity) buckets.delete(other);
    }
    buckets.set(key, { tokens: tokens - 1, at: now });
    return false;
  };
}
