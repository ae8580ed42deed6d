import type { Tag as WireTag } from "@aws-sdk/client-iam";
import type { Call, Members } from "../../aws/call.ts";
import type { EntityKind } from "../../identity/index.ts";
import type { Handler, Handlers } from "../service.ts";
import { nameOf, required, tagsOf } from "./checks.ts";
import { limitExceeded } from "./errors.ts";
import { page } from "./paging.ts";
import { changeEntity, type IamParts, readEntity } from "./store.ts";

interface TagInput extends Members {
  readonly Tags?: readonly WireTag[];
  readonly TagKeys?: readonly string[];
  readonly Marker?: string;
  readonly MaxItems?: number;
}

// The same three actions for every kind: TagUser, UntagUser, ListUserTags …
const tagged: readonly { noun: string; kind: EntityKind; member: string }[] = [
  { noun: "User", kind: "user", member: "UserName" },
  { noun: "Role", kind: "role", member: "RoleName" },
  { noun: "InstanceProfile", kind: "instance-profile", member: "InstanceProfileName" },
];

const mostTags = 50;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html */
export function tagHandlers({ state }: IamParts): Handlers {
  const handlers: Record<string, Handler<never, object>> = {};

  for (const { noun, kind, member } of tagged) {
    const read = (input: TagInput, call: Call) => {
      const name = nameOf(`${member[0]?.toLowerCase()}${member.slice(1)}`, input[member] as string | undefined, 128);
      return readEntity(state, call.account, kind, name);
    };

    handlers[`Tag${noun}`] = async (input: TagInput, call) => {
      const added = tagsOf(required("tags", input.Tags));
      const before = await read(input, call);
      const keys = new Set(added.map((tag) => tag.Key.toLowerCase()));
      const tags = [...before.value.tags.filter((tag) => !keys.has(tag.Key.toLowerCase())), ...added];
      if (tags.length > mostTags) throw limitExceeded(`TagsPer${noun}`, mostTags);
      await changeEntity(state, before, { ...before.value, tags });
      return {};
    };

    handlers[`Untag${noun}`] = async (input: TagInput, call) => {
      const keys = new Set(required("tagKeys", input.TagKeys).map((key) => key.toLowerCase()));
      const before = await read(input, call);
      const tags = before.value.tags.filter((tag) => !keys.has(tag.Key.toLowerCase()));
      await changeEntity(state, before, { ...before.value, tags });
      return {};
    };

    handlers[`List${noun}Tags`] = async (input: TagInput, call) => {
      const tags = (await read(input, call)).value.tags.toSorted((one, other) => (one.Key < other.Key ? -1 : 1));
      const { items, paging } = page(tags, (tag) => tag.Key, input);
      return { Tags: items, ...paging };
    };
  }
  return handlers;
}
