import { AwsError } from "../../aws/error.ts";

/** First and last byte, both included. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/**
 * The bytes that a Range header means in an object of `size` bytes; undefined means all of it, also for a header that
 * S3 doesn't understand (several ranges, other units). InvalidRange when none of them exists.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (!match) return undefined;
  const [first, last] = [match[1] ?? "", match[2] ?? ""];
  if (first === "" && last === "") return undefined;
  if (first !== "" && last !== "" && Number(last) < Number(first)) return undefined;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const end = first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1);
  if (start >= size || (first === "" && Number(last) === 0)) {
    throw new AwsError("InvalidRange", "The requested range is not satisfiable", {
      status: 416,
      details: { RangeRequested: header ?? "", ActualObjectSize: String(size) },
    });
  }
  return { start, end };
}
