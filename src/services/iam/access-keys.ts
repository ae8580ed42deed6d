import type {
  AccessKeyMetadata,
  CreateAccessKeyRequest,
  CreateAccessKeyResponse,
  DeleteAccessKeyRequest,
  GetAccessKeyLastUsedRequest,
  GetAccessKeyLastUsedResponse,
  ListAccessKeysRequest,
  ListAccessKeysResponse,
  UpdateAccessKeyRequest,
} from "@aws-sdk/client-iam";
import type { Call } from "../../aws/call.ts";
import { AwsError } from "../../aws/error.ts";
import {
  type AccessKey,
  accessKeyKey,
  newAccessKeyId,
  type Root,
  readAccessKey,
  sealed,
  type User,
} from "../../identity/index.ts";
import type { StateEntry } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { required } from "./checks.ts";
import { cannotBeFound, concurrentModification, quotaExceeded, violated } from "./errors.ts";
import { page } from "./paging.ts";
import { readRoot } from "./root.ts";
import { type IamParts, readEntity } from "./store.ts";
import { ownUserName } from "./users.ts";

/** Whose keys are meant. */
interface Owner {
  /** Undefined for the root user. */
  readonly userName: string | undefined;
  readonly entry: StateEntry<User> | StateEntry<Root>;
}

const keysPerOwner = 2;

// The root user has no name.
function named({ userName }: Pick<Owner, "userName">): { UserName: string | undefined } {
  return { UserName: userName };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html */
export function accessKeyHandlers({ state, identity, clock, random }: IamParts): Handlers {
  async function ownerOf(call: Call, given: string | undefined): Promise<Owner> {
    const name = given ?? ownUserName(call);
    if (name === undefined) return { userName: name, entry: await readRoot(state, call.account, clock) };
    const entry = await readEntity(state, call.account, "user", name);
    return { userName: entry.value.name, entry };
  }

  async function ownKey(owner: Owner, value: string | undefined): Promise<{ id: string; accessKey: AccessKey }> {
    const id = required("accessKeyId", value);
    const accessKey = owner.entry.value.accessKeyIds.includes(id) ? await readAccessKey(state, id) : undefined;
    if (!accessKey) throw cannotBeFound(`The Access Key with id ${id}`);
    return { id, accessKey };
  }

  /** Writes a key, or deletes it, together with its owner's list. */
  async function write(owner: Owner, id: string, accessKey: AccessKey | undefined, ids: readonly string[]) {
    const written = await state.commit([
      { key: owner.entry.key, value: { ...owner.entry.value, accessKeyIds: ids }, expect: owner.entry.version },
      { key: accessKeyKey(id), value: accessKey },
    ]);
    identity.forget(id);
    if (!written) throw concurrentModification();
  }

  return {
    async CreateAccessKey(input: CreateAccessKeyRequest, call): Promise<CreateAccessKeyResponse> {
      const owner = await ownerOf(call, input.UserName);
      const ids = owner.entry.value.accessKeyIds;
      if (ids.length >= keysPerOwner) throw quotaExceeded("AccessKeysPerUser", keysPerOwner);
      const id = newAccessKeyId("AKIA", call.account, random);
      const secret = Buffer.from(random.hex(60), "hex").toString("base64");
      const accessKey: AccessKey = {
        account: call.account,
        ...(owner.userName !== undefined && { userName: owner.userName }),
        secretAccessKey: await sealed(identity.seal, secret, id),
        status: "Active",
        created: clock.now(),
      };
      await write(owner, id, accessKey, [...ids, id]);
      return {
        AccessKey: {
          ...named(owner),
          AccessKeyId: id,
          Status: accessKey.status,
          SecretAccessKey: secret,
          CreateDate: new Date(accessKey.created),
        },
      };
    },

    async ListAccessKeys(input: ListAccessKeysRequest, call): Promise<ListAccessKeysResponse> {
      const owner = await ownerOf(call, input.UserName);
      const keys: AccessKeyMetadata[] = [];
      for (const id of [...owner.entry.value.accessKeyIds].sort()) {
        const { accessKey } = await ownKey(owner, id);
        keys.push({
          ...named(owner),
          AccessKeyId: id,
          Status: accessKey.status,
          CreateDate: new Date(accessKey.created),
        });
      }
      const { items, paging } = page(keys, (key) => key.AccessKeyId ?? "", input);
      return { AccessKeyMetadata: items, ...paging };
    },

    async UpdateAccessKey(input: UpdateAccessKeyRequest, call): Promise<object> {
      const owner = await ownerOf(call, input.UserName);
      const { id, accessKey } = await ownKey(owner, input.AccessKeyId);
      const status = required("status", input.Status);
      if (status === "Expired") throw violated("status", "satisfy enum value set: [Active, Inactive]");
      await write(owner, id, { ...accessKey, status }, owner.entry.value.accessKeyIds);
      return {};
    },

    async DeleteAccessKey(input: DeleteAccessKeyRequest, call): Promise<object> {
      const owner = await ownerOf(call, input.UserName);
      const { id } = await ownKey(owner, input.AccessKeyId);
      const rest = owner.entry.value.accessKeyIds.filter((other) => other !== id);
      await write(owner, id, undefined, rest);
      return {};
    },

    async GetAccessKeyLastUsed(input: GetAccessKeyLastUsedRequest, call): Promise<GetAccessKeyLastUsedResponse> {
      const id = required("accessKeyId", input.AccessKeyId);
      const accessKey = await readAccessKey(state, id);
      if (accessKey?.account !== call.account) {
        throw new AwsError(
          "AccessDenied",
          `User: ${"arn" in call.caller ? call.caller.arn : call.caller.accountId} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${id}`,
          { status: 403 },
        );
      }
      const use = identity.lastUse(id);
      return {
        ...named({ userName: accessKey.userName }),
        AccessKeyLastUsed: use
          ? { LastUsedDate: use.at, ServiceName: use.service, Region: use.region }
          : { LastUsedDate: undefined, ServiceName: "N/A", Region: "N/A" },
      };
    },
  };
}
