import { InvalidArgumentError } from "commander";
import type { Clock } from "../aws/clock.ts";

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** A time as a person gives it, `1h` (ago) or ISO 8601 (without an offset: local time), as ISO 8601 in UTC. */
export function timeArgument(text: string, clock: Clock): string {
  const [, amount, unit] = /^(\d{1,6})([smhdw])$/.exec(text) ?? [];
  const milliseconds =
    amount && unit
      ? clock.now() - Number(amount) * (units[unit] ?? 0) * 1_000
      : /^\d{4}-\d/.test(text)
        ? Date.parse(text)
        : NaN;
  if (Number.isNaN(milliseconds)) throw new InvalidArgumentError("Give it as 30m, 1h, 7d or 2026-01-31T09:00:00Z.");
  return new Date(milliseconds).toISOString();
}
