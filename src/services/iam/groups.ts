import type {
  AddUserToGroupRequest,
  CreateGroupRequest,
  CreateGroupResponse,
  DeleteGroupRequest,
  GetGroupRequest,
  GetGroupResponse,
  ListGroupsForUserRequest,
  ListGroupsForUserResponse,
  ListGroupsRequest,
  ListGroupsResponse,
  RemoveUserFromGroupRequest,
  UpdateGroupRequest,
  Group as WireGroup,
} from "@aws-sdk/client-iam";
import type { AccountId } from "../../aws/names.ts";
import { entityArn, entityKey, type Group, type User } from "../../identity/index.ts";
import type { State } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { required } from "./checks.ts";
import { cannotDelete, entityExists, quotaExceeded } from "./errors.ts";
import { page } from "./paging.ts";
import {
  changeEntity,
  createEntity,
  type IamParts,
  listEntities,
  newEntityId,
  readEntity,
  unchanged,
} from "./store.ts";
import { listedUser } from "./users.ts";

const mostGroupsPerUser = 10;

function wireGroup(account: AccountId, group: Group): WireGroup {
  return {
    Path: group.path,
    GroupName: group.name,
    GroupId: group.id,
    Arn: entityArn(account, "group", group),
    CreateDate: new Date(group.created),
  };
}

function isMember(user: User, group: Group): boolean {
  return user.groupIds?.includes(group.id) ?? false;
}

/** The groups of a user, in the order of their names. */
export async function groupsOf(state: State, account: AccountId, user: User): Promise<Group[]> {
  return (await listEntities(state, account, "group")).filter((group) => isMember(user, group));
}

const byName = ({ name }: { readonly name: string }) => name.toLowerCase();

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Group.html */
export function groupHandlers({ state, clock, random }: IamParts): Handlers {
  const readGroup = (account: AccountId, name: string | undefined) =>
    readEntity(state, account, "group", required("groupName", name));
  const readUser = (account: AccountId, name: string | undefined) =>
    readEntity(state, account, "user", required("userName", name));

  return {
    async CreateGroup(input: CreateGroupRequest, { account }): Promise<CreateGroupResponse> {
      const group: Group = {
        name: required("groupName", input.GroupName),
        path: input.Path ?? "/",
        id: newEntityId("group", random),
        created: clock.now(),
        tags: [],
        policies: {},
      };
      await createEntity(state, account, "group", group);
      return { Group: wireGroup(account, group) };
    },

    async GetGroup(input: GetGroupRequest, { account }): Promise<GetGroupResponse> {
      const { value: group } = await readGroup(account, input.GroupName);
      const users = await listEntities(state, account, "user");
      const members = users.filter((user) => isMember(user, group));
      const { items, paging } = page(members, byName, input);
      return { Group: wireGroup(account, group), Users: items.map((user) => listedUser(account, user)), ...paging };
    },

    async ListGroups(input: ListGroupsRequest, { account }): Promise<ListGroupsResponse> {
      const groups = await listEntities(state, account, "group");
      const found = groups.filter((group) => group.path.startsWith(input.PathPrefix ?? "/"));
      const { items, paging } = page(found, byName, input);
      return { Groups: items.map((group) => wireGroup(account, group)), ...paging };
    },

    async ListGroupsForUser(input: ListGroupsForUserRequest, { account }): Promise<ListGroupsForUserResponse> {
      const { value: user } = await readUser(account, input.UserName);
      const { items, paging } = page(await groupsOf(state, account, user), byName, input);
      return { Groups: items.map((group) => wireGroup(account, group)), ...paging };
    },

    async UpdateGroup(input: UpdateGroupRequest, { account }): Promise<object> {
      const before = await readGroup(account, input.GroupName);
      const group: Group = {
        ...before.value,
        name: input.NewGroupName ?? before.value.name,
        path: input.NewPath ?? before.value.path,
      };
      const key = entityKey(account, "group", group.name);
      if (key === before.key) await changeEntity<"group">(state, before, group);
      else {
        if (await state.get(key)) throw entityExists("group", group.name);
        await changeEntity<"group">(state, before, undefined, { key, value: group, expect: 0 });
      }
      return {};
    },

    async DeleteGroup(input: DeleteGroupRequest, { account }): Promise<object> {
      const before = await readGroup(account, input.GroupName);
      const group = before.value;
      const users = await listEntities(state, account, "user");
      if (users.some((user) => isMember(user, group))) throw cannotDelete("must remove users from group first");
      if (group.attachedPolicies?.length) throw cannotDelete("must detach all policies first");
      if (Object.keys(group.policies).length > 0) throw cannotDelete("must delete policies first");
      await changeEntity<"group">(state, before, undefined);
      return {};
    },

    async AddUserToGroup(input: AddUserToGroupRequest, { account }): Promise<object> {
      const before = await readUser(account, input.UserName);
      const group = await readGroup(account, input.GroupName);
      const ids = before.value.groupIds ?? [];
      if (ids.includes(group.value.id)) return {};
      if (ids.length >= mostGroupsPerUser) throw quotaExceeded("GroupsPerUser", mostGroupsPerUser);
      const after = { ...before.value, groupIds: [...ids, group.value.id] };
      // A group that is deleted meanwhile has no new member.
      await changeEntity<"user">(state, before, after, unchanged(group));
      return {};
    },

    async RemoveUserFromGroup(input: RemoveUserFromGroupRequest, { account }): Promise<object> {
      const before = await readUser(account, input.UserName);
      const { value: group } = await readGroup(account, input.GroupName);
      const groupIds = (before.value.groupIds ?? []).filter((id) => id !== group.id);
      await changeEntity<"user">(state, before, { ...before.value, groupIds });
      return {};
    },
  };
}
