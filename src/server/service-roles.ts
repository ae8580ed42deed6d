import type { Caller } from "../aws/caller.ts";
import { systemClock } from "../aws/index.ts";
import { type AccountId, accountId } from "../aws/names.ts";
import { entityArn, entityKey, type ManagedPolicies, notTrusted, permissionsOf, type Role } from "../identity/index.ts";
import { decide } from "../policy/index.ts";
import type { State } from "../storage/state/index.ts";
import type { Roles } from "../trails/index.ts";

const service = { kind: "Service", name: "cloudtrail.amazonaws.com" } as const;

/** CloudTrail, having assumed a role. */
function sessionOf(account: AccountId, arn: string, { id, name }: Role): Caller {
  const issuer = { type: "Role", principalId: id, arn, accountId: account, userName: name } as const;
  const session = { creationDate: new Date(systemClock.now()), mfaAuthenticated: false, issuer };
  return {
    type: "AssumedRole",
    accountId: account,
    principalId: `${id}:CloudTrail`,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/CloudTrail`,
    session,
  };
}

/** The roles of the embedded IAM, as trails ask for them. */
export function createRoles(state: State, managedPolicy: ManagedPolicies): Roles {
  async function find(arn: string): Promise<{ account: AccountId; role: Role } | undefined> {
    const account = accountId(arn.split(":")[4] ?? "");
    const name = arn.slice(arn.lastIndexOf("/") + 1);
    const role = (await state.get(entityKey(account, "role", name)))?.value as Role | undefined;
    return role && entityArn(account, "role", role) === arn ? { account, role } : undefined;
  }

  return {
    async trustsCloudTrail(arn) {
      const found = await find(arn);
      return found && notTrusted(found.role.trustPolicy, service, ["sts:AssumeRole"], {}) === undefined;
    },

    async allows(arn, request) {
      const found = await find(arn);
      if (!found) return false;
      const caller = sessionOf(found.account, arn, found.role);
      // Of some policies of AWS the text isn't known; they may allow it.
      let isUnknown = false;
      const permissions = await permissionsOf(
        {
          state,
          async managedPolicy(account, policy) {
            const text = await managedPolicy(account, policy);
            isUnknown ||= text === undefined;
            return text;
          },
        },
        caller,
      );
      const decision = decide({ ...request, context: {} }, permissions, { kind: "AWS", caller });
      return decision.allowed || (isUnknown && !decision.explicit);
    },
  };
}
