import { decide } from "./policy/decide.ts";
import type { Trustee } from "./policy/principal.ts";
import type { Context } from "./policy/template.ts";

/**
 * The first of the actions that a role's trust policy doesn't allow; undefined when it allows them all. The trust policy
 * decides alone: what the caller's own policies say isn't asked here.
 */
export function notTrusted(
  trustPolicy: string,
  trustee: Trustee,
  actions: readonly string[],
  context: Context,
): string | undefined {
  const resource = { id: "", type: "resource-based policy", document: trustPolicy } as const;
  // Whoever may do all is held to the trust policy alone.
  const policies = { identity: "root", resource, crossAccount: true } as const;
  return actions.find((action) => !decide({ action, resource: "*", context }, policies, trustee).allowed);
}
