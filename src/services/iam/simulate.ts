import type {
  ContextEntry,
  EvaluationResult,
  GetContextKeysForCustomPolicyRequest,
  GetContextKeysForPolicyResponse,
  GetContextKeysForPrincipalPolicyRequest,
  SimulateCustomPolicyRequest,
  SimulatePolicyResponse,
  SimulatePrincipalPolicyRequest,
  Statement,
} from "@aws-sdk/client-iam";
import type { Caller } from "../../aws/caller.ts";
import { type AccountId, accountId } from "../../aws/names.ts";
import {
  entityArn,
  type Group,
  type Permissions,
  permissionsOf,
  policiesOf,
  type Role,
  type User,
} from "../../identity/index.ts";
import {
  type Context,
  contextKeysOf,
  type Decision,
  decide,
  type Match,
  type PolicySet,
  type Policy as PolicyText,
  statementSpans,
} from "../../policy/index.ts";
import type { Handlers } from "../service.ts";
import { required } from "./checks.ts";
import { invalidInput, noSuchEntity } from "./errors.ts";
import { managedPolicyDocuments, policyNameOf } from "./managed-policies.ts";
import { page } from "./paging.ts";
import { findEntity, type IamParts } from "./store.ts";

/** Whose policies are simulated. */
interface Subject {
  readonly caller: Caller;
  readonly permissions: Pick<Permissions, "identity" | "boundary">;
}

type Asked = Omit<SimulateCustomPolicyRequest, "PolicyInputList">;

const kinds = { user: "IAMUser", group: "IAMUser", role: "AssumedRole" } as const;

function given(documents: readonly string[] | undefined, list: string, type: PolicyText["type"]): PolicyText[] {
  return (documents ?? []).map((document, index) => ({
    id: `${list}.${index + 1}`,
    type,
    document: checked(document),
  }));
}

function checked(document: string): string {
  try {
    const policy: unknown = JSON.parse(document);
    if (typeof policy === "object" && policy !== null && "Statement" in policy) return document;
  } catch {
    // said below
  }
  throw invalidInput("Syntax errors in policy.");
}

