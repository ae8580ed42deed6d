import type {
  AttachedPermissionsBoundary,
  DeleteRolePermissionsBoundaryRequest,
  DeleteUserPermissionsBoundaryRequest,
  PutRolePermissionsBoundaryRequest,
  PutUserPermissionsBoundaryRequest,
} from "@aws-sdk/client-iam";
import type { AccountId } from "../../aws/names.ts";
import type { PolicyHolder } from "../../identity/index.ts";
import type { Change, State } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { required } from "./checks.ts";
import { invalidInput, noSuchEntity } from "./errors.ts";
import { findPolicy, isPolicyArn } from "./managed-policies.ts";
import { roleToChange } from "./protected-roles.ts";
import { changeEntity, type IamParts, readEntity, unchanged } from "./store.ts";

/** A boundary as answers have it. The model says `PermissionsBoundaryPolicy`, AWS answers `Policy` (records, 2024; 2026). */
export function wireBoundary({ permissionsBoundary }: PolicyHolder) {
  if (permissionsBoundary === undefined) return {};
  const PermissionsBoundary = {
    PermissionsBoundaryType: "Policy",
    PermissionsBoundaryArn: permissionsBoundary,
  } as unknown as AttachedPermissionsBoundary;
  return { PermissionsBoundary };
}

/** A policy that is to be a boundary, checked to exist; `stays` are the changes that fail when it goes meanwhile. */
export async function boundaryOf(
  state: State,
  account: AccountId,
  arn: string | undefined,
): Promise<{ boundary: { permissionsBoundary?: string }; stays: Change[] }> {
  if (arn === undefined) return { boundary: {}, stays: [] };
  if (!isPolicyArn(arn)) throw invalidInput(`ARN ${arn} is not valid.`);
  const policy = await findPolicy(state, account, arn);
  if (!policy) throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`);
  return { boundary: { permissionsBoundary: arn }, stays: policy.entry ? [unchanged(policy.entry)] : [] };
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html */
export function permissionsBoundaryHandlers({ state }: IamParts): Handlers {
  return {
    async PutUserPermissionsBoundary(input: PutUserPermissionsBoundaryRequest, { account }): Promise<object> {
      const before = await readEntity(state, account, "user", required("userName", input.UserName));
      const arn = required("permissionsBoundary", input.PermissionsBoundary);
      const { boundary, stays } = await boundaryOf(state, account, arn);
      await changeEntity<"user">(state, before, { ...before.value, ...boundary }, ...stays);
      return {};
    },

    async PutRolePermissionsBoundary(input: PutRolePermissionsBoundaryRequest, { account }): Promise<object> {
      const before = await roleToChange(state, account, required("roleName", input.RoleName));
      const arn = required("permissionsBoundary", input.PermissionsBoundary);
      const { boundary, stays } = await boundaryOf(state, account, arn);
      await changeEntity<"role">(state, before, { ...before.value, ...boundary }, ...stays);
      return {};
    },

    async DeleteUserPermissionsBoundary(input: DeleteUserPermissionsBoundaryRequest, { account }): Promise<object> {
      const before = await readEntity(state, account, "user", required("userName", input.UserName));
      const { permissionsBoundary: _, ...user } = before.value;
      await changeEntity<"user">(state, before, user);
      return {};
    },

    async DeleteRolePermissionsBoundary(input: DeleteRolePermissionsBoundaryRequest, { account }): Promise<object> {
      const before = await roleToChange(state, account, required("roleName", input.RoleName));
      const { permissionsBoundary: _, ...role } = before.value;
      await changeEntity<"role">(state, before, role);
      return {};
    },
  };
}
