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
import { entityArn, type InstanceProfile } from "../../identity/index.ts";
import type { State } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { required, tagsOf } from "./checks.ts";
import { cannotBeFound, cannotDelete, quotaExceeded } from "./errors.ts";
import { page } from "./paging.ts";
import { wireRole } from "./roles.ts";
import {
  changeEntity,
  createEntity,
  findEntity,
  type IamParts,
  listEntities,
  newEntityId,
  readEntity,
} from "./store.ts";

function profileName(value: string | undefined): string {
  return required("instanceProfileName", value);
}

/** A profile with its role, as lists show it: without tags. */
export async function wireProfile(state: State, account: AccountId, profile: InstanceProfile): Promise<WireProfile> {
  const role = profile.roleName === undefined ? undefined : await findEntity(state, account, "role", profile.roleName);
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: entityArn(account, "instance-profile", profile),
    CreateDate: new Date(profile.created),
    Roles: role ? [wireRole(account, role.value)] : [],
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_InstanceProfile.html */
export function instanceProfileHandlers({ state, clock, random }: IamParts): Handlers {
  async function profilePage(
    account: AccountId,
    found: readonly InstanceProfile[],
    input: ListInstanceProfilesRequest,
  ) {
    const { items, paging } = page(found, (profile) => profile.name.toLowerCase(), input);
    return { InstanceProfiles: await Promise.all(items.map((item) => wireProfile(state, account, item))), ...paging };
  }

  return {
    async CreateInstanceProfile(
      input: CreateInstanceProfileRequest,
      { account },
    ): Promise<CreateInstanceProfileResponse> {
      const profile: InstanceProfile = {
        name: profileName(input.InstanceProfileName),
        path: input.Path ?? "/",
        id: newEntityId("instance-profile", random),
        created: clock.now(),
        tags: tagsOf(input.Tags),
      };
      await createEntity(state, account, "instance-profile", profile);
      const shown = await wireProfile(state, account, profile);
      return { InstanceProfile: { ...shown, ...(profile.tags.length > 0 && { Tags: [...profile.tags] }) } };
    },

    async GetInstanceProfile(input: GetInstanceProfileRequest, { account }): Promise<GetInstanceProfileResponse> {
      const name = profileName(input.InstanceProfileName);
      const { value: profile } = await readEntity(state, account, "instance-profile", name);
      return { InstanceProfile: { ...(await wireProfile(state, account, profile)), Tags: [...profile.tags] } };
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
      const { value: role } = await readEntity(state, account, "role", required("roleName", input.RoleName));
      const profiles = await listEntities(state, account, "instance-profile");
      const found = profiles.filter((profile) => profile.roleName === role.name);
      return profilePage(account, found, input);
    },

    async AddRoleToInstanceProfile(input: AddRoleToInstanceProfileRequest, { account }): Promise<object> {
      const name = profileName(input.InstanceProfileName);
      const before = await readEntity(state, account, "instance-profile", name);
      const { value: role } = await readEntity(state, account, "role", required("roleName", input.RoleName));
      if (before.value.roleName !== undefined) throw quotaExceeded("InstanceSessionsPerInstanceProfile", 1);
      await changeEntity<"instance-profile">(state, before, { ...before.value, roleName: role.name });
      return {};
    },

    async RemoveRoleFromInstanceProfile(input: RemoveRoleFromInstanceProfileRequest, { account }): Promise<object> {
      const name = profileName(input.InstanceProfileName);
      const before = await readEntity(state, account, "instance-profile", name);
      const { value: role } = await readEntity(state, account, "role", required("roleName", input.RoleName));
      const { roleName: present, ...profile } = before.value;
      if (present !== role.name) throw cannotBeFound(`Role ${role.name} in Instance Profile ${profile.name}`);
      await changeEntity<"instance-profile">(state, before, profile);
      return {};
    },

    async DeleteInstanceProfile(input: DeleteInstanceProfileRequest, { account }): Promise<object> {
      const name = profileName(input.InstanceProfileName);
      const before = await readEntity(state, account, "instance-profile", name);
      if (before.value.roleName !== undefined) throw cannotDelete("must remove roles from instance profile first");
      await changeEntity<"instance-profile">(state, before, undefined);
      return {};
    },
  };
}
