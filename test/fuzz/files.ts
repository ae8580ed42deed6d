import { randomUUID } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { Readable } from "node:stream";
import { gunzipSync, gzipSync } from "node:zlib";
import { recordsOf } from "../../src/cli/rebuild-log-files.ts";
import { eventOf } from "../../src/history/event.ts";
import { recordOf } from "../../src/history/history.fixture.ts";
import { rowOf } from "../../src/history/row.ts";
import { headerBytes, writeHeader } from "../../src/storage/journal/frame.ts";
import { readEntries, recover, segmentName } from "../../src/storage/journal/segment.ts";
import type { Objects } from "../../src/storage/objects/index.ts";
import { verify } from "../../src/trails/verify/index.ts";
import { filledBucket, request, sourceOf } from "../../src/trails/verify/verify.fixture.ts";
import { isOneLine, type Target } from "./engine.ts";
import { mutated, mutatedBytes } from "./mutate.ts";

async function allows(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isOneLine(error)) throw error;
  }
}

/** A file in memory. */
function fileOf(bytes: Buffer): FileHandle {
  const read = async (target: Buffer, offset: number, length: number, position: number) => ({
    bytesRead: bytes.copy(target, offset, position, Math.min(bytes.length, position + length)),
  });
  return { read } as unknown as FileHandle;
}

/** Segments of the journal, broken: what is read is what was written, or it is said to be damaged. */
const journal: Target = {
  name: "journal",
  share: 6,
  async open() {
    const texts = Array.from({ length: 8 }, (_, index) => JSON.stringify(recordOf(index)).slice(0, 200 + 50 * index));
    const whole = Buffer.concat(
      texts.map((text, index) => {
        const record = Buffer.from(text);
        const header = Buffer.alloc(headerBytes);
        writeHeader(header, 0, index + 1, index % 3, record);
        return Buffer.concat([header, record]);
      }),
    );
    return {
      async run(now) {
        const bytes = mutatedBytes(now, whole, whole);
        const segment = { path: segmentName(1), first: 1, size: bytes.length, marks: [] };
        await allows(async () => {
          const { size, next } = await recover(fileOf(bytes), segment, bytes.length);
          const entries = await readEntries(fileOf(bytes), { ...segment, size, marks: [] }, 1, 100);
          if (entries.length !== next - 1) throw new Error("it isn't read as it was recovered:\n");
          for (const [index, { record }] of entries.entries())
            if (record.toString() !== texts[index]) throw new Error("it reads what nobody wrote:\n");
        });
      },
    };
  },
};

/** Log files that rebuild reads. */
const logFiles: Target = {
  name: "log files",
  share: 3,
  async open() {
    const text = JSON.stringify({ Records: [recordOf(1), recordOf(2)] });
    const packed = gzipSync(text);
    return {
      async run(now) {
        const body = now.chance(0.5) ? gzipSync(mutated(now, text, text)) : mutatedBytes(now, packed, packed);
        const objects = { get: async () => ({ body: Readable.from([body]) }) } as unknown as Objects;
        await allows(async () => {
          for await (const { records } of recordsOf(objects, [{ bucket: "b", key: `k${randomUUID()}` }])) {
            for (const [index, record] of records.entries()) rowOf(eventOf(index, JSON.stringify(record)));
          }
        });
      },
    };
  },
};

/** Buckets that verify reads: something is changed somewhere, and it is found, whatever it is. */
const digests: Target = {
  name: "verify",
  share: 2,
  async open() {
    const { objects, end, digests: chain } = filledBucket([1, 2, 1]);
    const keys = [...objects.keys()];
    return {
      async run(now) {
        const key = now.of(keys);
        const stored = objects.get(key);
        if (!stored) return;
        const changed = new Map(objects);
        const how = now.below(4);
        const text = gunzipSync(stored.body).toString();
        if (how === 0) changed.set(key, { ...stored, body: mutatedBytes(now, stored.body, stored.body) });
        else if (how === 1) changed.set(key, { ...stored, body: gzipSync(mutated(now, text, text)) });
        else if (how === 2 && chain.includes(key)) {
          const metadata = { ...stored.metadata, signature: mutated(now, stored.metadata.signature ?? "", "00") };
          changed.set(key, { ...stored, metadata });
        } else {
          changed.delete(key);
          changed.set(mutated(now, key, key), stored);
        }
        await allows(() => verify(sourceOf(changed), request(end)));
      },
    };
  },
};

export const fileTargets: readonly Target[] = [journal, logFiles, digests];
