import { existsSync, readFileSync } from "node:fs";
import { access, constants, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { open } from "lmdb";
import { lmdbFault } from "./lmdb-file.ts";

/** Gives the folder free for another process. */
export type Release = () => Promise<void>;

/** A process is known by its id and, as ids come again, by when it started. */
interface Holder {
  readonly pid: number;
  readonly started: string;
}

/**
 * Creates the data folder when it isn't there and takes it for this process alone, until `Release` or the process's
 * end, however that comes. Rejects in one line when another process has it or when it can't be written.
 */
export async function lockDataFolder(folder: string): Promise<Release> {
  const path = join(folder, "lock");
  // Whatever this process makes is its owner's alone: ClickHouse and LMDB go by nothing else.
  process.umask(0o077);
  try {
    await makeFolder(path);
    await access(folder, constants.W_OK | constants.X_OK);
    await access(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`The data folder ${folder} cannot be written (${code}); make it writable or give another --data`, {
      cause: error,
    });
  }
  throwIfDamaged(path);
  const me: Holder = { pid: process.pid, started: startOf(process.pid) ?? "" };
  const store = open<Holder, string>({ path, noSubdir: false, encoding: "json" });
  // LMDB lets one transaction write at a time, across processes, and survives the end of one that holds it.
  const holder = store.transactionSync(() => {
    const current = store.get("holder");
    if (current !== undefined && startOf(current.pid) === current.started) return current;
    store.putSync("holder", me);
    return undefined;
  });
  if (holder !== undefined) {
    await store.close();
    throw new Error(`The data folder ${folder} is in use by process ${holder.pid}; stop it or give another --data`);
  }
  return async () => {
    await store.remove("holder");
    await store.close();
  };
}

function throwIfDamaged(path: string): void {
  const fault = lmdbFault(path);
  if (fault !== undefined)
    throw new Error(`${fault}. It only tells which process has the data folder: when none runs, remove ${path}`);
}

/** The process that has the data folder now; undefined when none has. Changes nothing. */
export async function holderOf(folder: string): Promise<number | undefined> {
  const path = join(folder, "lock");
  if (!existsSync(join(path, "data.mdb"))) return undefined;
  throwIfDamaged(path);
  const store = open<Holder, string>({ path, noSubdir: false, encoding: "json", readOnly: true });
  try {
    const holder = store.get("holder");
    return holder !== undefined && startOf(holder.pid) === holder.started ? holder.pid : undefined;
  } finally {
    await store.close();
  }
}

// Node's own recursive mkdir never ends below /proc, and says ENOENT of a file system that is read-only.
async function makeFolder(path: string, isParentThere = false): Promise<void> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    if (code !== "ENOENT" || isParentThere) throw error;
    await makeFolder(dirname(path));
    await makeFolder(path, true);
  }
}

/** When the process started, in the kernel's ticks (empty where there is no /proc); undefined when it doesn't run. */
function startOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ESRCH") return undefined;
  }
  try {
    // "pid (name) state ppid …": the name may have spaces and brackets; the state is field 3, the start field 22.
    const fields = readFileSync(`/proc/${pid}/stat`, "latin1")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[0] === "Z" ? undefined : fields[22 - 3];
  } catch {
    return "";
  }
}
