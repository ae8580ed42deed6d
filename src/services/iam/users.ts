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
import { required, tagsOf } from "./checks.ts";
import { cannotDelete, entityExists, validationError } from "./errors.ts";
import { page } from "./paging.ts";
import { boundaryOf, wireBoundary } from "./permissions-boundaries.ts";
import { readRoot } from "./root.ts";
import { changeEntity, createEntity, type IamParts, listEntities, newEntityId, readEntity } from "./store.ts";

/** The name of the user who calls, for actions that mean the caller when no user is named; undefined for root. */
export function ownUserName({ caller }: Call): string | undefined {
  if (caller.type === "IAMUser") return caller.userName;
  if (caller.type === "Root") return undefined;
  throw validationError("Must specify userName when calling with non-User credentials");
}

/** A user as lists show it: without tags and permissions boundary. */
export function listedUser(account: AccountId, user: User): WireUser {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: entityArn(account, "user", user),
    CreateDate: new Date(user.created),
  };
}

function wireUser(account: AccountId, user: User): WireUser {
  return {
    ...listedUser(account, user),
    ...wireBoundary(user),
    ...(user.tags.length > 0 && { Tags: [...user.tags] }),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html */
export function userHandlers({ state, identity, clock, random }: IamParts): Handlers {
  return {
    async CreateUser(input: CreateUserRequest, { account }): Promise<CreateUserResponse> {
      const { boundary, stays } = await boundaryOf(state, account, input.PermissionsBoundary);
      const user: User = {
        name: required("userName", input.UserName),
        path: input.Path ?? "/",
        id: newEntityId("user", random),
        created: clock.now(),
        tags: tagsOf(input.Tags),
        accessKeyIds: [],
        policies: {},
        ...boundary,
      };
      await createEntity(state, account, "user", user, ...stays);
      return { User: wireUser(account, user) };
    },

    async GetUser(input: GetUserRequest, call): Promise<GetUserResponse> {
      const { account } = call;
      const name = input.UserName ?? ownUserName(call);
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
      return { Users: items.map((user) => listedUser(account, user)), ...paging };
    },

    async UpdateUser(input: UpdateUserRequest, { account }): Promise<object> {
      const before = await readEntity(state, account, "user", required("userName", input.UserName));
      const user: User = {
        ...before.value,
        name: input.NewUserName ?? before.value.name,
        path: input.NewPath ?? before.value.path,
      };
      const key = entityKey(account, "user", user.name);
      if (key === before.key) await changeEntity<"user">(state, before, user);
      else {
        if (await state.get(key)) throw entityExists("user", user.name);
        const moved: Change[] = [{ key, value: user, expect: 0 }];
        for (const id of user.accessKeyIds) {
          const accessKey = await readAccessKey(state, id);
          if (accessKey) moved.push({ key: accessKeyKey(id), value: { ...accessKey, userName: user.name } });
        }
        await changeEntity<"user">(state, before, undefined, ...moved);
      }
      for (const id of user.accessKeyIds) identity.forget(id);
      return {};
    },

    async DeleteUser(input: DeleteUserRequest, { account }): Promise<object> {
      const before = await readEntity(state, account, "user", required("userName", input.UserName));
      const user = before.value;
      if (user.loginProfile) throw cannotDelete("must delete login profile first");
      if (user.accessKeyIds.length > 0) throw cannotDelete("must delete access keys first");
      if (user.groupIds?.length) throw cannotDelete("must remove users from group first");
      if (user.attachedPolicies?.length) throw cannotDelete("must detach all policies first");
      if (Object.keys(user.policies).length > 0) throw cannotDelete("must delete policies first");
      const devices = await listEntities(state, account, "mfa");
      if (devices.some((device) => device.enabled?.principalId === user.id)) {
        throw cannotDelete("must delete MFA device first");
      }
      if (user.sshPublicKeys?.length || user.signingCertificates?.length) {
        throw cannotDelete("must remove referenced objects first");
      }
      await changeEntity<"user">(state, before, undefined);
      return {};
    },
  };
}
