import type { Caller } from "../aws/caller.ts";
import { type Context, conditionsHold } from "./policy/conditions.ts";
import { coversAction, principalNames, type Statement, statementsOf } from "./policy/document.ts";

/** Who asks for a role: an AWS principal, a service, or the user of an identity provider, by the provider's ARN or host. */
export type Trustee =
  | { readonly kind: "AWS"; readonly caller: Caller }
  | { readonly kind: "Service"; readonly name: string }
  | { readonly kind: "Federated"; readonly provider: string };

/**
 * The first of the actions that a role's trust policy doesn't allow; undefined when it allows them all. The trust policy
 * decides alone: what the caller's own policies say isn't asked here.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function notTrusted(
  trustPolicy: string,
  trustee: Trustee,
  actions: readonly string[],
  context: Context,
): string | undefined {
  const statements = statementsOf(trustPolicy).filter(
    (statement) => isMeant(statement, trustee) && conditionsHold(statement.Condition, context),
  );
  return actions.find((action) => {
    const matching = statements.filter((statement) => coversAction(statement, action));
    return !matching.some(({ Effect }) => Effect === "Allow") || matching.some(({ Effect }) => Effect === "Deny");
  });
}

function isMeant({ Principal, NotPrincipal }: Statement, trustee: Trustee): boolean {
  if (Principal !== undefined) return isAmong(Principal, trustee);
  return NotPrincipal !== undefined && !isAmong(NotPrincipal, trustee);
}

function isAmong(principal: unknown, trustee: Trustee): boolean {
  const names = principalNames(principal, trustee.kind);
  if (names.includes("*")) return true;
  switch (trustee.kind) {
    case "AWS":
      return names.some((name) => principalsOf(trustee.caller).has(name));
    case "Service":
      return names.includes(trustee.name);
    case "Federated":
      return names.includes(trustee.provider);
  }
}

/** Every way in which a policy may name a caller: by account, by itself, a session by its role too. */
function principalsOf(caller: Caller): ReadonlySet<string> {
  const { accountId } = caller;
  const names = new Set<string>([accountId, `arn:aws:iam::${accountId}:root`]);
  if ("arn" in caller) names.add(caller.arn);
  if ("session" in caller && caller.session?.issuer?.type === "Role") names.add(caller.session.issuer.arn);
  return names;
}
