import type { AccountId } from "../../aws/names.ts";
import { entityArn, type ManagedPolicies, type Policy, type PolicyHolder } from "../../identity/index.ts";
import type { State, StateEntry } from "../../storage/state/state.ts";
import { policyDescriptions, policyDocuments, policyIds } from "./aws-managed-policy-documents.ts";
import { policyRows } from "./aws-managed-policy-rows.ts";
import { findEntity, listEntities } from "./store.ts";

/** A managed policy, the customer's or AWS's own. */
export interface ManagedPolicy extends Omit<Policy, "id" | "versions" | "latestVersion"> {
  readonly arn: string;
  /** Not known of every policy of AWS. */
  readonly id?: string;
  /** Newest first. Of a policy of AWS only the default version; its document isn't known of every policy. */
  readonly versions: readonly { readonly id: string; readonly document?: string; readonly created: number }[];
  /** Where the customer's is kept. */
  readonly entry?: StateEntry<Policy>;
}

let known: ReadonlyMap<string, ManagedPolicy> | undefined;

/** The policies that AWS manages, by ARN, in the order of their names. */
export function awsManagedPolicies(): ReadonlyMap<string, ManagedPolicy> {
  known ??= new Map(
    policyRows
      .trim()
      .split("\n")
      .map((row) => {
        const policy = awsManagedPolicy(row);
        return [policy.arn, policy];
      }),
  );
  return known;
}

function awsManagedPolicy(row: string): ManagedPolicy {
  const [pathAndName = "", version = "", created = "", updated = ""] = row.split(" ");
  const name = pathAndName.slice(pathAndName.lastIndexOf("/") + 1);
  const id = policyIds[name];
  const description = policyDescriptions[name];
  const document = policyDocuments[name];
  return {
    arn: `arn:aws:iam::aws:policy${pathAndName}`,
    name,
    path: pathAndName.slice(0, -name.length),
    ...(id !== undefined && { id }),
    ...(description !== undefined && { description }),
    created: Date.parse(created),
    updated: Date.parse(updated),
    tags: [],
    defaultVersionId: version,
    versions: [{ id: version, ...(document !== undefined && { document }), created: Date.parse(updated) }],
  };
}

export function isPolicyArn(arn: string): boolean {
  return /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/([\x21-\x7e]+\/)?[\w+=,.@-]+$/.test(arn);
}

/** A policy's name from its ARN. */
export function policyNameOf(arn: string): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** The policy of an ARN, if the account has it or AWS manages it. */
export async function findPolicy(state: State, account: AccountId, arn: string): Promise<ManagedPolicy | undefined> {
  const ofAws = awsManagedPolicies().get(arn);
  if (ofAws || !isPolicyArn(arn)) return ofAws;
  const entry = await findEntity(state, account, "policy", policyNameOf(arn));
  return entry && entityArn(account, "policy", entry.value) === arn ? { ...entry.value, arn, entry } : undefined;
}

/** The document of a managed policy's default version, for whoever decides by policies. */
export function managedPolicyDocuments(state: State): ManagedPolicies {
  return async (account, arn) => {
    const policy = await findPolicy(state, account, arn);
    return policy?.versions.find(({ id }) => id === policy.defaultVersionId)?.document;
  };
}

/** The customer's policies, in the order of their names. */
export async function listOwnPolicies(state: State, account: AccountId): Promise<ManagedPolicy[]> {
  const policies = await listEntities(state, account, "policy");
  return policies.map((policy) => ({ ...policy, arn: entityArn(account, "policy", policy) }));
}

interface Use {
  readonly attachments: number;
  readonly boundaries: number;
}

/** How often each policy is attached, and is a permissions boundary, by ARN. */
export async function policyUses(state: State, account: AccountId): Promise<ReadonlyMap<string, Use>> {
  const uses = new Map<string, Use>();
  const add = (arn: string, more: Use) => {
    const { attachments, boundaries } = uses.get(arn) ?? { attachments: 0, boundaries: 0 };
    uses.set(arn, { attachments: attachments + more.attachments, boundaries: boundaries + more.boundaries });
  };
  for (const kind of ["user", "group", "role"] as const) {
    const holders: readonly PolicyHolder[] = await listEntities(state, account, kind);
    for (const { attachedPolicies = [], permissionsBoundary } of holders) {
      for (const arn of attachedPolicies) add(arn, { attachments: 1, boundaries: 0 });
      if (permissionsBoundary !== undefined) add(permissionsBoundary, { attachments: 0, boundaries: 1 });
    }
  }
  return uses;
}
