import type { Shape, TimestampFormat } from "./shape.ts";

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function numberFrom(text: string): number | undefined {
  return decimal.test(text) ? Number(text) : undefined;
}

function booleanFrom(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return lower === "true" ? true : lower === "false" ? false : undefined;
}

const dateTime = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/i;

/** A point in time as text in any of AWS's three forms (ISO 8601 without a zone is UTC); undefined when it is none. */
export function timestampFrom(text: string): Date | undefined {
  const iso = dateTime.exec(text);
  const milliseconds = iso
    ? Date.parse(iso[1] === undefined && text.length > 10 ? `${text}Z` : text)
    : decimal.test(text)
      ? Math.round(Number(text) * 1000)
      : Date.parse(/ GMT$/.test(text) ? text : "");
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** A point in time as AWS writes it. */
export function timestampText(date: Date, format: TimestampFormat): string {
  if (format === "http-date") return date.toUTCString();
  if (format === "epoch-seconds") return String(date.getTime() / 1000);
  return date.toISOString();
}

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Bytes from base64 (line breaks allowed); undefined when it isn't base64. */
export function bytesFrom(text: string): Uint8Array | undefined {
  const plain = text.replace(/[\r\n]/g, "");
  return base64.test(plain) ? new Uint8Array(Buffer.from(plain, "base64")) : undefined;
}

export function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}

/** A value of a shape from text, as the AWS SDK types it; undefined when the text isn't one. */
export function scalarFrom(shape: Shape, text: string): unknown {
  switch (shape.kind) {
    case "string":
      return text;
    case "number":
      return numberFrom(text);
    case "boolean":
      return booleanFrom(text);
    case "timestamp":
      return timestampFrom(text);
    case "blob":
      return bytesFrom(text);
    default:
      return undefined;
  }
}

/** Sets a member that a client named: `__proto__` becomes a member like any other. */
export function setOwn(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === "__proto__")
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  else target[key] = value;
}
