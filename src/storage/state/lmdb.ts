import { mkdir } from "node:fs/promises";
import { longestKey, openEnvironment } from "../environment.ts";
import { gate } from "../gate.ts";
import type { Change, Json, State, StateEntry } from "./state.ts";

/**
 * Opens the state in a folder that holds one LMDB environment; creates it when it isn't there. Commits made at once
 * share one transaction and one flush; reads see what is on disk. `readOnly` looks at a state that may be in use.
 */
export async function openLmdbState(options: { readonly folder: string; readonly readOnly?: boolean }): Promise<State> {
  const { folder, readOnly = false } = options;
  if (!readOnly) await mkdir(folder, { recursive: true, mode: 0o700 });
  const { root, commit } = openEnvironment(folder, readOnly);
  const store = root.openDB<string, Buffer>({
    name: "state",
    encoding: "string",
    keyEncoding: "binary",
    useVersions: true,
  });

  function write(changes: readonly Write[]): boolean {
    for (const { key, expect } of changes) {
      if (expect !== undefined && (store.getEntry(key)?.version ?? 0) !== expect) return false;
    }
    const version = store.getWriteTxnId();
    for (const { key, value } of changes) {
      if (value === undefined) store.remove(key);
      else store.put(key, value, version);
    }
    return true;
  }

  const { pass, close } = gate("The state is");
  return {
    get: (key) =>
      pass(async () => {
        const bytes = Buffer.from(key);
        const entry = fits(bytes) ? store.getEntry(bytes) : undefined;
        return entry === undefined ? undefined : entryOf(key, entry.value, entry.version);
      }),

    list: (prefix) =>
      pass(async () => {
        const entries: StateEntry[] = [];
        const start = Buffer.from(prefix);
        if (start.length > longestKey) return entries;
        for (const { key, value, version } of store.getRange({ start, versions: true })) {
          if (!startsWith(key, start)) break;
          entries.push(entryOf(key.toString(), value, version));
        }
        return entries;
      }),

    commit: (changes) =>
      pass(async () => {
        const writes = changes.map(writeOf);
        return commit(() => write(writes));
      }),

    async close() {
      await close();
      await root.close();
    },
  };
}

interface Write {
  readonly key: Buffer;
  readonly value: string | undefined;
  readonly expect: number | undefined;
}

/** All that can fail is done here, outside of the transaction: others' commits share it. */
function writeOf({ key, value, expect }: Change): Write {
  return { key: keyBytes(key), value: value === undefined ? undefined : JSON.stringify(value), expect };
}

const fits = ({ length }: Buffer) => length > 0 && length <= longestKey;

function keyBytes(key: string): Buffer {
  const bytes = Buffer.from(key);
  if (!fits(bytes)) {
    throw new RangeError(`A key of the state has 1 to ${longestKey} bytes, not ${bytes.length}: ${key.slice(0, 80)}`);
  }
  return bytes;
}

function entryOf(key: string, value: string, version: number | undefined): StateEntry {
  return { key, value: JSON.parse(value) as Json, version: version as number };
}

function startsWith(key: Buffer, prefix: Buffer): boolean {
  return key.length >= prefix.length && key.compare(prefix, 0, prefix.length, 0, prefix.length) === 0;
}
