import { allowedByResource, type Context, type Trustee } from "../policy/index.ts";

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
  return actions.find((action) => !allowedByResource(trustPolicy, { action, resource: "*", context }, trustee));
}
