import type {
  CreateUserRequest,
  CreateUserResponse,
  DeleteUserRequest,
  GetUserRequest,
  GetUserResponse,
  ListUsersRequest,
  ListUsersResponse,
  UpdateUserRequest,
  User as WireUser,
} from "@aws-sdk/client-iam";
import type { Call } from "../../aws/call.ts";
import type { AccountId } from "../../aws/names.ts";
import { accessKeyKey, entityArn, entityKey, readAccessKey, type User } from "../../identity/index.ts";
import type { Change } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { nameOf, pathOf, tagsOf } from "./checks.ts";
import { deleteConflict, entityExists, validationError } from "./errors.ts";
import { page } from "./paging.ts";
import { readRoot } from "./root.ts";
import { changeEntity, createEntity, type IamParts, listEntities, newEntityId, readEntity } from "./store.ts";

const longestName = 64;

export function userName(value: string | undefined): string {
  return nameOf("userName", value, longestName);
}

/** The name of the user who calls, for actions that mean the caller when no user is named; undefined for root. */
export function ownUserName({ caller }: Call): string | undefined {
  if (caller.type === "IAMUser") return caller.userName;
  if (caller.type === "Root") return undefined;
  throw validationError("Must specify userName when calling with non-User credentials");
}

function wireUser(account: AccountId, user: User): WireUser {
  const { permissionsBoundary } = user;
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: entityArn(account, "user", user),
    CreateDate: new Date(user.created),
    ...(permissionsBoundary !== undefined && {
      PermissionsBoundary: {
        PermissionsBoundaryType: "PermissionsBoundaryPolicy",
        PermissionsBoundaryArn: permissionsBoundary,
      },
    }),
    ...(user.tags.length > 0 && { Tags: [...user.tags] }),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html */
export function userHandlers({ state, identity, clock, random }: IamParts): Handlers {
  return {
    async CreateUser(input: CreateUserRequest, { account }): Promise<CreateUserResponse> {
      const user: User = {
        name: userName(input.UserName),
        path: pathOf(input.Path),
        id: newEntityId("user", random),
        created: clock.now(),
        tags: tagsOf(input.Tags),
        accessKeyIds: [],
        policies: {},
        ...(input.PermissionsBoundary !== undefined && { permissionsBoundary: input.PermissionsBoundary }),
      };
      await createEntity(state, account, "user", user);
      return { User: wireUser(account, user) };
    },

    async GetUser(input: GetUserRequest, call): Promise<GetUserResponse> {
      const { account } = call;
      const name = input.UserName === undefined ? ownUserName(call) : userName(input.UserName);
      if (name !== undefined) {
        return { User: wireUser(account, (await readEntity(state, account, "user", name)).value) };
      }
      const { created } = (await readRoot(state, account, clock)).value;
      // AWS leaves out the name and the path of the root user.
      const root: Partial<WireUser> = {
        UserId: account,
        Arn: `arn:aws:iam::${account}:root`,
        CreateDate: new Date(created),
      };
      return { User: root as WireUser };
    },

    async ListUsers(input: ListUsersRequest, { account }): Promise<ListUsersResponse> {
      const users = await listEntities(state, account, "user");
      const found = users.filter((user) => user.path.startsWith(input.PathPrefix ?? "/"));
      const { items, paging } = page(found, (user) => user.name.toLowerCase(), input);
      // Lists leave out tags and permissions boundaries.
      return {
        Users: items.map(({ permissionsBoundary: _, ...user }) => wireUser(account, { ...user, tags: [] })),
        ...paging,
      };
    },

    async UpdateUser(input: UpdateUserRequest, { account }): Promise<object> {
      const before = await readEntity(state, account, "user", userName(input.UserName));
      const user: User = {
        ...before.value,
        ...(input.NewUserName !== undefined && { name: nameOf("newUserName", input.NewUserName, longestName) }),
        ...(input.NewPath !== undefined && { path: pathOf(input.NewPath) }),
      };
      const key = entityKey(account, "user", user.name);
      if (key === before.key) await changeEntity(state, before, user);
      else {
        if (await state.get(key)) throw entityExists("user", user.name);
        const moved: Change[] = [{ key, value: user, expect: 0 }];
        for (const id of user.accessKeyIds) {
          const accessKey = await readAccessKey(state, id);
          if (accessKey) moved.push({ key: accessKeyKey(id), value: { ...accessKey, userName: user.name } });
        }
        await changeEntity(state, before, undefined, ...moved);
      }
      for (const id of user.accessKeyIds) identity.forget(id);
      return {};
    },

    async DeleteUser(input: DeleteUserRequest, { account }): Promise<object> {
      const before = await readEntity(state, account, "user", userName(input.UserName));
      if (before.value.accessKeyIds.length > 0) throw deleteConflict("must delete access keys first");
      if (Object.keys(before.value.policies).length > 0) throw deleteConflict("must delete policies first");
      await changeEntity(state, before, undefined);
      return {};
    },
  };
}
