import type { Actions } from "../mechanism/action.ts";
import { copySnapshotActions } from "./copy-snapshot.ts";
import { encryptionActions } from "./encryption.ts";
import { fastRestoreActions } from "./fast-restores.ts";
import { snapshotActions } from "./snapshots.ts";
import { volumeActions } from "./volumes.ts";

/** The actions on volumes and snapshots, and on what an account has set for them. */
export const storageActions: readonly Actions[] = [
  volumeActions,
  snapshotActions,
  copySnapshotActions,
  encryptionActions,
  fastRestoreActions,
];
