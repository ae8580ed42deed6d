import type { Tag as WireTag } from "@aws-sdk/client-iam";
import type { Members } from "../../aws/call.ts";
import type { AccountId } from "../../aws/names.ts";
import type { Entities } from "../../identity/index.ts";
import type { State, StateEntry } from "../../storage/state/state.ts";
import type { Handler, Handlers } from "../service.ts";
import { required, tagKeysOf, tagsOf } from "./checks.ts";
import { lowerFirst } from "./constraints.ts";
import { limitExceeded } from "./errors.ts";
import { readDevice } from "./mfa-devices.ts";
import { readOidcProvider } from "./oidc-providers.ts";
import { page } from "./paging.ts";
import { ownEntry, readPolicy } from "./policies.ts";
import { readSamlProvider } from "./saml-providers.ts";
import { changeEntity, type IamParts, readEntity } from "./store.ts";

interface TagInput extends Members {
  readonly Tags?: readonly WireTag[];
  readonly TagKeys?: readonly string[];
  readonly Marker?: string;
  readonly MaxItems?: number;
}

interface Row {
  readonly noun: string;
  /** Which member names what is tagged. */
  readonly member: string;
  readonly read: (state: State, account: AccountId, name: string) => Promise<StateEntry<Entities[keyof Entities]>>;
  /** Whether keys of different case are one key. */
  readonly keysAre: "same" | "distinct";
}

// The same three actions for every kind: TagUser, UntagUser, ListUserTags …
const tagged: readonly Row[] = [
  {
    noun: "User",
    member: "UserName",
    read: (state, account, name) => readEntity(state, account, "user", name),
    keysAre: "same",
  },
  {
    noun: "Role",
    member: "RoleName",
    read: (state, account, name) => readEntity(state, account, "role", name),
    keysAre: "same",
  },
  {
    noun: "InstanceProfile",
    member: "InstanceProfileName",
    read: (state, account, name) => readEntity(state, account, "instance-profile", name),
    keysAre: "same",
  },
  {
    noun: "Policy",
    member: "PolicyArn",
    read: async (state, account, arn) => ownEntry(await readPolicy(state, account, arn), "TagPolicy"),
    keysAre: "distinct",
  },
  { noun: "MFADevice", member: "SerialNumber", read: readDevice, keysAre: "same" },
  { noun: "SAMLProvider", member: "SAMLProviderArn", read: readSamlProvider, keysAre: "same" },
  { noun: "OpenIDConnectProvider", member: "OpenIDConnectProviderArn", read: readOidcProvider, keysAre: "same" },
];

const mostTags = 50;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
export function tagHandlers({ state }: IamParts): Handlers {
  const handlers: Record<string, Handler<never, object>> = {};

  for (const { noun, member, read, keysAre } of tagged) {
    const named = (input: TagInput) => required(lowerFirst(member), input[member] as string | undefined);
    const sameKey = (key: string) => (keysAre === "same" ? key.toLowerCase() : key);

    handlers[`Tag${noun}`] = async (input: TagInput, { account }) => {
      const added = tagsOf(required("tags", input.Tags), keysAre);
      const before = await read(state, account, named(input));
      const keys = new Set(added.map((tag) => sameKey(tag.Key)));
      const tags = [...before.value.tags.filter((tag) => !keys.has(sameKey(tag.Key))), ...added];
      if (tags.length > mostTags) throw limitExceeded("The number of tags has reached the maximum limit.");
      await changeEntity(state, before, { ...before.value, tags });
      return {};
    };

    handlers[`Untag${noun}`] = async (input: TagInput, { account }) => {
      const keys = new Set(tagKeysOf(input.TagKeys).map(sameKey));
      const before = await read(state, account, named(input));
      const tags = before.value.tags.filter((tag) => !keys.has(sameKey(tag.Key)));
      await changeEntity(state, before, { ...before.value, tags });
      return {};
    };

    handlers[`List${noun}Tags`] = async (input: TagInput, { account }) => {
      const { tags } = (await read(state, account, named(input))).value;
      const sorted = tags.toSorted((one, other) => (one.Key < other.Key ? -1 : 1));
      const { items, paging } = page(sorted, (tag) => tag.Key, input);
      return { Tags: items, ...paging };
    };
  }
  return handlers;
}
