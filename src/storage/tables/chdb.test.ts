import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { source, startChild } from "../../../test/support/child.ts";
import { openChdbTables } from "./chdb.ts";
import { type TablesUnderTest, tablesContract } from "./tables.contract.ts";

const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function open(folder: string): Promise<TablesUnderTest> {
  const tables = await openChdbTables({ folder });
  let closed = false;
  const close = async (): Promise<void> => {
    if (!closed) await tables.close();
    closed = true;
  };
  cleanUp.push(close);
  return {
    tables,
    async reopen() {
      await close();
      return open(folder);
    },
  };
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-tables-"));
  cleanUp.push(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

tablesContract(async () => open(await newFolder()));

it("has every batch exactly once after kills -9, when the last one is repeated under its token", async () => {
  // Each batch goes to several partitions, which are written one by one: a kill may leave some of them.
  const script = `
    import { durableTableSettings, openChdbTables } from ${source("storage/tables/index.ts")};
    const [folder, first] = process.argv.slice(1);
    const tables = await openChdbTables({ folder });
    await tables.command("CREATE TABLE IF NOT EXISTS things (id UInt64) ENGINE = MergeTree " +
      "PARTITION BY id % 5 ORDER BY id SETTINGS " + durableTableSettings);
    for (let batch = Number(first); ; batch++) {
      const rows = Array.from({ length: 100 }, (_, n) => ({ id: batch * 100 + n }));
      await tables.insert("things", rows, "batch-" + batch);
      console.log(batch);
    }`;
  const folder = await newFolder();
  let done = -1;
  for (let run = 0; run < 4; run++) {
    const child = startChild(script, folder, String(done + 1));
    for (let lines = 0; lines < 3 + run; lines++) done = Number(await child.line());
    await child.kill();
  }
  const { tables } = await open(folder);
  const rows = await tables.query<{ id: number }>(
    "SELECT id, count() AS times FROM things WHERE id < {end:UInt64} GROUP BY id ORDER BY id",
    { end: (done + 1) * 100 },
  );
  expect(rows).toEqual(Array.from({ length: (done + 1) * 100 }, (_, id) => ({ id, times: 1 })));
});

it("lets the process end when it is closed, and says when another process has the folder", async () => {
  const script = `
    import { openChdbTables } from ${source("storage/tables/index.ts")};
    const tables = await openChdbTables({ folder: process.argv[1] }).catch((error) => console.log(error.message));
    await tables?.query("SELECT 1");
    await tables?.close();
    console.log("closed");`;
  const folder = await newFolder();
  const alone = startChild(script, folder);
  expect(await alone.line()).toBe("closed");
  expect(await alone.exit()).toBe(0);
  await open(folder);
  const second = startChild(script, folder);
  expect(await second.line()).toMatch(`The tables in ${folder} cannot be opened, another process may have them`);
  await second.exit();
});
