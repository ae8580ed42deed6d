import type { NormalizedSchema } from "@smithy/core/schema";

/** What EC2 writes in place of a secret. */
export const removed = "<sensitiveDataRemoved>";

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}

export function isArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** A blob as its base64 text; what no JSON can hold (a stream, a function) as undefined. */
export function jsonScalar(value: unknown): unknown {
  switch (typeof value) {
    case "string":
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : String(value);
    case "bigint":
      return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
    default:
      return value instanceof Uint8Array ? Buffer.from(value).toString("base64") : undefined;
  }
}

export function isSensitive(schema: NormalizedSchema): boolean {
  return Boolean(schema.getMergedTraits().sensitive);
}

/** `2023-07-10T11:55:14Z`; undefined for a date that isn't one. */
export function isoSeconds(date: Date): string | undefined {
  return Number.isNaN(date.getTime()) ? undefined : `${date.toISOString().slice(0, 19)}Z`;
}
