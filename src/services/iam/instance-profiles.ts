import type {
  AddRoleToInstanceProfileRequest,
  CreateInstanceProfileRequest,
  CreateInstanceProfileResponse,
  DeleteInstanceProfileRequest,
  GetInstanceProfileRequest,
  GetInstanceProfileResponse,
  ListInstanceProfilesForRoleRequest,
  ListInstanceProfilesForRoleResponse,
  ListInstanceProfilesRequest,
  ListInstanceProfilesResponse,
  RemoveRoleFromInstanceProfileRequest,
  InstanceProfile as WireProfile,
} from "@aws-sdk/client-iam";
import type { AccountId } from "../../aws/names.ts";
import { entityArn, entityKey, type InstanceProfile, type Role } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import { nameOf, pathOf, tagsOf } from "./checks.ts";
import { deleteConflict, entityNotFound, limitExceeded } from "./errors.ts";
import { page } from "./paging.ts";
import { roleName, wireRole } from "./roles.ts";
import { changeEntity, createEntity, type IamParts, listEntities, newEntityId, readEntity } from "./store.ts";

const longestName = 128;

function profileName(value: string | undefined): string {
  return nameOf("instanceProfileName", value, longestName);
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_InstanceProfile.html */
export function instanceProfileHandlers({ state, clock, random }: IamParts): Handlers {
  /** A profile with its role, as lists show it: without tags. */
  async function wireProfile(account: AccountId, profile: InstanceProfile): Promise<WireProfile> {
    const { roleName } = profile;
    const role = roleName === undefined ? undefined : await state.get(entityKey(account, "role", roleName));
    return {
      Path: profile.path,
      InstanceProfileName: profile.name,
      InstanceProfileId: profile.id,
      Arn: entityArn(account, "instance-profile", profile),
      CreateDate: new Date(profile.created),
      Roles: role ? [wireRole(account, role.value as Role)] : [],
    };
  }

  async function wholeProfile(account: AccountId, profile: InstanceProfile): Promise<WireProfile> {
    return {
      ...(await wireProfile(account, profile)),
      ...(profile.tags.length > 0 && { Tags: [...profile.tags] }),
    };
  }

  async function profilePage(
    account: AccountId,
    found: readonly InstanceProfile[],
    input: ListInstanceProfilesRequest,
  ) {
    const { items, paging } = page(found, (profile) => profile.name.toLowerCase(), input);
    return { InstanceProfiles: await Promise.all(items.map((item) => wireProfile(account, item))), ...paging };
  }

  return {
    async CreateInstanceProfile(
      input: CreateInstanceProfileRequest,
      { account },
    ): Promise<CreateInstanceProfileResponse> {
      const profile: InstanceProfile = {
        name: profileName(input.InstanceProfileName),
        path: pathOf(input.Path),
        id: newEntityId("instance-profile", random),
        created: clock.now(),
        tags: tagsOf(input.Tags),
      };
      await createEntity(state, account, "instance-profile", profile);
      return { InstanceProfile: await wholeProfile(account, profile) };
    },

    async GetInstanceProfile(input: GetInstanceProfileRequest, { account }): Promise<GetInstanceProfileResponse> {
      const name = profileName(input.InstanceProfileName);
      const { value: profile } = await readEntity(state, account, "instance-profile", name);
      return { InstanceProfile: await wholeProfile(account, profile) };
    },

    async ListInstanceProfiles(input: ListInstanceProfilesRequest, { account }): Promise<ListInstanceProfilesResponse> {
      const profiles = await listEntities(state, account, "instance-profile");
      const found = profiles.filter((profile) => profile.path.startsWith(input.PathPrefix ?? "/"));
      return profilePage(account, found, input);
    },

    async ListInstanceProfilesForRole(
      input: ListInstanceProfilesForRoleRequest,
      { account },
    ): Promise<ListInstanceProfilesForRoleResponse> {
      const { value: role } = await readEntity(state, account, "role", roleName(input.RoleName));
      const profiles = await listEntities(state, account, "instance-profile");
      const found = profiles.filter((profile) => profile.roleName === role.name);
      return profilePage(account, found, input);
    },

    async AddRoleToInstanceProfile(input: AddRoleToInstanceProfileRequest, { account }): Promise<object> {
      const name = profileName(input.InstanceProfileName);
      const before = await readEntity(state, account, "instance-profile", name);
      const { value: role } = await readEntity(state, account, "role", roleName(input.RoleName));
      if (before.value.roleName !== undefined) throw limitExceeded("InstanceSessionsPerInstanceProfile", 1);
      await changeEntity(state, before, { ...before.value, roleName: role.name });
      return {};
    },

    async RemoveRoleFromInstanceProfile(input: RemoveRoleFromInstanceProfileRequest, { account }): Promise<object> {
      const name = profileName(input.InstanceProfileName);
      const before = await readEntity(state, account, "instance-profile", name);
      const wanted = roleName(input.RoleName);
      const { roleName: present, ...profile } = before.value;
      if (present?.toLowerCase() !== wanted.toLowerCase()) throw entityNotFound("role", wanted);
      await changeEntity(state, before, profile);
      return {};
    },

    async DeleteInstanceProfile(input: DeleteInstanceProfileRequest, { account }): Promise<object> {
      const name = profileName(input.InstanceProfileName);
      const before = await readEntity(state, account, "instance-profile", name);
      if (before.value.roleName !== undefined) throw deleteConflict("must remove roles from instance profile first");
      await changeEntity(state, before, undefined);
      return {};
    },
  };
}
