import type {
  CreateAccountAliasRequest,
  DeleteAccountAliasRequest,
  GetAccountSummaryResponse,
  ListAccountAliasesResponse,
} from "@aws-sdk/client-iam";
import { accountAliasKey, aliasOwnerKey } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import { required } from "./checks.ts";
import { alreadyExists, cannotBeFound, concurrentModification } from "./errors.ts";
import { policyUses } from "./managed-policies.ts";
import { readRoot } from "./root.ts";
import { type IamParts, listEntities } from "./store.ts";

// AWS's defaults, as it answers them: https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountSummary.html
const quotas = {
  AccessKeysPerUserQuota: 2,
  AssumeRolePolicySizeQuota: 2048,
  AttachedPoliciesPerGroupQuota: 10,
  AttachedPoliciesPerRoleQuota: 10,
  AttachedPoliciesPerUserQuota: 10,
  GlobalEndpointTokenVersion: 1,
  GroupPolicySizeQuota: 5120,
  GroupsPerUserQuota: 10,
  GroupsQuota: 300,
  InstanceProfilesQuota: 1000,
  PoliciesQuota: 1500,
  PolicySizeQuota: 6144,
  PolicyVersionsInUseQuota: 10000,
  RolePolicySizeQuota: 10240,
  RolesQuota: 1000,
  ServerCertificatesQuota: 20,
  SigningCertificatesPerUserQuota: 2,
  UserPolicySizeQuota: 2048,
  UsersQuota: 5000,
  VersionsPerPolicyQuota: 5,
};

/** The account as a whole: its alias, and how much of everything it has. */
export function accountHandlers({ state, clock }: IamParts): Handlers {
  return {
    async CreateAccountAlias(input: CreateAccountAliasRequest, { account }): Promise<object> {
      const alias = required("accountAlias", input.AccountAlias);
      const owner = await state.get(aliasOwnerKey(alias));
      if (owner?.value === account) return {};
      if (owner) throw alreadyExists(`The account alias ${alias} already exists.`);
      // An account has one alias: a new one takes the place of the old one.
      const before = await state.get(accountAliasKey(account));
      const written = await state.commit([
        ...(before ? [{ key: aliasOwnerKey(before.value as string), value: undefined }] : []),
        { key: aliasOwnerKey(alias), value: account, expect: 0 },
        { key: accountAliasKey(account), value: alias, expect: before?.version ?? 0 },
      ]);
      if (!written) throw concurrentModification();
      return {};
    },

    async DeleteAccountAlias(input: DeleteAccountAliasRequest, { account }): Promise<object> {
      const alias = required("accountAlias", input.AccountAlias);
      const before = await state.get(accountAliasKey(account));
      if (before?.value !== alias) throw cannotBeFound(`The account alias ${alias}`);
      const written = await state.commit([
        { key: before.key, value: undefined, expect: before.version },
        { key: aliasOwnerKey(alias), value: undefined },
      ]);
      if (!written) throw concurrentModification();
      return {};
    },

    async ListAccountAliases(_: object, { account }): Promise<ListAccountAliasesResponse> {
      const alias = (await state.get(accountAliasKey(account)))?.value as string | undefined;
      return { AccountAliases: alias === undefined ? [] : [alias], IsTruncated: false };
    },

    async GetAccountSummary(_: object, { account }): Promise<GetAccountSummaryResponse> {
      const [users, groups, roles, profiles, policies, devices, saml, oidc] = await Promise.all([
        listEntities(state, account, "user"),
        listEntities(state, account, "group"),
        listEntities(state, account, "role"),
        listEntities(state, account, "instance-profile"),
        listEntities(state, account, "policy"),
        listEntities(state, account, "mfa"),
        listEntities(state, account, "saml-provider"),
        listEntities(state, account, "oidc-provider"),
      ]);
      const root = (await readRoot(state, account, clock)).value;
      const inUse = devices.filter((device) => device.enabled);
      const summary = {
        ...quotas,
        AccountAccessKeysPresent: root.accessKeyIds.length > 0 ? 1 : 0,
        AccountMFAEnabled: inUse.some((device) => device.enabled?.principalId === account) ? 1 : 0,
        AccountPasswordPresent: 0,
        AccountSigningCertificatesPresent: 0,
        Groups: groups.length,
        InstanceProfiles: profiles.length,
        MFADevices: devices.length,
        MFADevicesInUse: inUse.length,
        Policies: policies.length,
        PolicyVersionsInUse: (await policyUses(state, account)).size,
        Providers: saml.length + oidc.length,
        Roles: roles.length,
        ServerCertificates: 0,
        Users: users.length,
      };
      const sorted = Object.entries(summary).sort(([one], [other]) => (one < other ? -1 : 1));
      return { SummaryMap: Object.fromEntries(sorted) };
    },
  };
}
