import type { Call } from "../aws/call.ts";
import type { Caller } from "../aws/caller.ts";
import type { Clock } from "../aws/clock.ts";
import type { AccountId } from "../aws/names.ts";
import type { Context } from "../policy/index.ts";
import { type Decision, decide, type Policy } from "../policy/index.ts";
import type { Requirement, Resources } from "./actions/requirement.ts";
import { requirementsOf } from "./actions/requirements.ts";
import { type PermissionParts, type Permissions, permissionsOf } from "./permissions.ts";
import { type Organization, requestContext } from "./request-context.ts";

export interface AuthorizationParts extends PermissionParts {
  readonly clock: Clock;
  readonly resources?: Resources;
  readonly organization?: Organization | undefined;
  readonly serviceControl?: ServiceControl | undefined;
}

/** The service control policies of an account, by level from the root down; undefined when there are none. */
export type ServiceControl = (account: AccountId) => readonly (readonly Policy[])[] | undefined;

/** The first permission that a call needs and its caller hasn't. */
export interface Denied {
  readonly caller: Caller;
  readonly requirement: Requirement;
  readonly decision: Extract<Decision, { allowed: false }>;
  /** The resource is another account's. */
  readonly crossAccount: boolean;
}

/** Whether policies let a caller make a call: undefined when they do, else what is missing. */
export type Authorize = (call: Call) => Promise<Denied | undefined>;

/** Asks every policy that has a say in a call. What AWS's services do by themselves isn't asked about. */
export function createAuthorize(parts: AuthorizationParts): Authorize {
  return async (call) => {
    const { caller } = call;
    if (caller.type === "AWSService") return undefined;
    const requirements = await requirementsOf(call, parts);
    if (requirements.length === 0) return undefined;
    const permissions = await permissionsOf(parts, caller);
    const common = requestContext(call, parts.clock.now(), permissions.tags, parts.organization);
    for (const requirement of requirements) {
      const crossAccount = requirement.owner !== undefined && requirement.owner.account !== caller.accountId;
      const decision = decided(parts, caller, permissions, common, requirement, crossAccount);
      if (!decision.allowed) return { caller, requirement, decision, crossAccount };
    }
    return undefined;
  };
}

function decided(
  { serviceControl }: AuthorizationParts,
  caller: Caller,
  { identity, boundary, session }: Permissions,
  common: Context,
  { action, resource, context, owner }: Requirement,
  crossAccount: boolean,
): Decision {
  const owned = owner && { "aws:resourceaccount": owner.account };
  return decide(
    { action, resource, context: { ...common, ...context, ...owned } },
    {
      identity,
      boundary,
      session,
      serviceControl: serviceControl?.(caller.accountId),
      resource:
        owner?.policy === undefined
          ? undefined
          : { id: resource, type: "resource-based policy", document: owner.policy },
      crossAccount,
    },
    { kind: "AWS", caller },
  );
}
