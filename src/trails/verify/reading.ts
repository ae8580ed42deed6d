import pMap from "p-map";
import type { Platform } from "./platform.ts";
import type { ObjectSource, StoredObject } from "./source.ts";

/** A source as it is read, with what is known of how much is to be read. */
export interface Reading {
  readonly source: ObjectSource;
  readonly platform: Platform;
  /** Works on items each of which reads one object, several at once. */
  each<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<Result[]>;
  get(bucket: string, key: string): Promise<StoredObject | undefined>;
}

/** Reads a source; `onProgress` is told how many of the objects that are known of so far are worked on. */
export function readingOf(
  source: ObjectSource,
  platform: Platform,
  onProgress?: (done: number, total: number) => void,
): Reading {
  let done = 0;
  let total = 0;
  return {
    source,
    platform,
    get: source.get,
    each(items, work) {
      total += items.length;
      const counted = async (item: (typeof items)[number]) => {
        const result = await work(item);
        done += 1;
        onProgress?.(done, total);
        return result;
      };
      return pMap(items, counted, { concurrency: source.concurrency });
    },
  };
}
