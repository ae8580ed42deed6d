import type { Caller } from "../aws/caller.ts";
import type { Principals, Statement } from "./document.ts";

/** Who asks: an AWS principal, a service, or the user of an identity provider, by the provider's ARN or host. */
export type Trustee =
  | { readonly kind: "AWS"; readonly caller: Caller }
  | { readonly kind: "Service"; readonly name: string }
  | { readonly kind: "Federated"; readonly provider: string };

/**
 * How a statement names who asks: themselves, the role or user behind their session, everybody, or their account. What it
 * means depends on it: an account's own policies have to allow, too, what a resource's policy allows the account.
 */
export type Naming = "itself" | "issuer" | "everybody" | "account";

/** How a statement with a Principal or NotPrincipal element means who asks; undefined when it doesn't. */
export function namingOf({ principals }: Statement, trustee: Trustee): Naming | undefined {
  if (!principals) return undefined;
  const naming = namedIn(principals.names, trustee);
  if (!principals.isNot) return naming;
  return naming === undefined ? "everybody" : undefined;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
function namedIn(principals: Principals, trustee: Trustee): Naming | undefined {
  const names = principals[trustee.kind] ?? [];
  switch (trustee.kind) {
    case "Service":
      // Who means everybody means services, too: so a statement that denies everybody is known to stop AWS's deliveries.
      return names.includes(trustee.name) ? "itself" : principals.AWS?.includes("*") ? "everybody" : undefined;
    case "Federated":
      return names.includes(trustee.provider) ? "itself" : names.includes("*") ? "everybody" : undefined;
    case "AWS": {
      const { caller } = trustee;
      const { accountId } = caller;
      if ("arn" in caller && caller.type !== "Root" && names.includes(caller.arn)) return "itself";
      const issuer = "session" in caller ? caller.session?.issuer : undefined;
      if (issuer && issuer.type !== "Root" && names.includes(issuer.arn)) return "issuer";
      if (names.includes("*")) return "everybody";
      return names.includes(accountId) || names.includes(`arn:aws:iam::${accountId}:root`) ? "account" : undefined;
    }
  }
}
