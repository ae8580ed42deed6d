import type {
  CreateKeyPairCommandInput,
  CreateKeyPairCommandOutput,
  DeleteKeyPairCommandInput,
  DeleteKeyPairCommandOutput,
  DescribeKeyPairsCommandInput,
  DescribeKeyPairsCommandOutput,
  ImportKeyPairCommandInput,
  ImportKeyPairCommandOutput,
  KeyPairInfo,
} from "@aws-sdk/client-ec2";
import { AwsError } from "../../../aws/error.ts";
import type { Actions, Output, PreparedWrite, Read, Write } from "../mechanism/action.ts";
import { type Description, describe } from "../mechanism/describe.ts";
import { invalidValue, missingParameter, required } from "../mechanism/errors.ts";
import type { Scope } from "../mechanism/scope.ts";
import { tagsFor } from "../mechanism/tagging.ts";
import { wholeSeconds } from "../mechanism/timeline.ts";
import { type KeyPairResource, keyPairNamed, keyPairs } from "./kinds.ts";
import { type KeyMaterial, newKey, readPublicKey } from "./material.ts";

const description: Description<KeyPairResource, KeyPairInfo> = {
  kind: keyPairs,
  page: { min: 1, max: 1000 },
  shape: ({ id, name, type, fingerprint, publicKey, createdAt, tags }) => ({
    KeyPairId: id,
    KeyName: name,
    KeyType: type,
    KeyFingerprint: fingerprint,
    PublicKey: publicKey,
    CreateTime: wholeSeconds(createdAt),
    Tags: [...tags],
  }),
  filters: {
    fingerprint: (pair) => pair.KeyFingerprint,
    "key-name": (pair) => pair.KeyName,
    "key-pair-id": (pair) => pair.KeyPairId,
  },
};

/** A name that is still free. */
function newName(asked: string | undefined, scope: Scope): string {
  const name = required(asked, "KeyName");
  if (name.length > 255)
    throw invalidValue(`Value (${name}) for parameter KeyName is invalid. Must be at most 255 characters.`);
  if (scope.by(keyPairs, "name", name).length > 0)
    throw new AwsError("InvalidKeyPair.Duplicate", `The keypair '${name}' already exists.`);
  return name;
}

const CreateKeyPair: PreparedWrite<CreateKeyPairCommandInput, Output<CreateKeyPairCommandOutput>, KeyMaterial> = {
  prepare({ KeyName, KeyType: type = "rsa", KeyFormat: format = "pem" }) {
    if (type !== "rsa" && type !== "ed25519") throw invalidValue(`Value (${type}) for parameter KeyType is invalid.`);
    if (format !== "pem")
      throw new AwsError("UnsupportedOperation", `The key format '${format}' is not supported; use pem.`);
    return newKey(type, required(KeyName, "KeyName"));
  },
  write(input, scope, { fingerprint, publicKey, privateKey }) {
    const tags = tagsFor(input.TagSpecifications, "key-pair");
    const pair = scope.put(keyPairs, {
      id: scope.newId(keyPairs),
      createdAt: scope.now,
      tags,
      name: newName(input.KeyName, scope),
      type: input.KeyType ?? "rsa",
      fingerprint,
      publicKey,
    });
    return {
      KeyName: pair.name,
      KeyPairId: pair.id,
      KeyFingerprint: fingerprint,
      KeyMaterial: privateKey,
      Tags: tags.length > 0 ? tags : undefined,
    };
  },
};

const ImportKeyPair: Write<ImportKeyPairCommandInput, Output<ImportKeyPairCommandOutput>> = (input, scope) => {
  const name = newName(input.KeyName, scope);
  const key = readPublicKey(required(input.PublicKeyMaterial, "PublicKeyMaterial"), name);
  const tags = tagsFor(input.TagSpecifications, "key-pair");
  const pair = scope.put(keyPairs, { id: scope.newId(keyPairs), createdAt: scope.now, tags, name, ...key });
  return {
    KeyName: name,
    KeyPairId: pair.id,
    KeyFingerprint: key.fingerprint,
    Tags: tags.length > 0 ? tags : undefined,
  };
};

/** What isn't there is deleted too, as in AWS; only then the answer has no id. */
const DeleteKeyPair: Write<DeleteKeyPairCommandInput, Output<DeleteKeyPairCommandOutput>> = (input, scope) => {
  const { KeyName, KeyPairId } = input;
  if (!KeyName && !KeyPairId) throw missingParameter("KeyName");
  const pair = KeyPairId ? scope.find(keyPairs, KeyPairId) : scope.by(keyPairs, "name", KeyName ?? "")[0];
  if (!pair) return { Return: true };
  scope.delete(keyPairs, pair.id);
  return { Return: true, KeyPairId: pair.id };
};

const DescribeKeyPairs: Read<DescribeKeyPairsCommandInput, Output<DescribeKeyPairsCommandOutput>> = (input, scope) => {
  const named = (input.KeyNames ?? []).map((name) => keyPairNamed(name, scope).id);
  const { shapes } = describe(description, { Filters: input.Filters }, scope, {
    ids: [...(input.KeyPairIds ?? []), ...named],
  });
  const shown = input.IncludePublicKey ? shapes : shapes.map(({ PublicKey: _, ...pair }) => pair);
  return { KeyPairs: shown };
};

export const keyPairActions: Actions = {
  reads: { DescribeKeyPairs },
  writes: { CreateKeyPair, ImportKeyPair, DeleteKeyPair },
};
