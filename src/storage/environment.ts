import { mkdir } from "node:fs/promises";
import { open, type RootDatabase } from "lmdb";
import { lmdbFault } from "./lmdb-file.ts";

/** LMDB's limit for a key, rounded down. */
export const longestKey = 1_900;

export interface Environment {
  readonly root: RootDatabase;
  /**
   * Runs `action`, which must not throw, in a write transaction that it may share with others' actions; resolves with
   * its result when all is on disk. Rejects with the disk's error when it can't be, and then nothing of it is kept.
   */
  commit<Result>(action: () => Result): Promise<Result>;
}

/**
 * Opens an LMDB environment in a folder; what it commits is seen only when it is on disk. Read-only, it must be there.
 * Throws in one line when the file that is there can't be one.
 */
export function openEnvironment(folder: string, readOnly = false): Environment {
  const fault = lmdbFault(folder);
  if (fault !== undefined)
    throw new Error(`${fault}. Restore the data folder from a backup, or begin a new one with another --data`);
  // eventTurnBatching makes promises of its own, which nobody could catch when a commit fails.
  const root = open({ path: folder, noSubdir: false, overlappingSync: false, eventTurnBatching: false, readOnly });
  return {
    root,
    async commit(action) {
      try {
        return await root.transaction(action);
      } catch (error) {
        // The reason comes as a second promise, which must be caught as well.
        const { commitError } = error as { commitError?: Promise<never> };
        if (commitError === undefined) throw error;
        const reason = await commitError.catch((cause: Error) => cause);
        throw new Error(`${folder} cannot be written: ${reason.message}`, { cause: reason });
      }
    },
  };
}

/** Copies an environment, which may be in use, as it is at one moment into a folder that isn't there yet. */
export async function copyEnvironment(folder: string, to: string): Promise<void> {
  const { root } = openEnvironment(folder, true);
  try {
    await mkdir(to, { recursive: true, mode: 0o700 });
    await root.backup(to, false);
  } finally {
    await root.close();
  }
}
