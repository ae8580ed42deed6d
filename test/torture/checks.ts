import { gunzipSync } from "node:zlib";
import type { Wire } from "./wire.ts";

interface Record {
  readonly eventID: string;
  readonly requestID?: string;
  readonly eventName: string;
  readonly eventCategory: string;
  readonly recipientAccountId: string;
}

/** How often each source has the answered calls that it should have once. */
export interface Tally {
  /** Answered and nowhere. */
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
}

/** Reads what trails have delivered to a bucket; log files that were read before aren't read again. */
export function openLogFiles(bucket: string) {
  const records = new Map<string, readonly Record[]>();
  return {
    async read(wire: Wire): Promise<Record[]> {
      let after = "";
      for (;;) {
        const start = encodeURIComponent(after);
        const { text } = await wire.rest("s3", "GET", `/${bucket}?list-type=2&start-after=${start}`);
        const keys = [...text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key]) => key as string);
        for (const key of keys) {
          if (!/\/CloudTrail\/.*\.json\.gz$/.test(key) || records.has(key)) continue;
          const { bytes } = await wire.rest("s3", "GET", `/${bucket}/${key}`);
          records.set(key, (JSON.parse(gunzipSync(bytes).toString()) as { Records: Record[] }).Records);
        }
        after = keys.at(-1) ?? "";
        if (!/<IsTruncated>true/.test(text)) return [...records.values()].flat();
      }
    },
  };
}

/** All of Event history. */
export async function readHistory(url: string): Promise<Record[]> {
  const answer = await fetch(`${url}/_opentrail/event_history.json`);
  return ((await answer.json()) as { Records: Record[] }).Records;
}

const twice = (values: readonly string[]): string[] => {
  const seen = new Set<string>();
  return values.filter((value) => seen.size === seen.add(value).size);
};

/** Compares what is recorded with what was answered: request ids, with the call that each is of. */
export function tally(source: string, records: readonly Record[], answered: ReadonlyMap<string, string>): Tally {
  const own = records.filter(({ requestID }) => requestID !== undefined && answered.has(requestID));
  const ids = new Set(own.map(({ requestID }) => requestID));
  const lost = [...answered].filter(([id]) => !ids.has(id)).map(([id, what]) => `${what} (${id}) isn't in ${source}`);
  const events = twice(records.map(({ eventID }) => eventID)).map((id) => `event ${id} is twice in ${source}`);
  // What AWS does because of a call has the call's request id and another name.
  const calls = twice(
    own.map(({ requestID, eventName, recipientAccountId }) => `${requestID} ${eventName} ${recipientAccountId}`),
  );
  return { lost, doubled: [...events, ...calls.map((call) => `call ${call} is twice in ${source}`)] };
}
