import { conditionsHold, coversAction, coversResource, type Statement, statementsOf } from "./document.ts";
import { type Naming, namingOf, type Trustee } from "./principal.ts";
import type { Context } from "./template.ts";

/** The kinds of policies, in the words of AWS's refusals. */
export type PolicyType =
  | "identity-based policy"
  | "resource-based policy"
  | "permissions boundary"
  | "session policy"
  | "service control policy";

export interface Policy {
  /** An ARN, or the name of an inline policy. */
  readonly id: string;
  readonly type: PolicyType;
  /** Whose inline policy it is. */
  readonly holder?: "user" | "group" | "role";
  /** JSON. */
  readonly document: string;
}

/** One thing that somebody wants to do to one resource. */
export interface AccessRequest {
  /** `ec2:RunInstances` */
  readonly action: string;
  /** An ARN, or `*` for an action that knows no resources. */
  readonly resource: string;
  readonly context: Context;
}

/** Every policy that has a say. */
export interface PolicySet {
  /** `root`: all is allowed but what an organization takes away. */
  readonly identity: readonly Policy[] | "root";
  readonly boundary?: Policy | undefined;
  /** Given when the session has policies of its own, or is one that can do nothing without. */
  readonly session?: readonly Policy[] | undefined;
  /** From the organization's root down to the account: each level has to allow. */
  readonly serviceControl?: readonly (readonly Policy[])[] | undefined;
  readonly resource?: Policy | undefined;
  /** The resource is another account's: its policy has to allow, too. */
  readonly crossAccount?: boolean;
}

/** A statement that applies to a request. */
export interface Match {
  readonly policy: Policy;
  readonly statement: Statement;
}

export type Decision =
  | { readonly allowed: true; readonly matches: readonly Match[] }
  /** By a statement that denies, or because no policy of the type allows. */
  | {
      readonly allowed: false;
      readonly explicit: boolean;
      readonly type: PolicyType;
      readonly matches: readonly Match[];
    };

/**
 * Whether policies allow a request, and which kind of policy says no.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function decide(request: AccessRequest, policies: PolicySet, trustee: Trustee): Decision {
  const { identity, boundary, session, serviceControl = [], resource, crossAccount = false } = policies;
  const of = (list: readonly Policy[]) => list.flatMap((policy) => matchesOf(policy, request));
  const byIdentity = identity === "root" ? [] : of(identity);
  const byBoundary = boundary && of([boundary]);
  const bySession = session && of(session);
  const byLevel = serviceControl.map(of);
  const byResource = resource ? matchesFor(resource, request, trustee) : [];

  const denials = [
    ...byLevel.flat(),
    ...byResource.map(({ match }) => match),
    ...byIdentity,
    ...(byBoundary ?? []),
    ...(bySession ?? []),
  ].filter(isDenial);
  const [denial] = denials;
  if (denial) return { allowed: false, explicit: true, type: denial.policy.type, matches: denials };

  const missing = (type: PolicyType): Decision => ({ allowed: false, explicit: false, type, matches: [] });
  if (!byLevel.every((level) => level.length > 0)) return missing("service control policy");
  const granted = crossAccount ? undefined : strongest(byResource.map(({ naming }) => naming));
  const grants = byResource.map(({ match }) => match);
  if (granted === "itself") return { allowed: true, matches: grants };
  if (identity !== "root" && byIdentity.length === 0 && granted !== "issuer") return missing("identity-based policy");
  if (byBoundary?.length === 0) return missing("permissions boundary");
  if (bySession?.length === 0) return missing("session policy");
  if (crossAccount && byResource.length === 0) return missing("resource-based policy");
  return { allowed: true, matches: [...byIdentity, ...grants] };
}

/** Whether a resource's own policy lets somebody do something to it, whatever else has a say. */
export function allowedByResource(document: string, request: AccessRequest, trustee: Trustee): boolean {
  const resource = { id: "", type: "resource-based policy", document } as const;
  // Whoever may do all is held to the resource's policy alone.
  return decide(request, { identity: "root", resource, crossAccount: true }, trustee).allowed;
}

function isDenial({ statement }: Match): boolean {
  return statement.effect === "Deny";
}

/** The statements of a policy that apply to a request, whoever makes it. */
function matchesOf(policy: Policy, { action, resource, context }: AccessRequest): Match[] {
  return statementsOf(policy.document)
    .filter(
      (statement) =>
        coversAction(statement, action) &&
        coversResource(statement, resource, context) &&
        conditionsHold(statement, context),
    )
    .map((statement) => ({ policy, statement }));
}

/** Those of a resource's policy that mean who asks. */
function matchesFor(policy: Policy, request: AccessRequest, trustee: Trustee): { match: Match; naming: Naming }[] {
  return matchesOf(policy, request).flatMap((match) => {
    const naming = namingOf(match.statement, trustee);
    return naming === undefined ? [] : [{ match, naming: effective(naming, trustee) }];
  });
}

// Who names everybody names a user themselves; of a session, whose role or user may be bounded, no more than these.
function effective(naming: Naming, trustee: Trustee): Naming {
  if (naming !== "everybody") return naming;
  const isSession = trustee.kind === "AWS" && "session" in trustee.caller && trustee.caller.session?.issuer;
  return isSession ? "issuer" : "itself";
}

function strongest(namings: readonly Naming[]): Naming | undefined {
  return (["itself", "issuer"] as const).find((naming) => namings.includes(naming));
}
