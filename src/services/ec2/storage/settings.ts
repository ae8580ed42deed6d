import type { ImageBlockPublicAccessEnabledState, SnapshotBlockPublicAccessState } from "@aws-sdk/client-ec2";
import type { Kind, Resource } from "../mechanism/kind.ts";
import type { WriteScope } from "../mechanism/scope.ts";
import type { Tables } from "../mechanism/tables.ts";

/** What an account has set for all its volumes, snapshots and images in a Region. */
interface StorageSettings {
  readonly encryptionByDefault: boolean;
  /** The ARN of the key that encrypts where no key is asked for; AWS's own key for EBS when not given. */
  readonly defaultKmsKey?: string | undefined;
  readonly snapshotPublicAccess: SnapshotBlockPublicAccessState;
  readonly imagePublicAccess: ImageBlockPublicAccessEnabledState | "unblocked";
}

interface StorageSettingsResource extends Resource, StorageSettings {}

const nameless = { code: "InvalidParameterValue", message: () => "Settings have no ids" };

export const storageSettings: Kind<StorageSettingsResource> = {
  type: "storage-settings",
  prefix: "",
  idSet: "",
  notFound: nameless,
  malformed: nameless,
};

const id = "storage";

const untouched: StorageSettings = {
  encryptionByDefault: false,
  snapshotPublicAccess: "unblocked",
  imagePublicAccess: "unblocked",
};

export function settingsOf(tables: Pick<Tables, "get">): StorageSettings {
  return tables.get(storageSettings, id) ?? untouched;
}

export function changeSettings(changes: Partial<StorageSettings>, scope: WriteScope): void {
  scope.put(storageSettings, { ...settingsOf(scope), ...changes, id, createdAt: scope.now, tags: [] });
}
