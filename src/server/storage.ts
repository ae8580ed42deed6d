import { join } from "node:path";
import { lockDataFolder } from "../storage/data-folder.ts";
import { type Journal, openSegmentJournal, type SegmentJournalOptions } from "../storage/journal/index.ts";
import { type Objects, openFolderObjects } from "../storage/objects/index.ts";
import { openLmdbState, type State } from "../storage/state/index.ts";
import { openChdbTables, type Tables } from "../storage/tables/index.ts";

export interface Storage {
  readonly journal: Journal;
  readonly state: State;
  readonly objects: Objects;
  readonly tables: Tables;
  close(): Promise<void>;
}

/** Opens everything that lasts in one data folder, which no other process can have meanwhile. `watch`: see the journal. */
export async function openStorage(
  folder: string,
  watch: Pick<SegmentJournalOptions, "onTornTail" | "onWritten"> = {},
): Promise<Storage> {
  const release = await lockDataFolder(folder);
  const [journal, state, objects, tables] = await Promise.all([
    openSegmentJournal({ folder: join(folder, "journal"), ...watch }),
    openLmdbState({ folder: join(folder, "state") }),
    openFolderObjects({ folder: join(folder, "objects") }),
    openChdbTables({ folder: join(folder, "tables") }),
  ]);
  return {
    journal,
    state,
    objects,
    tables,
    async close() {
      await journal.close();
      await Promise.all([state.close(), objects.close(), tables.close()]);
      await release();
    },
  };
}
