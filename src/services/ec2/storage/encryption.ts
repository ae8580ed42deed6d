import type {
  DisableEbsEncryptionByDefaultCommandOutput,
  EnableEbsEncryptionByDefaultCommandOutput,
  GetEbsDefaultKmsKeyIdCommandOutput,
  GetEbsEncryptionByDefaultCommandOutput,
  ModifyEbsDefaultKmsKeyIdCommandInput,
  ModifyEbsDefaultKmsKeyIdCommandOutput,
  ResetEbsDefaultKmsKeyIdCommandOutput,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, Read, Write } from "../mechanism/action.ts";
import { required } from "../mechanism/errors.ts";
import type { Place } from "../mechanism/inventory.ts";
import type { Tables } from "../mechanism/tables.ts";
import { changeSettings, settingsOf } from "./settings.ts";
import { keyArn } from "./volume-keys.ts";

/** What a request says of encryption. */
interface Asked {
  readonly Encrypted?: boolean | undefined;
  readonly KmsKeyId?: string | undefined;
}

/** What a volume or snapshot begins with. */
interface Source extends Asked {
  /** In another account or Region, so that its key can't stay. */
  readonly isElsewhere?: boolean;
}

/** Whether a volume or snapshot is encrypted; if so, with which key. */
export interface Encryption {
  readonly Encrypted: boolean;
  readonly KmsKeyId?: string;
}

type Account = Place & Pick<Tables, "get">;

/**
 * How a new volume, or the copy of a snapshot, is encrypted: an own encrypted snapshot's key stays, whatever else is
 * encrypted without a key being named gets the account's default one. Throws InvalidParameterDependency.
 * Source: https://docs.aws.amazon.com/ebs/latest/userguide/how-ebs-encryption-works.html#encryption-outcomes
 */
export function encryptionOf(asked: Asked, source: Source | undefined, account: Account): Encryption {
  const { encryptionByDefault, defaultKmsKey } = settingsOf(account);
  if (!asked.Encrypted && !encryptionByDefault && !source?.Encrypted) {
    if (!asked.KmsKeyId) return { Encrypted: false };
    throw new AwsError(
      "InvalidParameterDependency",
      "The parameter [KmsKeyId] requires the parameter Encrypted to be set.",
    );
  }
  const kept = source?.Encrypted && !source.isElsewhere ? source.KmsKeyId : undefined;
  return { Encrypted: true, KmsKeyId: keyArn(asked.KmsKeyId || kept || defaultKmsKey, account) };
}

/** Whether it is encrypted with AWS's own key for EBS, which no other account can use. */
export function hasAwsKey({ Encrypted, KmsKeyId }: Asked, place: Place): boolean {
  return Encrypted === true && keyArn(KmsKeyId, place) === keyArn(undefined, place);
}

const awsKey = "alias/aws/ebs";

const GetEbsEncryptionByDefault: Read<object, Output<GetEbsEncryptionByDefaultCommandOutput>> = (_, scope) => ({
  EbsEncryptionByDefault: settingsOf(scope).encryptionByDefault,
});

const EnableEbsEncryptionByDefault: Write<object, Output<EnableEbsEncryptionByDefaultCommandOutput>> = (_, scope) => {
  changeSettings({ encryptionByDefault: true }, scope);
  return { EbsEncryptionByDefault: true };
};

const DisableEbsEncryptionByDefault: Write<object, Output<DisableEbsEncryptionByDefaultCommandOutput>> = (_, scope) => {
  changeSettings({ encryptionByDefault: false }, scope);
  return { EbsEncryptionByDefault: false };
};

const GetEbsDefaultKmsKeyId: Read<object, Output<GetEbsDefaultKmsKeyIdCommandOutput>> = (_, scope) => ({
  KmsKeyId: settingsOf(scope).defaultKmsKey ?? awsKey,
});

const ModifyEbsDefaultKmsKeyId: Write<
  ModifyEbsDefaultKmsKeyIdCommandInput,
  Output<ModifyEbsDefaultKmsKeyIdCommandOutput>
> = (input, scope) => {
  const defaultKmsKey = keyArn(required(input.KmsKeyId, "kmsKeyId"), scope);
  changeSettings({ defaultKmsKey }, scope);
  return { KmsKeyId: defaultKmsKey };
};

const ResetEbsDefaultKmsKeyId: Write<object, Output<ResetEbsDefaultKmsKeyIdCommandOutput>> = (_, scope) => {
  changeSettings({ defaultKmsKey: undefined }, scope);
  return { KmsKeyId: awsKey };
};

export const encryptionActions: Actions = {
  reads: { GetEbsEncryptionByDefault, GetEbsDefaultKmsKeyId },
  writes: {
    EnableEbsEncryptionByDefault,
    DisableEbsEncryptionByDefault,
    ModifyEbsDefaultKmsKeyId,
    ResetEbsDefaultKmsKeyId,
  },
};
