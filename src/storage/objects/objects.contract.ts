import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { buffer, text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import type { Objects } from "./objects.ts";

/** Objects that a contract's test may close and open again where they lie. */
export interface ObjectsUnderTest {
  readonly objects: Objects;
  /** Closes them and opens what they left behind. */
  reopen(): Promise<ObjectsUnderTest>;
}

/** What every store of objects promises, whatever it is kept in. `open` gives a new, empty one. */
export function objectsContract(open: () => Promise<ObjectsUnderTest>): void {
  const none = { headers: {} };
  const put = (objects: Objects, key: string, body: string, bucket = "logs") =>
    objects.put(bucket, key, Buffer.from(body), none);
  const read = async (objects: Objects, key: string, range?: { start: number; end: number }) => {
    const found = await objects.get("logs", key, range);
    return found === undefined ? undefined : text(found.body);
  };
  const keys = async (objects: Objects, options: { prefix?: string; after?: string; limit?: number }) =>
    (await objects.list("logs", { limit: 1000, ...options })).map((head) => head.key);

  describe("the contract of objects", () => {
    it("asks for headers that are known only when the bytes have come in", async () => {
      const { objects } = await open();
      const headers: Record<string, string> = {};
      async function* body() {
        yield Buffer.from("hello");
        headers["x-amz-checksum-crc32"] = "NhCmhg==";
      }
      await objects.put("logs", "a", Readable.from(body()), () => ({ headers: { ...headers } }));
      expect((await objects.head("logs", "a"))?.headers).toEqual({ "x-amz-checksum-crc32": "NhCmhg==" });
    });

    it("gives back an object's bytes, headers, size, MD5 and time", async () => {
      const { objects } = await open();
      const before = Date.now();
      const headers = { "content-type": "application/json", "x-amz-meta-name": "ü" };
      const head = await objects.put("logs", "a/b.json", Readable.from([Buffer.from("hello "), Buffer.from("world")]), {
        headers,
      });
      const etag = createHash("md5").update("hello world").digest("hex");
      expect(head).toMatchObject({ key: "a/b.json", size: 11, etag, headers });
      expect(head.lastModified).toBeGreaterThanOrEqual(before - 1000);
      expect(head.lastModified).toBeLessThanOrEqual(Date.now() + 1000);
      expect(await objects.head("logs", "a/b.json")).toEqual(head);
      const found = await objects.get("logs", "a/b.json");
      expect(found?.head).toEqual(head);
      expect(found && (await text(found.body))).toBe("hello world");
    });

    it("knows nothing of an object that isn't there, or is in another bucket", async () => {
      const { objects } = await open();
      await put(objects, "a", "1", "others");
      expect(await objects.head("logs", "a")).toBeUndefined();
      expect(await objects.get("logs", "a")).toBeUndefined();
      expect(await objects.delete("logs", "a")).toBe(false);
      expect(await objects.list("logs", { limit: 10 })).toEqual([]);
      expect(await objects.list("other", { limit: 10 })).toEqual([]);
    });

    it("keeps its objects after it was closed and opened again", async () => {
      const first = await open();
      const head = await put(first.objects, "a", "1");
      await put(first.objects, "empty", "");
      const { objects } = await first.reopen();
      expect(await objects.head("logs", "a")).toEqual(head);
      expect(await read(objects, "a")).toBe("1");
      expect(await read(objects, "empty")).toBe("");
    });

    it("takes any key: empty segments, dots, control characters, 1,024 bytes", async () => {
      const { objects } = await open();
      const strange = [
        "/",
        "//",
        "a//b",
        "../../etc/passwd",
        "..",
        ".",
        "a/../b",
        "a\u0000b",
        "a\\b",
        "%2e%2e",
        "\u{1f980}",
        "k".repeat(1024),
      ];
      for (const key of strange) await put(objects, key, `bytes of ${key}`);
      for (const key of strange) expect(await read(objects, key)).toBe(`bytes of ${key}`);
      const sorted = [...strange].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      expect(await keys(objects, {})).toEqual(sorted);
    });

    it("gives a range of the bytes, cut at the object's end", async () => {
      const { objects } = await open();
      await put(objects, "a", "0123456789");
      expect(await read(objects, "a", { start: 0, end: 0 })).toBe("0");
      expect(await read(objects, "a", { start: 3, end: 5 })).toBe("345");
      expect(await read(objects, "a", { start: 8, end: 100 })).toBe("89");
      const part = await objects.get("logs", "a", { start: 3, end: 5 });
      part?.body.destroy();
      expect(part?.head.size).toBe(10);
    });

    it("lists by prefix, after a key and up to a limit, in the order of the keys' bytes", async () => {
      const { objects } = await open();
      for (const key of ["b", "a/2", "a/1", "a/10", "a", "a0", "é", "z", "\u{1f980}"]) await put(objects, key, key);
      expect(await keys(objects, {})).toEqual(["a", "a/1", "a/10", "a/2", "a0", "b", "z", "é", "\u{1f980}"]);
      expect(await keys(objects, { prefix: "a/" })).toEqual(["a/1", "a/10", "a/2"]);
      expect(await keys(objects, { prefix: "a/", after: "a/1" })).toEqual(["a/10", "a/2"]);
      expect(await keys(objects, { prefix: "a/", after: "a/1", limit: 1 })).toEqual(["a/10"]);
      expect(await keys(objects, { prefix: "a/", after: "a" })).toEqual(["a/1", "a/10", "a/2"]);
      expect(await keys(objects, { prefix: "a/", after: "b" })).toEqual([]);
      expect(await keys(objects, { after: "a/15", limit: 2 })).toEqual(["a/2", "a0"]);
      expect(await keys(objects, { limit: 0 })).toEqual([]);
    });

    it("replaces an object as a whole, and deletes it", async () => {
      const { objects } = await open();
      await put(objects, "a", "a longer first version");
      const second = await put(objects, "a", "second");
      expect(await objects.head("logs", "a")).toEqual(second);
      expect(await read(objects, "a")).toBe("second");
      expect(await keys(objects, {})).toEqual(["a"]);
      expect(await objects.delete("logs", "a")).toBe(true);
      expect(await objects.delete("logs", "a")).toBe(false);
      expect(await objects.get("logs", "a")).toBeUndefined();
    });

    it("describes an object anew, and leaves its bytes and its age as they are", async () => {
      const first = await open();
      const old = await put(first.objects, "a", "bytes");
      const changed = await first.objects.describe("logs", "a", ({ headers }) => ({ ...headers, tag: "blue" }));
      expect(changed).toEqual({ ...old, headers: { ...old.headers, tag: "blue" } });
      expect(await first.objects.describe("logs", "b", () => ({}))).toBeUndefined();
      const refused = first.objects.describe("logs", "a", () => {
        throw new Error("it is locked");
      });
      await expect(refused).rejects.toThrow("it is locked");
      const { objects } = await first.reopen();
      expect(await objects.head("logs", "a")).toEqual(changed);
      expect(await read(objects, "a")).toBe("bytes");
    });

    it("lets a reader finish with the bytes it began with, when the object is replaced or deleted meanwhile", async () => {
      const { objects } = await open();
      const first = Buffer.alloc(3_000_000, "1");
      await objects.put("logs", "a", first, none);
      const reading = await objects.get("logs", "a");
      await put(objects, "a", "2");
      await objects.delete("logs", "a");
      expect(reading && first.equals(await buffer(reading.body))).toBe(true);
    });

    it("leaves what was there when a body breaks off", async () => {
      const { objects } = await open();
      await put(objects, "a", "whole");
      const breaking = Readable.from(
        (async function* () {
          yield Buffer.from("hal");
          throw new Error("the client went away");
        })(),
      );
      await expect(objects.put("logs", "a", breaking, none)).rejects.toThrow("the client went away");
      expect(await read(objects, "a")).toBe("whole");
      expect(await keys(objects, {})).toEqual(["a"]);
    });

    it("never shows anything but a whole object while many write, read and delete the same key", async () => {
      const { objects } = await open();
      const bodies = Array.from({ length: 8 }, (_, n) => Buffer.alloc(100_000 + n, String(n)));
      const bySize = new Map(bodies.map((body) => [body.length, body]));
      const putRepeatedly = async (body: Buffer): Promise<void> => {
        for (let round = 0; round < 5; round++) await objects.put("logs", "a", body, none);
      };
      const deleteRepeatedly = async (): Promise<void> => {
        for (let round = 0; round < 10; round++) await objects.delete("logs", "a");
      };
      let changing = true;
      const readRepeatedly = async (): Promise<number> => {
        let reads = 0;
        while (changing || reads === 0) {
          const found = await objects.get("logs", "a");
          if (found === undefined) {
            await new Promise(setImmediate);
            continue;
          }
          const body = await buffer(found.body);
          expect(bySize.get(found.head.size)?.equals(body)).toBe(true);
          reads += 1;
        }
        return reads;
      };
      const reading = readRepeatedly();
      await Promise.all([...bodies.map(putRepeatedly), deleteRepeatedly()]);
      await putRepeatedly(bodies[0] as Buffer);
      changing = false;
      expect(await reading).toBeGreaterThan(0);
    });
  });
}
