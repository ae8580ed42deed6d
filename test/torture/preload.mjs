// Loaded into a server under torture (node --import): makes its disk and clock fail and its process die at named points,
// so that the product itself has no such hooks. What is to happen stands in the environment, as `Torture` of server.ts.
import fs from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "@clickhouse/client";
import { open as openLmdb } from "lmdb";

const { die, slowMs, failures, clock } = JSON.parse(process.env.TORTURE ?? "{}");
const startedAt = performance.now();
let passed = 0;
let written = 0;
let isReady = false;

const { write } = process.stdout;
process.stdout.write = function (text, ...rest) {
  isReady ||= String(text).startsWith("OpenTrail is ready");
  return write.call(this, text, ...rest);
};

const end = () => process.kill(process.pid, "SIGKILL");

/** Whether the process has now come to the point for the time at which it dies there. */
function isDue(point, when) {
  return die?.point === point && die.when === when && ++passed >= die.nth;
}

/** Does `work` as the disk under torture does it. */
async function onDisk(point, work, half) {
  if (isDue(point, "before")) end();
  if (isDue(point, "half")) {
    await half?.();
    end();
  }
  if (slowMs) await pause(slowMs);
  // By count and not by chance, so that a run is repeatable.
  const fails = failures?.point === point && isReady;
  if (fails && ++written % failures.every === 0)
    throw Object.assign(new Error(`${failures.code}: torture, write`), { code: failures.code });
  const result = await work();
  if (isDue(point, "after")) end();
  return result;
}

const pointOf = (path) =>
  /\/journal\/\d{16}\.journal$/.test(path) ? "journal" : /\/objects\/files\//.test(path) ? "object" : undefined;

const points = new WeakMap();
const { open, rm } = fs;
fs.open = async (path, ...rest) => {
  const handle = await open(path, ...rest);
  const point = pointOf(String(path));
  if (point) points.set(handle, point);
  return handle;
};
fs.rm = (path, options) =>
  pointOf(String(path)) === "object" ? onDisk("object removed", () => rm(path, options)) : rm(path, options);
syncBuiltinESMExports();

const probe = await open("/dev/null");
const handles = Object.getPrototypeOf(probe);
await probe.close();
const { writev, sync } = handles;
handles.writev = function (pieces, at) {
  const point = points.get(this);
  if (!point) return writev.call(this, pieces, at);
  const half = () => {
    const all = Buffer.concat(pieces);
    return writev.call(this, [all.subarray(0, Math.ceil(all.length / 2))], at);
  };
  return onDisk(point, () => writev.call(this, pieces, at), half);
};
handles.sync = function () {
  const point = points.get(this);
  return point ? onDisk(point, () => sync.call(this)) : sync.call(this);
};

const folder = await fs.mkdtemp(join(tmpdir(), "opentrail-torture-"));
const environment = openLmdb({ path: folder, noSubdir: false });
let stores = Object.getPrototypeOf(environment);
while (!Object.hasOwn(stores, "transaction")) stores = Object.getPrototypeOf(stores);
const { transaction } = stores;
stores.transaction = function (action) {
  return onDisk("state", () => transaction.call(this, action));
};
await environment.close();
await fs.rm(folder, { recursive: true });

const client = createClient({ url: "http://127.0.0.1:9" });
let clients = Object.getPrototypeOf(client);
while (!Object.hasOwn(clients, "command")) clients = Object.getPrototypeOf(clients);
const { command } = clients;
clients.command = function (statement) {
  const run = () => command.call(this, statement);
  return /^\s*INSERT/i.test(statement.query) ? onDisk("table", run) : run();
};
await client.close();

if (clock) {
  // Steps of a clock: from so many milliseconds after the start on, it is so far off.
  const { now } = Date;
  Date.now = () => {
    const step = clock.findLast(({ afterMs }) => performance.now() - startedAt >= afterMs);
    return now() + (step?.offByMs ?? 0);
  };
}
