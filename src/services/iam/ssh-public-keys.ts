import type {
  DeleteSSHPublicKeyRequest,
  GetSSHPublicKeyRequest,
  GetSSHPublicKeyResponse,
  ListSSHPublicKeysRequest,
  ListSSHPublicKeysResponse,
  UpdateSSHPublicKeyRequest,
  UploadSSHPublicKeyRequest,
  UploadSSHPublicKeyResponse,
  SSHPublicKey as WireKey,
} from "@aws-sdk/client-iam";
import sshpk from "sshpk";
import { AwsError } from "../../aws/error.ts";
import type { AccountId } from "../../aws/names.ts";
import type { SshPublicKey, User } from "../../identity/index.ts";
import type { StateEntry } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { required } from "./checks.ts";
import { cannotBeFound, quotaExceeded, violated } from "./errors.ts";
import { page } from "./paging.ts";
import { changeEntity, type IamParts, newEntityId, readEntity } from "./store.ts";
import { ownUserName } from "./users.ts";

const mostPerUser = 5;

function parseKey(body: string): sshpk.Key {
  try {
    const key = sshpk.parseKey(body, "auto");
    if (key.type === "rsa" && key.size >= 2048) return key;
  } catch {
    // whatever it is that can't be read, AWS says the same of it
  }
  throw new AwsError("InvalidPublicKey", "The public key is malformed or otherwise invalid.");
}

function wireKey(user: User, key: SshPublicKey, body: string): WireKey {
  return {
    UserName: user.name,
    SSHPublicKeyId: key.id,
    Fingerprint: key.fingerprint,
    SSHPublicKeyBody: body,
    Status: key.status,
    UploadDate: new Date(key.created),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SSHPublicKey.html */
export function sshPublicKeyHandlers({ state, clock, random }: IamParts): Handlers {
  const readUser = (account: AccountId, name: string | undefined) =>
    readEntity(state, account, "user", required("userName", name));

  const keep = (before: StateEntry<User>, sshPublicKeys: readonly SshPublicKey[]) =>
    changeEntity<"user">(state, before, { ...before.value, sshPublicKeys });

  function keyOf({ sshPublicKeys = [] }: User, given: string | undefined) {
    const id = required("sSHPublicKeyId", given);
    const key = sshPublicKeys.find((one) => one.id === id);
    if (!key) throw cannotBeFound(`The Public Key with id ${id}`);
    return { key, others: sshPublicKeys.filter((one) => one.id !== id) };
  }

  return {
    async UploadSSHPublicKey(input: UploadSSHPublicKeyRequest, { account }): Promise<UploadSSHPublicKeyResponse> {
      const before = await readUser(account, input.UserName);
      const body = required("sSHPublicKeyBody", input.SSHPublicKeyBody);
      const fingerprint = parseKey(body).fingerprint("md5").toString("hex");
      const keys = before.value.sshPublicKeys ?? [];
      if (keys.some((one) => one.fingerprint === fingerprint)) {
        throw new AwsError("DuplicateSSHPublicKey", "The SSH public key is already associated with the user.");
      }
      if (keys.length >= mostPerUser) throw quotaExceeded("SSHPublicKeysPerUser", mostPerUser);
      const key: SshPublicKey = {
        id: newEntityId("ssh-public-key", random),
        body,
        fingerprint,
        status: "Active",
        created: clock.now(),
      };
      await keep(before, [...keys, key]);
      return { SSHPublicKey: wireKey(before.value, key, body) };
    },

    async GetSSHPublicKey(input: GetSSHPublicKeyRequest, { account }): Promise<GetSSHPublicKeyResponse> {
      const { value: user } = await readUser(account, input.UserName);
      const { key } = keyOf(user, input.SSHPublicKeyId);
      const format = required("encoding", input.Encoding) === "PEM" ? "pkcs8" : "ssh";
      return { SSHPublicKey: wireKey(user, key, parseKey(key.body).toString(format)) };
    },

    async ListSSHPublicKeys(input: ListSSHPublicKeysRequest, call): Promise<ListSSHPublicKeysResponse> {
      const { value: user } = await readUser(call.account, input.UserName ?? ownUserName(call));
      const keys = (user.sshPublicKeys ?? []).toSorted((one, other) => (one.id < other.id ? -1 : 1));
      const { items, paging } = page(keys, ({ id }) => id, input);
      return {
        SSHPublicKeys: items.map((key) => ({
          UserName: user.name,
          SSHPublicKeyId: key.id,
          Status: key.status,
          UploadDate: new Date(key.created),
        })),
        ...paging,
      };
    },

    async UpdateSSHPublicKey(input: UpdateSSHPublicKeyRequest, { account }): Promise<object> {
      const before = await readUser(account, input.UserName);
      const { key, others } = keyOf(before.value, input.SSHPublicKeyId);
      const status = required("status", input.Status);
      if (status === "Expired") throw violated("status", "satisfy enum value set: [Active, Inactive]");
      await keep(before, [...others, { ...key, status }]);
      return {};
    },

    async DeleteSSHPublicKey(input: DeleteSSHPublicKeyRequest, { account }): Promise<object> {
      const before = await readUser(account, input.UserName);
      await keep(before, keyOf(before.value, input.SSHPublicKeyId).others);
      return {};
    },
  };
}
