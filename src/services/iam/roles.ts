import type {
  CreateRoleRequest,
  CreateRoleResponse,
  DeleteRoleRequest,
  GetRoleRequest,
  GetRoleResponse,
  ListRolesRequest,
  ListRolesResponse,
  UpdateAssumeRolePolicyRequest,
  UpdateRoleDescriptionRequest,
  UpdateRoleDescriptionResponse,
  UpdateRoleRequest,
  Role as WireRole,
} from "@aws-sdk/client-iam";
import type { AccountId } from "../../aws/names.ts";
import { entityArn, type Role } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import { optional, required, tagsOf } from "./checks.ts";
import { cannotDelete } from "./errors.ts";
import { page } from "./paging.ts";
import { boundaryOf, wireBoundary } from "./permissions-boundaries.ts";
import { encodedDocument, policyDocumentOf } from "./policy-documents.ts";
import { roleToChange } from "./protected-roles.ts";
import { changeEntity, createEntity, type IamParts, listEntities, newEntityId, readEntity } from "./store.ts";

const hour = 3600;

/** A role as it is part of an answer: without description, session duration, tags, boundary and last use. */
export function wireRole(account: AccountId, role: Role): WireRole {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: entityArn(account, "role", role),
    CreateDate: new Date(role.created),
    AssumeRolePolicyDocument: encodedDocument(role.trustPolicy),
  };
}

function listedRole(account: AccountId, role: Role): WireRole {
  return {
    ...wireRole(account, role),
    ...optional("Description", role.description || undefined),
    MaxSessionDuration: role.maxSessionDuration,
  };
}

function wireTags({ tags }: Role) {
  return tags.length > 0 ? { Tags: [...tags] } : {};
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html */
export function roleHandlers({ state, clock, random }: IamParts): Handlers {
  const readRole = (account: AccountId, name: string | undefined) =>
    readEntity(state, account, "role", required("roleName", name));

  return {
    async CreateRole(input: CreateRoleRequest, { account }): Promise<CreateRoleResponse> {
      const { boundary, stays } = await boundaryOf(state, account, input.PermissionsBoundary);
      const role: Role = {
        name: required("roleName", input.RoleName),
        path: input.Path ?? "/",
        id: newEntityId("role", random),
        created: clock.now(),
        tags: tagsOf(input.Tags),
        trustPolicy: policyDocumentOf("assumeRolePolicyDocument", input.AssumeRolePolicyDocument, "trust"),
        ...optional("description", input.Description),
        maxSessionDuration: input.MaxSessionDuration ?? hour,
        policies: {},
        ...boundary,
      };
      await createEntity(state, account, "role", role, ...stays);
      return { Role: { ...wireRole(account, role), ...wireBoundary(role), ...wireTags(role) } };
    },

    async GetRole(input: GetRoleRequest, { account }): Promise<GetRoleResponse> {
      const { value: role } = await readRole(account, input.RoleName);
      return {
        Role: { ...listedRole(account, role), ...wireBoundary(role), ...wireTags(role), RoleLastUsed: {} },
      };
    },

    async ListRoles(input: ListRolesRequest, { account }): Promise<ListRolesResponse> {
      const roles = await listEntities(state, account, "role");
      const found = roles.filter((role) => role.path.startsWith(input.PathPrefix ?? "/"));
      const { items, paging } = page(found, (role) => role.name.toLowerCase(), input);
      return { Roles: items.map((role) => listedRole(account, role)), ...paging };
    },

    // Of a service-linked role, the description may be changed.
    async UpdateRole(input: UpdateRoleRequest, { account }): Promise<object> {
      const name = required("roleName", input.RoleName);
      const before =
        input.MaxSessionDuration === undefined
          ? await readRole(account, name)
          : await roleToChange(state, account, name);
      await changeEntity<"role">(state, before, {
        ...before.value,
        ...optional("description", input.Description),
        ...optional("maxSessionDuration", input.MaxSessionDuration),
      });
      return {};
    },

    async UpdateRoleDescription(
      input: UpdateRoleDescriptionRequest,
      { account },
    ): Promise<UpdateRoleDescriptionResponse> {
      const before = await readRole(account, input.RoleName);
      const role: Role = { ...before.value, description: required("description", input.Description) };
      await changeEntity<"role">(state, before, role);
      return { Role: { ...wireRole(account, role), ...optional("Description", role.description || undefined) } };
    },

    async UpdateAssumeRolePolicy(input: UpdateAssumeRolePolicyRequest, { account }): Promise<object> {
      const before = await roleToChange(state, account, required("roleName", input.RoleName));
      const trustPolicy = policyDocumentOf("policyDocument", input.PolicyDocument, "trust");
      await changeEntity<"role">(state, before, { ...before.value, trustPolicy });
      return {};
    },

    async DeleteRole(input: DeleteRoleRequest, { account }): Promise<object> {
      const before = await roleToChange(state, account, required("roleName", input.RoleName));
      const role = before.value;
      const profiles = await listEntities(state, account, "instance-profile");
      if (profiles.some((profile) => profile.roleName === role.name)) {
        throw cannotDelete("must remove roles from instance profile first");
      }
      if (role.attachedPolicies?.length) throw cannotDelete("must detach all policies first");
      if (Object.keys(role.policies).length > 0) throw cannotDelete("must delete policies first");
      await changeEntity<"role">(state, before, undefined);
      return {};
    },
  };
}
