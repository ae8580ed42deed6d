import type { Clock } from "../aws/clock.ts";
import { AwsError } from "../aws/error.ts";

/** Lets `perSecond` calls a second through for each key, and throws ThrottlingException for those above. */
export function createThrottle(perSecond: number, clock: Clock): (key: string) => void {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (key) => {
    const now = clock.now();
    const bucket = buckets.get(key) ?? { tokens: perSecond, at: now };
    bucket.tokens = Math.min(perSecond, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    bucket.at = now;
    buckets.set(key, bucket);
    if (bucket.tokens < 1) throw new AwsError("ThrottlingException", "Rate exceeded");
    bucket.tokens -= 1;
  };
}
