import type {
  EntityType,
  GetAccountAuthorizationDetailsRequest,
  GetAccountAuthorizationDetailsResponse,
  GroupDetail,
  ManagedPolicyDetail,
  PolicyDetail,
  RoleDetail,
  UserDetail,
} from "@aws-sdk/client-iam";
import type { AccountId } from "../../aws/names.ts";
import { entityArn, type PolicyHolder } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import { wireAttachedPolicies } from "./attached-policies.ts";
import { optional } from "./checks.ts";
import { wireProfile } from "./instance-profiles.ts";
import { awsManagedPolicies, listOwnPolicies, type ManagedPolicy, policyUses } from "./managed-policies.ts";
import { page } from "./paging.ts";
import { wireBoundary } from "./permissions-boundaries.ts";
import { wirePolicy } from "./policies.ts";
import { encodedDocument } from "./policy-documents.ts";
import { wireVersion } from "./policy-versions.ts";
import { wireRole } from "./roles.ts";
import { type IamParts, listEntities } from "./store.ts";
import { listedUser } from "./users.ts";

/** One entry of the answer: under which member, and at which place in the order of all. */
type Detail = { readonly key: string } & (
  | { readonly type: "User"; readonly detail: UserDetail }
  | { readonly type: "Group"; readonly detail: GroupDetail }
  | { readonly type: "Role"; readonly detail: RoleDetail }
  | { readonly type: "LocalManagedPolicy" | "AWSManagedPolicy"; readonly detail: ManagedPolicyDetail }
);

function inlinePolicies({ policies }: PolicyHolder): PolicyDetail[] {
  return Object.entries(policies).map(([name, document]) => ({
    PolicyName: name,
    PolicyDocument: encodedDocument(document),
  }));
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html */
export function authorizationDetailHandlers({ state }: IamParts): Handlers {
  async function detailsOf(account: AccountId, wanted: (type: EntityType) => boolean): Promise<Detail[]> {
    const details: Detail[] = [];
    const add = (detail: Omit<Detail, "key">, name: string) =>
      details.push({ ...detail, key: `${detail.type}/${name}` } as Detail);
    const groups = await listEntities(state, account, "group");

    for (const user of wanted("User") ? await listEntities(state, account, "user") : []) {
      const detail: UserDetail = {
        ...listedUser(account, user),
        ...(Object.keys(user.policies).length > 0 && { UserPolicyList: inlinePolicies(user) }),
        GroupList: groups.filter((group) => user.groupIds?.includes(group.id)).map((group) => group.name),
        AttachedManagedPolicies: wireAttachedPolicies(user),
        ...wireBoundary(user),
        Tags: [...user.tags],
      };
      add({ type: "User", detail }, user.name.toLowerCase());
    }
    for (const group of wanted("Group") ? groups : []) {
      const detail: GroupDetail = {
        Path: group.path,
        GroupName: group.name,
        GroupId: group.id,
        Arn: entityArn(account, "group", group),
        CreateDate: new Date(group.created),
        GroupPolicyList: inlinePolicies(group),
        AttachedManagedPolicies: wireAttachedPolicies(group),
      };
      add({ type: "Group", detail }, group.name.toLowerCase());
    }
    if (wanted("Role")) {
      const profiles = await listEntities(state, account, "instance-profile");
      for (const role of await listEntities(state, account, "role")) {
        const own = profiles.filter((profile) => profile.roleName === role.name);
        const detail: RoleDetail = {
          ...wireRole(account, role),
          InstanceProfileList: await Promise.all(own.map((profile) => wireProfile(state, account, profile))),
          RolePolicyList: inlinePolicies(role),
          AttachedManagedPolicies: wireAttachedPolicies(role),
          ...wireBoundary(role),
          Tags: [...role.tags],
          RoleLastUsed: {},
        };
        add({ type: "Role", detail }, role.name.toLowerCase());
      }
    }
    const uses = await policyUses(state, account);
    const policyDetail = (policy: ManagedPolicy): ManagedPolicyDetail => ({
      ...wirePolicy(policy, uses),
      ...optional("Description", policy.description || undefined),
      PolicyVersionList: policy.versions.map((version) => ({
        ...optional("Document", version.document && encodedDocument(version.document)),
        ...wireVersion(policy, version),
      })),
    });
    for (const policy of wanted("LocalManagedPolicy") ? await listOwnPolicies(state, account) : []) {
      add({ type: "LocalManagedPolicy", detail: policyDetail(policy) }, policy.arn);
    }
    // Of AWS's, those that are in use.
    for (const policy of wanted("AWSManagedPolicy") ? awsManagedPolicies().values() : []) {
      if (uses.has(policy.arn)) add({ type: "AWSManagedPolicy", detail: policyDetail(policy) }, policy.arn);
    }
    return details.sort((one, other) => (one.key < other.key ? -1 : 1));
  }

  return {
    async GetAccountAuthorizationDetails(
      input: GetAccountAuthorizationDetailsRequest,
      { account },
    ): Promise<GetAccountAuthorizationDetailsResponse> {
      const filter = input.Filter ?? [];
      const details = await detailsOf(account, (type) => filter.length === 0 || filter.includes(type));
      const { items, paging } = page(details, ({ key }) => key, input);
      return {
        UserDetailList: items.flatMap((one) => (one.type === "User" ? [one.detail] : [])),
        GroupDetailList: items.flatMap((one) => (one.type === "Group" ? [one.detail] : [])),
        RoleDetailList: items.flatMap((one) => (one.type === "Role" ? [one.detail] : [])),
        Policies: items.flatMap((one) =>
          one.type === "LocalManagedPolicy" || one.type === "AWSManagedPolicy" ? [one.detail] : [],
        ),
        ...paging,
      };
    },
  };
}
