import { Readable } from "node:stream";
import { AwsError } from "../../aws/error.ts";
import type { ObjectHead } from "../../storage/objects/index.ts";
import { noSuchKey, notImplemented, preconditionFailed } from "./errors.ts";
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

/** What a write may ask of the object that it replaces. */
export type WriteConditions = Pick<Conditions, "IfMatch" | "IfNoneMatch">;

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
function checkWrite(head: ObjectHead | undefined, key: string, { IfMatch, IfNoneMatch }: WriteConditions): void {
  if (IfNoneMatch !== undefined) {
    if (IfNoneMatch !== "*") throw notImplemented();
    if (head) throw preconditionFailed("If-None-Match");
  }
  if (IfMatch !== undefined) {
    if (!head) throw noSuchKey(key);
    if (!matches(IfMatch, etagOf(head))) throw preconditionFailed("If-Match");
  }
}

/** May the object be deleted? One that isn't there may. */
export function checkDelete(head: ObjectHead | undefined, { IfMatch }: WriteConditions): void {
  if (head && IfMatch !== undefined && !matches(IfMatch, etagOf(head))) throw preconditionFailed("If-Match");
}

/** The way into a key for a write: of many with conditions on it, one at a time. */
interface WriteGate {
  /** Whether the conditions hold now: it would be a waste to take the bytes when they don't. */
  check(): Promise<void>;
  /** Runs `put` on the body, at whose end the conditions must still hold, and do until `put` is done. */
  enter<Result>(body: Body, put: (body: Body) => Promise<Result>): Promise<Result>;
}

type Body = Readable | Uint8Array;

const open: WriteGate = { check: async () => {}, enter: (body, put) => put(body) };
const turns = new Map<string, Promise<void>>();

/** The gate of a write; `current` reads what the key stands for. Throws PreconditionFailed or NoSuchKey. */
export function writeGate(
  bucket: string,
  key: string,
  conditions: WriteConditions | undefined,
  current: () => Promise<ObjectHead | undefined>,
): WriteGate {
  if (conditions?.IfMatch === undefined && conditions?.IfNoneMatch === undefined) return open;
  const name = `${bucket}/${key}`;
  const check = async () => checkWrite(await current(), key, conditions);
  return {
    check,
    async enter(body, put) {
      let leave = () => {};
      async function* guarded() {
        yield* body instanceof Uint8Array ? [body] : body;
        const before = turns.get(name);
        const { promise, resolve } = newTurn();
        turns.set(name, promise);
        leave = () => {
          if (turns.get(name) === promise) turns.delete(name);
          resolve();
        };
        await before;
        await check();
      }
      try {
        return await put(Readable.from(guarded(), { objectMode: false }));
      } finally {
        leave();
      }
    },
  };
}

function newTurn(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
