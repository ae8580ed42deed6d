import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
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

objectsContract(async () => {
  const folder = await mkdtemp(join(tmpdir(), "opentrail-objects-"));
  cleanUp.push(() => rm(folder, { recursive: true, force: true }));
  return open(folder);
});
