import type {
  CreatePolicyRequest,
  CreatePolicyResponse,
  DeletePolicyRequest,
  GetPolicyRequest,
  GetPolicyResponse,
  ListPoliciesRequest,
  ListPoliciesResponse,
  Policy as WirePolicy,
} from "@aws-sdk/client-iam";
import { AwsError } from "../../aws/error.ts";
import type { AccountId } from "../../aws/names.ts";
import { entityArn, type Policy } from "../../identity/index.ts";
import type { State } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { optional, required, tagsOf } from "./checks.ts";
import { alreadyExists, deleteConflict, noSuchEntity, validationError } from "./errors.ts";
import {
  awsManagedPolicies,
  findPolicy,
  isPolicyArn,
  listOwnPolicies,
  type ManagedPolicy,
  policyUses,
} from "./managed-policies.ts";
import { page } from "./paging.ts";
import { policyDocumentOf } from "./policy-documents.ts";
import { addEntity, changeEntity, type IamParts, newEntityId } from "./store.ts";

/** The policy that a call names: ValidationError for what isn't an ARN of a policy, NoSuchEntity when there is none. */
export async function readPolicy(
  state: State,
  account: AccountId,
  arn: string | undefined,
  missing = (policyArn: string) => `Policy ${policyArn} was not found.`,
): Promise<ManagedPolicy> {
  const policyArn = required("policyArn", arn);
  if (!isPolicyArn(policyArn)) throw validationError(`ARN ${policyArn} is not valid.`);
  const policy = await findPolicy(state, account, policyArn);
  if (!policy) throw noSuchEntity(missing(policyArn));
  return policy;
}

/** A policy's entry in the state, to change it: AccessDenied for a policy that AWS manages. */
export function ownEntry(policy: ManagedPolicy, action: string) {
  if (policy.entry) return policy.entry;
  throw new AwsError("AccessDenied", `${action} is not allowed on the AWS managed policy ${policy.arn}`, {
    status: 403,
  });
}

/** A policy as lists show it: without description and tags. */
export function wirePolicy(policy: ManagedPolicy, uses: Awaited<ReturnType<typeof policyUses>>): WirePolicy {
  const { attachments, boundaries } = uses.get(policy.arn) ?? { attachments: 0, boundaries: 0 };
  return {
    PolicyName: policy.name,
    ...optional("PolicyId", policy.id),
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: attachments,
    PermissionsBoundaryUsageCount: boundaries,
    IsAttachable: true,
    CreateDate: new Date(policy.created),
    UpdateDate: new Date(policy.updated),
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_Policy.html */
export function policyHandlers({ state, clock, random }: IamParts): Handlers {
  return {
    async CreatePolicy(input: CreatePolicyRequest, { account }): Promise<CreatePolicyResponse> {
      const name = required("policyName", input.PolicyName);
      const now = clock.now();
      const policy: Policy = {
        name,
        path: input.Path ?? "/",
        id: newEntityId("policy", random),
        ...optional("description", input.Description),
        created: now,
        updated: now,
        tags: tagsOf(input.Tags, "distinct"),
        defaultVersionId: "v1",
        latestVersion: 1,
        versions: [
          { id: "v1", document: policyDocumentOf("policyDocument", input.PolicyDocument, "managed"), created: now },
        ],
      };
      if (!(await addEntity(state, account, "policy", policy))) {
        throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
      }
      const shown = wirePolicy({ ...policy, arn: entityArn(account, "policy", policy) }, new Map());
      return { Policy: { ...shown, ...(policy.tags.length > 0 && { Tags: [...policy.tags] }) } };
    },

    async GetPolicy(input: GetPolicyRequest, { account }): Promise<GetPolicyResponse> {
      const policy = await readPolicy(state, account, input.PolicyArn);
      return {
        Policy: {
          ...wirePolicy(policy, await policyUses(state, account)),
          ...optional("Description", policy.description || undefined),
          Tags: [...policy.tags],
        },
      };
    },

    async ListPolicies(input: ListPoliciesRequest, { account }): Promise<ListPoliciesResponse> {
      const scope = input.Scope ?? "All";
      const uses = await policyUses(state, account);
      const policies = [
        ...(scope === "AWS" ? [] : await listOwnPolicies(state, account)),
        ...(scope === "Local" ? [] : awsManagedPolicies().values()),
      ];
      const found = policies.filter(({ path, arn }) => {
        const use = uses.get(arn);
        return (
          path.startsWith(input.PathPrefix ?? "/") &&
          (!input.OnlyAttached || (use?.attachments ?? 0) > 0) &&
          (input.PolicyUsageFilter !== "PermissionsPolicy" || (use?.attachments ?? 0) > 0) &&
          (input.PolicyUsageFilter !== "PermissionsBoundary" || (use?.boundaries ?? 0) > 0)
        );
      });
      const { items, paging } = page(found.sort(byArn), ({ arn }) => arn, input);
      return { Policies: items.map((policy) => wirePolicy(policy, uses)), ...paging };
    },

    async DeletePolicy(input: DeletePolicyRequest, { account }): Promise<object> {
      const policy = await readPolicy(state, account, input.PolicyArn);
      const entry = ownEntry(policy, "DeletePolicy");
      if ((await policyUses(state, account)).has(policy.arn)) {
        throw deleteConflict("Cannot delete a policy attached to entities.");
      }
      if (entry.value.versions.length > 1) {
        throw deleteConflict(
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
      }
      await changeEntity(state, entry, undefined);
      return {};
    },
  };
}

function byArn(one: ManagedPolicy, other: ManagedPolicy): number {
  return one.arn < other.arn ? -1 : 1;
}
