import type { AccountId } from "./names.ts";

/** Something that AWS did by itself because of a client's call, and that has a record of its own. */
export type DerivedEvent =
  /** EC2 took the role of an instance's profile for it. */
  | {
      readonly type: "InstanceRoleAssumed";
      readonly instanceId: string;
      readonly roleArn: string;
      readonly credentials: {
        readonly accessKeyId: string;
        readonly sessionToken: string;
        readonly expiration: Date;
      };
    }
  /** An account used a snapshot that another one shares with it; the owner is told. */
  | {
      readonly type: "SharedSnapshotVolumeCreated" | "SharedSnapshotCopyInitiated";
      readonly owner: AccountId;
      readonly snapshotId: string;
    }
  /** EC2 took the capacity of Spot Instances back. */
  | { readonly type: "SpotInstancesEvicted"; readonly instanceIds: readonly string[] }
  /** EC2 had KMS make the data key of a new encrypted volume, or of an encrypted copy of a snapshot. */
  | { readonly type: "DataKeyGenerated"; readonly ebsId: string; readonly keyArn: string }
  /** EC2 let an instance that starts with an encrypted volume, or to which one was attached, decrypt the volume's data key. */
  | {
      readonly type: "VolumeKeyGranted";
      readonly volumeId: string;
      readonly instanceId: string;
      readonly keyArn: string;
    };
