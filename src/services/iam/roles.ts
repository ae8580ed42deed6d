import type {
  CreateRoleRequest,
  CreateRoleResponse,
  DeleteRoleRequest,
  GetRoleRequest,
  GetRoleResponse,
  ListRolesRequest,
  ListRolesResponse,
  UpdateAssumeRolePolicyRequest,
  UpdateRoleRequest,
  Role as WireRole,
} from "@aws-sdk/client-iam";
import type { AccountId } from "../../aws/names.ts";
import { entityArn, type Role } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import { nameOf, pathOf, policyDocumentOf, tagsOf } from "./checks.ts";
import { deleteConflict, validationError } from "./errors.ts";
import { page } from "./paging.ts";
import { changeEntity, createEntity, type IamParts, listEntities, newEntityId, readEntity } from "./store.ts";

const longestName = 64;
const hour = 3600;

export function roleName(value: string | undefined): string {
  return nameOf("roleName", value, longestName);
}

/** A policy document as IAM's answers have it: percent-encoded after RFC 3986. */
export function encodedDocument(document: string): string {
  return encodeURIComponent(document).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function sessionDuration(value: number | undefined): number {
  const seconds = value ?? hour;
  if (seconds >= hour && seconds <= 12 * hour) return seconds;
  throw validationError(
    `1 validation error detected: Value '${seconds}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value ${seconds < hour ? `greater than or equal to ${hour}` : `less than or equal to ${12 * hour}`}`,
  );
}

/** A role as lists show it: without tags, permissions boundary and last use. */
export function wireRole(account: AccountId, role: Role): WireRole {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: entityArn(account, "role", role),
    CreateDate: new Date(role.created),
    AssumeRolePolicyDocument: encodedDocument(role.trustPolicy),
    ...(role.description !== undefined && { Description: role.description }),
    MaxSessionDuration: role.maxSessionDuration,
  };
}

function wholeRole(account: AccountId, role: Role): WireRole {
  const { permissionsBoundary } = role;
  return {
    ...wireRole(account, role),
    ...(permissionsBoundary !== undefined && {
      PermissionsBoundary: {
        PermissionsBoundaryType: "PermissionsBoundaryPolicy",
        PermissionsBoundaryArn: permissionsBoundary,
      },
    }),
    ...(role.tags.length > 0 && { Tags: [...role.tags] }),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html */
export function roleHandlers({ state, clock, random }: IamParts): Handlers {
  return {
    async CreateRole(input: CreateRoleRequest, { account }): Promise<CreateRoleResponse> {
      const role: Role = {
        name: roleName(input.RoleName),
        path: pathOf(input.Path),
        id: newEntityId("role", random),
        created: clock.now(),
        tags: tagsOf(input.Tags),
        trustPolicy: policyDocumentOf("assumeRolePolicyDocument", input.AssumeRolePolicyDocument, "Principal"),
        ...(input.Description !== undefined && { description: input.Description }),
        maxSessionDuration: sessionDuration(input.MaxSessionDuration),
        policies: {},
        ...(input.PermissionsBoundary !== undefined && { permissionsBoundary: input.PermissionsBoundary }),
      };
      await createEntity(state, account, "role", role);
      return { Role: wholeRole(account, role) };
    },

    async GetRole(input: GetRoleRequest, { account }): Promise<GetRoleResponse> {
      const { value: role } = await readEntity(state, account, "role", roleName(input.RoleName));
      return { Role: { ...wholeRole(account, role), RoleLastUsed: {} } };
    },

    async ListRoles(input: ListRolesRequest, { account }): Promise<ListRolesResponse> {
      const roles = await listEntities(state, account, "role");
      const found = roles.filter((role) => role.path.startsWith(input.PathPrefix ?? "/"));
      const { items, paging } = page(found, (role) => role.name.toLowerCase(), input);
      return { Roles: items.map((role) => wireRole(account, role)), ...paging };
    },

    async UpdateRole(input: UpdateRoleRequest, { account }): Promise<object> {
      const before = await readEntity(state, account, "role", roleName(input.RoleName));
      await changeEntity(state, before, {
        ...before.value,
        ...(input.Description !== undefined && { description: input.Description }),
        ...(input.MaxSessionDuration !== undefined && {
          maxSessionDuration: sessionDuration(input.MaxSessionDuration),
        }),
      });
      return {};
    },

    async UpdateAssumeRolePolicy(input: UpdateAssumeRolePolicyRequest, { account }): Promise<object> {
      const before = await readEntity(state, account, "role", roleName(input.RoleName));
      const trustPolicy = policyDocumentOf("policyDocument", input.PolicyDocument, "Principal");
      await changeEntity(state, before, { ...before.value, trustPolicy });
      return {};
    },

    async DeleteRole(input: DeleteRoleRequest, { account }): Promise<object> {
      const before = await readEntity(state, account, "role", roleName(input.RoleName));
      const profiles = await listEntities(state, account, "instance-profile");
      if (profiles.some((profile) => profile.roleName === before.value.name)) {
        throw deleteConflict("must remove roles from instance profile first");
      }
      if (Object.keys(before.value.policies).length > 0) throw deleteConflict("must delete policies first");
      await changeEntity(state, before, undefined);
      return {};
    },
  };
}
