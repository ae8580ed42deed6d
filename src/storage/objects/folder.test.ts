import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { afterEach, expect, it } from "vitest";
import { source, startChild } from "../../../test/support/child.ts";
import { openFolderObjects } from "./folder.ts";
import { type ObjectsUnderTest, objectsContract } from "./objects.contract.ts";

const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function open(folder: string): Promise<ObjectsUnderTest> {
  const objects = await openFolderObjects({ folder });
  let closed = false;
  const close = async (): Promise<void> => {
    if (!closed) await objects.close();
    closed = true;
  };
  cleanUp.push(close);
  return {
    objects,
    async reopen() {
      await close();
      return open(folder);
    },
  };
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-objects-"));
  cleanUp.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The sizes of all files with objects' bytes. */
async function fileSizes(folder: string): Promise<number[]> {
  const files = (await readdir(join(folder, "files"), { recursive: true, withFileTypes: true })).filter((entry) =>
    entry.isFile(),
  );
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(file.parentPath, file.name))).size));
  return sizes.sort((a, b) => a - b);
}

objectsContract(async () => open(await newFolder()));

it("keeps no bytes of objects that were replaced, deleted or broken off", async () => {
  const folder = await newFolder();
  const { objects } = await open(folder);
  const none = { headers: {} };
  for (let size = 0; size < 5; size++) await objects.put("logs", "replaced", Buffer.alloc(size), none);
  await objects.put("logs", "deleted", Buffer.alloc(10), none);
  await objects.delete("logs", "deleted");
  const breaking = Readable.from(
    (async function* () {
      yield Buffer.alloc(20);
      throw new Error("broken off");
    })(),
  );
  await expect(objects.put("logs", "broken", breaking, none)).rejects.toThrow("broken off");
  expect(await fileSizes(folder)).toEqual([4]);
});

it("has every object that was acknowledged before a kill -9, whole, and no bytes of others", async () => {
  const script = `
    import { openFolderObjects } from ${source("storage/objects/folder.ts")};
    const [folder, run] = process.argv.slice(1);
    const objects = await openFolderObjects({ folder });
    await Promise.all(Array.from({ length: 6 }, async (_, writer) => {
      for (let n = 0; ; n++) {
        const key = [run, writer, n % 7].join("/");
        const head = await objects.put("logs", key, Buffer.alloc((n * 7919) % 200_000, String(n)), { headers: {} });
        console.log(key + " " + head.etag);
      }
    }));`;
  const folder = await newFolder();
  const writes = new Map<string, string[]>();
  for (let run = 0; run < 4; run++) {
    const child = startChild(script, folder, String(run));
    const note = (line = "ended early"): void => {
      const [key, etag] = line.split(" ") as [string, string];
      writes.set(key, [...(writes.get(key) ?? []), etag]);
    };
    for (let lines = 0; lines < 60 + 20 * run; lines++) note(await child.line());
    const killed = child.kill();
    for (let line = await child.line(); line !== undefined; line = await child.line()) note(line);
    await killed;
  }

  const { objects } = await open(folder);
  const heads = await objects.list("logs", { limit: 10_000 });
  const unchanged = heads.filter((head) => writes.get(head.key)?.at(-1) === head.etag);
  // The last write of each writer may have been done but not said.
  expect(heads.length - unchanged.length).toBeLessThanOrEqual(4 * 6);
  expect(heads.map((head) => head.key)).toEqual(expect.arrayContaining([...writes.keys()]));
  for (const head of heads) {
    const found = await objects.get("logs", head.key);
    const bytes = found && (await buffer(found.body));
    expect(bytes && createHash("md5").update(bytes).digest("hex")).toBe(head.etag);
  }
  expect(await fileSizes(folder)).toEqual(heads.map((head) => head.size).sort((a, b) => a - b));
});

it("refuses to be used when it is closed, and finishes what is under way", async () => {
  const { objects, reopen } = await open(await newFolder());
  const underWay = objects.put("logs", "a", Buffer.alloc(1_000_000), { headers: {} });
  const reopened = await reopen();
  expect((await underWay).size).toBe(1_000_000);
  expect(await reopened.objects.head("logs", "a")).toEqual(await underWay);
  await expect(objects.head("logs", "a")).rejects.toThrow("The objects are closed");
  await expect(objects.put("logs", "a", Buffer.alloc(1), { headers: {} })).rejects.toThrow("The objects are closed");
});
