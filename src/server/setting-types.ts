import { parse } from "yaml";
import { z } from "zod";

// What settings of several kinds are made of.

export const unitMs = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Takes a duration such as `10s`, `5m`, `1h` or `90d` for milliseconds; undefined when it isn't one. */
export function parseDuration(text: string): number | undefined {
  const [, number, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * unitMs[unit as keyof typeof unitMs];
}

/** A duration in milliseconds; `least` and `most` are `leastMs` and `mostMs` as people write them. */
export function duration(leastMs: number, least: string, mostMs = Number.POSITIVE_INFINITY, most = "") {
  const bounds = most === "" ? `at least ${least}` : `at least ${least} and at most ${most}`;
  return z.string().transform((text, context) => {
    const milliseconds = parseDuration(text);
    if (milliseconds !== undefined && milliseconds >= leastMs && milliseconds <= mostMs) return milliseconds;
    context.addIssue(`"${text}" is no duration of ${bounds}; write it as 10s, 5m or 1h`);
    return z.NEVER;
  });
}

/** What `take` makes of a text; the message of what it throws is the user's. */
export function named<Name>(take: (text: string) => Name) {
  return z.coerce.string().transform((text, context) => {
    try {
      return take(text);
    } catch (error) {
      context.addIssue((error as Error).message);
      return z.NEVER;
    }
  });
}

/** Reads YAML. The parser's warnings show what it read, which may have a secret in it, so it has none. */
export function readYaml(text: string): unknown {
  return parse(text, { logLevel: "error" });
}

/** A setting of several parts; in the environment it is written as YAML or JSON. */
export function parts<Shape extends z.ZodType>(shape: Shape) {
  return z.preprocess((value, context) => {
    if (typeof value !== "string") return value;
    try {
      return readYaml(value);
    } catch {
      // The parser's own message shows what it read, which may have a secret in it.
      context.addIssue("is neither YAML nor JSON");
      return z.NEVER;
    }
  }, shape);
}

export const webUrl = z.url({ protocol: /^https?$/, error: "takes an http:// or https:// URL" });
