import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { holderOf, lockDataFolder } from "./data-folder.ts";
import { lmdbFault } from "./lmdb-file.ts";
import { openLmdbState } from "./state/index.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-lmdb-file-"));
  file = join(folder, "data.mdb");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function fill(rounds: number): Promise<void> {
  const state = await openLmdbState({ folder });
  for (let n = 0; n < rounds; n++)
    await state.commit([
      { key: `k/${n}`, value: "v".repeat(500 + 20 * n) },
      { key: `k/${n - 40}`, value: undefined },
    ]);
  await state.close();
}

it("finds nothing wrong with a file of LMDB's own, however much was written and deleted in it", async () => {
  expect(lmdbFault(folder)).toBeUndefined();
  for (const rounds of [0, 1, 50, 400]) {
    await fill(rounds);
    expect(lmdbFault(folder), `after ${rounds} commits`).toBeUndefined();
  }
});

it.each([
  ["another program's file", async () => writeFile(file, "PNG or whatever".repeat(10_000))],
  ["a file of a few bytes", async () => writeFile(file, "hello")],
  ["zeros", async () => writeFile(file, Buffer.alloc(100_000))],
  [
    "a first page that was written over",
    async () => writeFile(file, Buffer.concat([Buffer.alloc(4096, 7), (await readFile(file)).subarray(4096)])),
  ],
])("%s in the state's place ends the opening with one line and no crash", async (_, damage) => {
  await fill(5);
  await damage();
  await expect(openLmdbState({ folder })).rejects.toThrow(
    `${file} is no LMDB file. Restore the data folder from a backup, or begin a new one with another --data`,
  );
});

it("so does a state that was cut off", async () => {
  await fill(200);
  await truncate(file, 3 * 4096);
  await expect(openLmdbState({ folder })).rejects.toThrow(/data\.mdb is cut off: 12288 bytes are less than/);
});

it("a lock that is no lock is told of with what to do", async () => {
  await (await lockDataFolder(folder))();
  const lock = join(folder, "lock");
  await writeFile(join(lock, "data.mdb"), "hello");
  const advice = `when none runs, remove ${lock}`;
  await expect(lockDataFolder(folder)).rejects.toThrow(advice);
  await expect(holderOf(folder)).rejects.toThrow(advice);
  await rm(lock, { recursive: true });
  await (await lockDataFolder(folder))();
});
