import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { accountId, region } from "../../../aws/names.ts";
import { systemRandom } from "../../../aws/random.ts";
import { openLmdbState } from "../../../storage/state/index.ts";
import type { State } from "../../../storage/state/state.ts";
import { type Inventory, openInventory } from "./inventory.ts";
import { doesNotExist, invalidId, type Kind, type Resource } from "./kind.ts";

interface Counter extends Resource {
  readonly count: number;
  readonly color: string;
  readonly goneAt?: number;
}

const counters: Kind<Counter> = {
  type: "counter",
  prefix: "cnt",
  idSet: "",
  notFound: { code: "", message: doesNotExist("counter") },
  malformed: { code: "", message: invalidId("cnt") },
  indexes: { color: ({ color }) => [color] },
  goneAt: ({ goneAt = Number.POSITIVE_INFINITY }) => goneAt,
};

const here = { account: accountId("111122223333"), region: region("us-east-1") };

let folder: string;
let state: State;
let now = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opentrail-inventory-"));
  state = await openLmdbState({ folder });
});
afterEach(async () => {
  await state.close();
  await rm(folder, { recursive: true });
});

const open = (over: State = state): Inventory =>
  openInventory({
    state: over,
    clock: { now: () => now },
    random: systemRandom,
    kinds: [counters as unknown as Kind],
    seed: (draft) => draft.put(counters, { id: "first", createdAt: 0, tags: [], count: 0, color: "red" }),
  });

const add = (inventory: Inventory, id = "first") =>
  inventory.write(here, (draft) => {
    const counter = draft.get(counters, id);
    if (!counter) throw new Error(`no ${id}`);
    return draft.put(counters, { ...counter, count: counter.count + 1 }).count;
  });

const count = (inventory: Inventory) => inventory.read(here, (tables) => tables.get(counters, "first")?.count);

test("what two processes add at once is all there", async () => {
  const [one, other] = [open(), open()];
  await Promise.all(Array.from({ length: 20 }, () => [add(one), add(other)]).flat());
  expect(await count(one)).toBe(40);
  expect(await count(other)).toBe(40);
  expect(await count(open())).toBe(40);
});

test("a write that fails changes nothing, and those beside it go on", async () => {
  const inventory = open();
  const writes = [add(inventory), add(inventory, "missing"), add(inventory)];
  expect((await Promise.allSettled(writes)).map(({ status }) => status)).toEqual([
    "fulfilled",
    "rejected",
    "fulfilled",
  ]);
  expect(await count(inventory)).toBe(2);
});

test("a commit that the storage refuses is told to whoever wrote, and seen by nobody", async () => {
  let full = false;
  const failing: State = {
    ...state,
    commit: (changes) => (full ? Promise.reject(new Error("no space left")) : state.commit(changes)),
  };
  const inventory = open(failing);
  await add(inventory);
  full = true;
  await expect(add(inventory)).rejects.toThrow("no space left");
  expect(await count(inventory)).toBe(1);
  full = false;
  expect(await add(inventory)).toBe(2);
});

test("an index finds what was put, changed and deleted, before the commit and after it", async () => {
  const inventory = open();
  const red = (tables: Parameters<Parameters<Inventory["read"]>[1]>[0]) =>
    [...tables.by(counters, "color", "red")].map(({ id }) => id).sort();
  expect(await inventory.read(here, red)).toEqual(["first"]);
  const within = await inventory.write(here, (draft) => {
    draft.put(counters, { id: "second", createdAt: 0, tags: [], count: 0, color: "red" });
    const first = draft.get(counters, "first");
    if (first) draft.put(counters, { ...first, color: "blue" });
    return red(draft);
  });
  expect(within).toEqual(["second"]);
  expect(await inventory.read(here, red)).toEqual(["second"]);
  await inventory.write(here, (draft) => draft.delete(counters as unknown as Kind<never>, "second"));
  expect(await inventory.read(here, red)).toEqual([]);
});

test("what is gone leaves the storage with a later write", async () => {
  const inventory = open();
  await inventory.write(here, (draft) =>
    draft.put(counters, { id: "short", createdAt: 0, tags: [], count: 0, color: "red", goneAt: now + 1000 }),
  );
  for (let second = 0; second < 120; second++) {
    now += 1000;
    await add(inventory);
  }
  expect((await state.list("ec2/")).map(({ key }) => key.split("/").slice(3).join("/"))).toEqual([
    "counter/first",
    "revision",
  ]);
});
