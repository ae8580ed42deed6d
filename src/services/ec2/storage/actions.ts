import type { Actions } from "../mechanism/action.ts";
import { copySnapshotActions } from "./copy-snapshot.ts";
import { createSnapshotsActions } from "./create-snapshots.ts";
import { encryptionActions } from "./encryption.ts";
import { fastRestoreActions } from "./fast-restores.ts";
import { lockActions } from "./locks.ts";
import { modificationActions } from "./modifications.ts";
import { publicAccessActions } from "./public-access.ts";
import { recycleBinActions } from "./recycle-bin.ts";
import { snapshotActions } from "./snapshots.ts";
import { tierActions } from "./tiers.ts";
import { volumeStatusActions } from "./volume-status.ts";
import { volumeActions } from "./volumes.ts";

/** The actions on volumes and snapshots, and on what an account has set for them. */
export const storageActions: readonly Actions[] = [
  volumeActions,
  modificationActions,
  volumeStatusActions,
  snapshotActions,
  createSnapshotsActions,
  copySnapshotActions,
  encryptionActions,
  fastRestoreActions,
  publicAccessActions,
  lockActions,
  tierActions,
  recycleBinActions,
];
