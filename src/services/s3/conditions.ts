import { AwsError } from "../../aws/error.ts";
import type { ObjectHead } from "../../storage/objects/index.ts";
import { notImplemented, preconditionFailed } from "./errors.ts";
import { etagOf } from "./headers.ts";

interface Conditions {
  readonly IfMatch?: string | undefined;
  readonly IfNoneMatch?: string | undefined;
  readonly IfModifiedSince?: Date | undefined;
  readonly IfUnmodifiedSince?: Date | undefined;
}

function matches(list: string, etag: string): boolean {
  return list.split(",").some((one) => {
    const tag = one.trim().replace(/^W\//, "");
    return tag === "*" || tag === etag || `"${tag}"` === etag;
  });
}

// HTTP dates have whole seconds.
function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** The first condition that doesn't hold, in the order of RFC 9110, 13.2.2. */
function failed(head: ObjectHead, conditions: Conditions): keyof Conditions | undefined {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  const etag = etagOf(head);
  const modified = seconds(head.lastModified);
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, etag)) return "IfMatch";
  } else if (IfUnmodifiedSince !== undefined && modified > seconds(IfUnmodifiedSince.getTime())) {
    return "IfUnmodifiedSince";
  }
  if (IfNoneMatch !== undefined) {
    if (matches(IfNoneMatch, etag)) return "IfNoneMatch";
  } else if (IfModifiedSince !== undefined && modified <= seconds(IfModifiedSince.getTime())) {
    return "IfModifiedSince";
  }
  return undefined;
}

const headerOf: Readonly<Record<keyof Conditions, string>> = {
  IfMatch: "If-Match",
  IfNoneMatch: "If-None-Match",
  IfModifiedSince: "If-Modified-Since",
  IfUnmodifiedSince: "If-Unmodified-Since",
};

/** May the object be read? NotModified (304) or PreconditionFailed (412) when a condition says no. */
export function checkRead(head: ObjectHead, conditions: Conditions): void {
  const condition = failed(head, conditions);
  if (condition === undefined) return;
  if (condition === "IfNoneMatch" || condition === "IfModifiedSince") {
    throw new AwsError("NotModified", "Not Modified", { status: 304 });
  }
  throw preconditionFailed(headerOf[condition]);
}

/** May the object be copied? PreconditionFailed for every condition that says no. */
export function checkCopySource(head: ObjectHead, conditions: Conditions): void {
  const condition = failed(head, conditions);
  if (condition !== undefined) throw preconditionFailed(`x-amz-copy-source-${headerOf[condition]}`);
}

/**
 * May the object be written over `head`?
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
export function checkWrite(
  head: ObjectHead | undefined,
  conditions: Pick<Conditions, "IfMatch" | "IfNoneMatch">,
  missing: () => AwsError,
): void {
  const { IfMatch, IfNoneMatch } = conditions;
  if (IfNoneMatch !== undefined) {
    if (IfNoneMatch !== "*") throw notImplemented();
    if (head) throw preconditionFailed("If-None-Match");
  }
  if (IfMatch !== undefined) {
    if (!head) throw missing();
    if (!matches(IfMatch, etagOf(head))) throw preconditionFailed("If-Match");
  }
}
