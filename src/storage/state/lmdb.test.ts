import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
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

stateContract(async () => {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-state-"));
  cleanUp.push(() => rm(folder, { recursive: true, force: true }));
  return open(folder);
});
