import type {
  AttachedPolicy,
  EntityType,
  ListEntitiesForPolicyRequest,
  ListEntitiesForPolicyResponse,
} from "@aws-sdk/client-iam";
import type { Members } from "../../aws/call.ts";
import type { PolicyHolder } from "../../identity/index.ts";
import type { Handler, Handlers } from "../service.ts";
import { noSuchEntity, quotaExceeded } from "./errors.ts";
import { holders, readHolder } from "./holders.ts";
import { policyNameOf } from "./managed-policies.ts";
import { page } from "./paging.ts";
import { readPolicy } from "./policies.ts";
import { changeEntity, type IamParts, listEntities, unchanged } from "./store.ts";

interface AttachInput extends Members {
  readonly PolicyArn?: string;
  readonly PathPrefix?: string;
  readonly Marker?: string;
  readonly MaxItems?: number;
}

const mostPerHolder = 10;

/** The managed policies of a user, group or role, as answers have them. */
export function wireAttachedPolicies({ attachedPolicies = [] }: PolicyHolder): AttachedPolicy[] {
  return attachedPolicies.map((arn) => ({ PolicyName: policyNameOf(arn), PolicyArn: arn }));
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_manage-attach-detach.html */
export function attachedPolicyHandlers({ state }: IamParts): Handlers {
  const handlers: Record<string, Handler<never, object>> = {};

  for (const row of holders) {
    const { holder, kind } = row;

    handlers[`Attach${holder}Policy`] = async (input: AttachInput, { account }) => {
      const policy = await readPolicy(
        state,
        account,
        input.PolicyArn,
        (arn) => `Policy ${arn} does not exist or is not attachable.`,
      );
      const before = await readHolder(state, account, row, input, "toChange");
      const attached = before.value.attachedPolicies ?? [];
      if (attached.includes(policy.arn)) return {};
      if (attached.length >= mostPerHolder) throw quotaExceeded(`PoliciesPer${holder}`, mostPerHolder);
      const after = { ...before.value, attachedPolicies: [...attached, policy.arn] };
      // A policy that is deleted meanwhile isn't attached.
      await changeEntity<typeof kind>(state, before, after, ...(policy.entry ? [unchanged(policy.entry)] : []));
      return {};
    };

    handlers[`Detach${holder}Policy`] = async (input: AttachInput, { account }) => {
      const { arn } = await readPolicy(state, account, input.PolicyArn);
      const before = await readHolder(state, account, row, input, "toChange");
      const attached = before.value.attachedPolicies ?? [];
      if (!attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
      const attachedPolicies = attached.filter((other) => other !== arn);
      await changeEntity<typeof kind>(state, before, { ...before.value, attachedPolicies });
      return {};
    };

    handlers[`ListAttached${holder}Policies`] = async (input: AttachInput, { account }) => {
      const { value } = await readHolder(state, account, row, input);
      const prefix = input.PathPrefix ?? "/";
      const found = wireAttachedPolicies(value).filter(({ PolicyArn = "" }) => pathOf(PolicyArn).startsWith(prefix));
      const key = ({ PolicyArn = "" }: AttachedPolicy) => PolicyArn;
      const { items, paging } = page(
        found.sort((one, other) => (key(one) < key(other) ? -1 : 1)),
        key,
        input,
      );
      return { AttachedPolicies: items, ...paging };
    };
  }

  return {
    ...handlers,

    async ListEntitiesForPolicy(
      input: ListEntitiesForPolicyRequest,
      { account },
    ): Promise<ListEntitiesForPolicyResponse> {
      const { arn } = await readPolicy(state, account, input.PolicyArn);
      const uses = ({ attachedPolicies = [], permissionsBoundary }: PolicyHolder) =>
        (input.PolicyUsageFilter !== "PermissionsBoundary" && attachedPolicies.includes(arn)) ||
        (input.PolicyUsageFilter !== "PermissionsPolicy" && permissionsBoundary === arn);
      const found: { kind: EntityType; name: string; id: string }[] = [];
      for (const { holder, kind } of holders) {
        if (input.EntityFilter !== undefined && input.EntityFilter !== holder) continue;
        for (const one of await listEntities(state, account, kind)) {
          if (uses(one) && one.path.startsWith(input.PathPrefix ?? "/")) {
            found.push({ kind: holder, name: one.name, id: one.id });
          }
        }
      }
      found.sort((one, other) => (one.id < other.id ? -1 : 1));
      const { items, paging } = page(found, ({ id }) => id, input);
      const of = (kind: EntityType) => items.filter((one) => one.kind === kind);
      return {
        PolicyGroups: of("Group").map(({ name, id }) => ({ GroupName: name, GroupId: id })),
        PolicyUsers: of("User").map(({ name, id }) => ({ UserName: name, UserId: id })),
        PolicyRoles: of("Role").map(({ name, id }) => ({ RoleName: name, RoleId: id })),
        ...paging,
      };
    },
  };
}

function pathOf(policyArn: string): string {
  return policyArn.slice(policyArn.indexOf("/"), policyArn.lastIndexOf("/") + 1);
}
