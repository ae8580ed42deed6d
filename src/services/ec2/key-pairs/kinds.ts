import { AwsError } from "../../../aws/error.ts";
import type { Kind, Resource } from "../mechanism/kind.ts";
import { invalidId } from "../mechanism/kind.ts";
import type { Scope } from "../mechanism/scope.ts";

export interface KeyPairResource extends Resource {
  readonly name: string;
  readonly type: "rsa" | "ed25519";
  readonly fingerprint: string;
  /** In OpenSSH's form, with the name as its comment. The private key is never stored. */
  readonly publicKey: string;
}

export const keyPairs: Kind<KeyPairResource> = {
  type: "key-pair",
  prefix: "key",
  idSet: "keyPairIdSet",
  notFound: {
    code: "InvalidKeyPair.NotFound",
    message: (ids) =>
      ids.length === 1
        ? `The key pair ID '${ids[0]}' does not exist`
        : `The key pair IDs '${ids.join(", ")}' do not exist`,
  },
  malformed: { code: "InvalidParameterValue", message: invalidId("key") },
  indexes: { name: ({ name }) => [name] },
};

/** The key pair of a name; throws InvalidKeyPair.NotFound. */
export function keyPairNamed(name: string, scope: Scope): KeyPairResource {
  const [found] = scope.by(keyPairs, "name", name);
  if (!found) throw new AwsError("InvalidKeyPair.NotFound", `The key pair '${name}' does not exist`);
  return found;
}
