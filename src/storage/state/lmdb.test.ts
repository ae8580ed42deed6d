import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { runScript, source, startChild } from "../../../test/support/child.ts";
import { openLmdbState } from "./lmdb.ts";
import { type StateUnderTest, stateContract } from "./state.contract.ts";

const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function open(folder: string): Promise<StateUnderTest> {
  const state = await openLmdbState({ folder });
  let closed = false;
  const close = async (): Promise<void> => {
    if (!closed) await state.close();
    closed = true;
  };
  cleanUp.push(close);
  return {
    state,
    async reopen() {
      await close();
      return open(folder);
    },
  };
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-state-"));
  cleanUp.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

stateContract(async () => open(await newFolder()));

it("has every commit that was acknowledged before a kill -9, and none in part", async () => {
  const script = `
    import { openLmdbState } from ${source("storage/state/lmdb.ts")};
    const [folder, run] = process.argv.slice(1);
    const state = await openLmdbState({ folder });
    await Promise.all(Array.from({ length: 4 }, async (_, writer) => {
      for (let n = 0; ; n++) {
        const name = [run, writer, n].join("-");
        await state.commit([{ key: "left/" + name, value: n }, { key: "right/" + name, value: n }]);
        console.log(name);
      }
    }));`;
  const folder = await newFolder();
  const acknowledged: string[] = [];
  for (let run = 0; run < 3; run++) {
    const child = startChild(script, folder, String(run));
    for (let lines = 0; lines < 100 + 50 * run; lines++) acknowledged.push((await child.line()) ?? "ended early");
    await child.kill();
  }
  const { state } = await open(folder);
  const left = (await state.list("left/")).map((entry) => entry.key.slice("left/".length));
  const right = (await state.list("right/")).map((entry) => entry.key.slice("right/".length));
  expect(left).toEqual(right);
  expect(left).toEqual(expect.arrayContaining(acknowledged));
});

it("rejects what the disk has no room for, and goes on with the rest", async () => {
  const script = `
    import { openLmdbState } from ${source("storage/state/lmdb.ts")};
    const state = await openLmdbState({ folder: process.argv[1] });
    const commit = (key, size) => state.commit([{ key, value: "x".repeat(size) }]).catch((error) => error.message);
    console.log(await commit("small", 1_000));
    console.log(await Promise.all([commit("large", 2_000_000), commit("with it", 1_000)]));
    console.log(await commit("after", 1_000));
    console.log((await state.list("")).map((entry) => entry.key));`;
  const folder = await newFolder();
  // A limit on the size of files (in blocks of 512 bytes) stands for the end of the disk.
  const limited = spawnSync(
    "sh",
    ["-c", 'ulimit -f 1000 && exec "$0" "$@"', process.execPath, ...runScript, script, folder],
    { encoding: "utf8" },
  );
  const refusal = `'${folder} cannot be written: Input/output error'`;
  expect(limited.stdout.replace(/\s+/g, " ")).toBe(`true [ ${refusal}, ${refusal} ] true [ 'after', 'small' ] `);
  expect(limited.status).toBe(0);
});

it("refuses to be used when it is closed, and finishes what is under way", async () => {
  const { state, reopen } = await open(await newFolder());
  const underWay = state.commit([{ key: "a", value: 1 }]);
  const reopened = await reopen();
  expect(await underWay).toBe(true);
  expect((await reopened.state.get("a"))?.value).toBe(1);
  await expect(state.get("a")).rejects.toThrow("The state is closed");
  await expect(state.list("a")).rejects.toThrow("The state is closed");
  await expect(state.commit([{ key: "a", value: 2 }])).rejects.toThrow("The state is closed");
});
