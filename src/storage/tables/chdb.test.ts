import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
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

tablesContract(async () => {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-tables-"));
  cleanUp.push(() => rm(folder, { recursive: true, force: true }));
  return open(folder);
});