function inputPolicies(documents: readonly string[] | undefined): PolicyText[] {
  return given(documents, "PolicyInputList", "identity-based policy");
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_testing-policies.html */
export function simulationHandlers({ state, serviceControl }: IamParts): Handlers {
  const parts = { state, managedPolicy: managedPolicyDocuments(state) };

  /** The user, group or role of an ARN, as it would call. */
  async function subjectOf(arn: string): Promise<Subject> {
    const [, number = "", kind = "", name = ""] =
      /^arn:aws[a-z-]*:iam::(\d{12}):(user|group|role)\/(?:.*\/)?([^/]+)$/.exec(arn) ?? [];
    if (kind === "") throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
    const account = accountId(number);
    const entry = await findEntity(state, account, kind as keyof typeof kinds, name);
    if (!entry || entityArn(account, kind as keyof typeof kinds, entry.value) !== arn)
      throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
    const caller = callerOf(account, arn, kind as keyof typeof kinds, entry.value);
    if (kind === "group")
      return { caller, permissions: { identity: await policiesOf(parts, account, entry.value, "group") } };
    return { caller, permissions: await permissionsOf(parts, caller) };
  }

  async function simulated(
    subject: Subject,
    extra: readonly PolicyText[],
    asked: Asked,
  ): Promise<SimulatePolicyResponse> {
    const { identity, boundary } = subject.permissions;
    const all = identity === "root" ? identity : [...identity, ...extra];
    const [ownBoundary = boundary] = given(
      asked.PermissionsBoundaryPolicyInputList,
      "PermissionsBoundaryPolicyInputList",
      "permissions boundary",
    );
    const levels = serviceControl?.(subject.caller.accountId);
    const policies: PolicySet = { identity: all, boundary: ownBoundary, serviceControl: levels };
    const results = resultsOf(subject.caller, policies, asked);
    const keyed = results.map((result, index) => ({ result, key: String(index).padStart(6, "0") }));
    const { items, paging } = page(keyed, ({ key }) => key, asked);
    return { EvaluationResults: items.map(({ result }) => result), ...paging };
  }

  return {
    async SimulatePrincipalPolicy(input: SimulatePrincipalPolicyRequest): Promise<SimulatePolicyResponse> {
      const subject = await subjectOf(required("policySourceArn", input.PolicySourceArn));
      return simulated(subject, inputPolicies(input.PolicyInputList), input);
    },

    async SimulateCustomPolicy(input: SimulateCustomPolicyRequest, { caller }): Promise<SimulatePolicyResponse> {
      const documents = inputPolicies(required("policyInputList", input.PolicyInputList));
      return simulated({ caller, permissions: { identity: documents } }, [], input);
    },

    GetContextKeysForCustomPolicy(input: GetContextKeysForCustomPolicyRequest): GetContextKeysForPolicyResponse {
      return { ContextKeyNames: keysOf(inputPolicies(required("policyInputList", input.PolicyInputList))) };
    },

    async GetContextKeysForPrincipalPolicy(
      input: GetContextKeysForPrincipalPolicyRequest,
    ): Promise<GetContextKeysForPolicyResponse> {
      const { identity, boundary } = (await subjectOf(required("policySourceArn", input.PolicySourceArn))).permissions;
      const attached = identity === "root" ? [] : identity;
      return {
        ContextKeyNames: keysOf([
          ...attached,
          ...(boundary ? [boundary] : []),
          ...inputPolicies(input.PolicyInputList),
        ]),
      };
    },
  };
}

function callerOf(account: AccountId, arn: string, kind: keyof typeof kinds, entity: User | Group | Role): Caller {
  const { id, name } = entity;
  if (kind !== "role") return { type: "IAMUser", accountId: account, principalId: id, arn, userName: name };
  const issuer = { type: "Role", principalId: id, arn, accountId: account, userName: name } as const;
  const session = { creationDate: new Date(0), mfaAuthenticated: false, issuer };
  return {
    type: kinds[kind],
    accountId: account,
    principalId: id,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/simulated`,
    session,
  };
}

const keysOf = (policies: readonly PolicyText[]) => [
  ...new Set(policies.flatMap(({ document }) => contextKeysOf(document))),
];

/** One result for each action on each resource. */
function resultsOf(caller: Caller, policies: PolicySet, asked: Asked): EvaluationResult[] {
  const { ActionNames: actions = [], ResourceArns: resources = ["*"], ResourcePolicy: document } = asked;
  const context = contextOf(asked.ContextEntries);
  const resource: PolicyText | undefined =
    document === undefined
      ? undefined
      : { id: "ResourcePolicy", type: "resource-based policy", document: checked(document) };
  const set = { ...policies, resource, crossAccount: isOtherAccount(caller, asked.ResourceOwner) };
  const asking = documentsOf(set);
  const missing = keysOf(asking).filter((key) => context[key.toLowerCase()] === undefined);
  return actions.flatMap((action) =>
    resources.map((name) =>
      resultOf(decide({ action, resource: name, context }, set, trusteeOf(caller, asked)), action, name, missing, set),
    ),
  );
}

function trusteeOf(caller: Caller, { CallerArn: arn }: Asked) {
  const named = arn !== undefined && "arn" in caller ? { ...caller, arn } : caller;
  return { kind: "AWS", caller: named } as const;
}

function isOtherAccount({ accountId: own }: Caller, owner: string | undefined): boolean {
  const account = /(\d{12})/.exec(owner ?? "")?.[1];
  return account !== undefined && account !== own;
}

function documentsOf({ identity, boundary, resource }: PolicySet): PolicyText[] {
  return [...(identity === "root" ? [] : identity), ...[boundary, resource].filter((one) => one !== undefined)];
}

function contextOf(entries: readonly ContextEntry[] | undefined): Context {
  return Object.fromEntries(
    (entries ?? []).map(({ ContextKeyName = "", ContextKeyValues = [], ContextKeyType = "string" }) => [
      ContextKeyName.toLowerCase(),
      ContextKeyType.endsWith("List") ? ContextKeyValues : ContextKeyValues[0],
    ]),
  );
}

function resultOf(
  decision: Decision,
  action: string,
  resource: string,
  missing: string[],
  set: PolicySet,
): EvaluationResult {
  const verdict = decision.allowed ? "allowed" : decision.explicit ? "explicitDeny" : "implicitDeny";
  const saysNo = (type: PolicyText["type"]) => !decision.allowed && decision.type === type;
  const MatchedStatements = decision.matches.map(matched);
  return {
    EvalActionName: action,
    EvalResourceName: resource,
    EvalDecision: verdict,
    MatchedStatements,
    MissingContextValues: missing,
    ...(set.serviceControl && {
      OrganizationsDecisionDetail: { AllowedByOrganizations: !saysNo("service control policy") },
    }),
    ...(set.boundary && {
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: !saysNo("permissions boundary") },
    }),
    ResourceSpecificResults:
      resource === "*"
        ? []
        : [
            {
              EvalResourceName: resource,
              EvalResourceDecision: verdict,
              MatchedStatements,
              MissingContextValues: missing,
            },
          ],
  };
}

function matched({ policy, statement }: Match): Statement {
  const span = statementSpans(policy.document)[statement.index];
  return {
    SourcePolicyId: policy.id.startsWith("arn:") ? policyNameOf(policy.id) : policy.id,
    SourcePolicyType: sourceOf(policy),
    ...(span && {
      StartPosition: { Line: span.start.line, Column: span.start.column },
      EndPosition: { Line: span.end.line, Column: span.end.column },
    }),
  };
}

function sourceOf({ id, holder, type }: PolicyText): NonNullable<Statement["SourcePolicyType"]> {
  if (holder) return holder;
  if (id.startsWith("arn:aws:iam::aws:")) return "aws-managed";
  if (id.startsWith("arn:")) return "user-managed";
  return type === "resource-based policy" ? "resource" : "none";
}
