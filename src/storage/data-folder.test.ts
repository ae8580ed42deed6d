import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Child, source, startChild } from "../../test/support/child.ts";
import { lockDataFolder } from "./data-folder.ts";

let root: string;
let folder: string;
const children: Child[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "opentrail-data-"));
  folder = join(root, "data");
});

afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
  await rm(root, { recursive: true, force: true });
});

/** A process that tries to take the folder, says what came of it, and stays. */
function contender(): Child {
  const child = startChild(
    `import { lockDataFolder } from ${source("storage/data-folder.ts")};
     await lockDataFolder(process.argv[1]).then(() => console.log("has it"), (error) => console.log(error.message));
     setInterval(() => {}, 1000);`,
    folder,
  );
  children.push(child);
  return child;
}

it("creates the folder for its owner alone", async () => {
  const release = await lockDataFolder(folder);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  await release();
});

it("is in use until it is released, for this process too", async () => {
  const release = await lockDataFolder(folder);
  const refusal = `The data folder ${folder} is in use by process ${process.pid}; stop it or give another --data`;
  await expect(lockDataFolder(folder)).rejects.toThrow(refusal);
  expect(await contender().line()).toBe(refusal);
  await release();
  expect(await contender().line()).toBe("has it");
});

it("is free at once when the process that had it was killed", async () => {
  const first = contender();
  expect(await first.line()).toBe("has it");
  expect(await contender().line()).toContain(`in use by process ${first.process.pid}`);
  await first.kill();
  const release = await lockDataFolder(folder);
  await release();
});

it("goes to one only of many that come at once for a killed one's folder", async () => {
  const first = contender();
  await first.line();
  await first.kill();
  const answers = await Promise.all(Array.from({ length: 6 }, () => contender().line()));
  expect(answers.filter((answer) => answer === "has it")).toHaveLength(1);
  expect(answers.filter((answer) => answer?.includes("is in use by process"))).toHaveLength(5);
});

it("says which folder cannot be written, and the remedy", async () => {
  await writeFile(join(root, "file"), "");
  const path = join(root, "file", "data");
  await expect(lockDataFolder(path)).rejects.toThrow(
    `The data folder ${path} cannot be written (ENOTDIR); make it writable or give another --data`,
  );
});

it.skipIf(process.getuid?.() === 0)("cannot take a folder without the right to write in it", async () => {
  await mkdir(folder, { mode: 0o500 });
  await expect(lockDataFolder(folder)).rejects.toThrow(`The data folder ${folder} cannot be written (EACCES)`);
});
