import type {
  DeregisterOrganizationDelegatedAdminRequest,
  RegisterOrganizationDelegatedAdminRequest,
} from "@aws-sdk/client-cloudtrail";
import { AwsError } from "../aws/error.ts";
import type { AccountId } from "../aws/names.ts";
import type { State } from "../storage/state/state.ts";
import { notMasterAccount } from "./errors.ts";
import type { Requester } from "./lookup.ts";
import type { Organization, TrailsParts } from "./parts.ts";
import { accountTrails, asJson, delegatedAdminKey, delegatedAdmins, trailKey } from "./store.ts";
import type { Trail } from "./trail.ts";

const maxDelegatedAdmins = 3;

/** What an organization's trail keeps of it: its records are those of all accounts. */
export function organizationOf({ id, managementAccount, accounts }: Organization): NonNullable<Trail["organization"]> {
  return { id, accounts: [...new Set([managementAccount, ...accounts])] };
}

/** The organization that the account is in; throws OrganizationsNotInUseException. */
function ownOrganization(organization: Organization | undefined, account: AccountId): Organization {
  if (organization && organizationOf(organization).accounts.includes(account)) return organization;
  throw new AwsError("OrganizationsNotInUseException", "Your account is not a member of an organization.");
}

/**
 * The organization for which the account may make trails; they belong to its management account. Throws
 * OrganizationsNotInUseException and NotOrganizationMasterAccountException.
 */
export async function managedOrganization(
  { state, organization }: Pick<TrailsParts, "state" | "organization">,
  account: AccountId,
): Promise<Organization> {
  const own = ownOrganization(organization, account);
  if (account === own.managementAccount || (await delegatedAdmins(state, own.id)).includes(account)) return own;
  throw notMasterAccount();
}

/** The organization for which the account may make trails; undefined when there is none. */
export async function organizationToManage(
  parts: Pick<TrailsParts, "state" | "organization">,
  account: AccountId,
): Promise<Organization | undefined> {
  try {
    return await managedOrganization(parts, account);
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

/** The trails that an account sees: its own, and those of its organization. */
export async function visibleTrails({ state, organization }: TrailsParts, account: AccountId): Promise<Trail[]> {
  const own = await accountTrails(state, account);
  if (!organization || account === organization.managementAccount || !organization.accounts.includes(account))
    return own;
  const shadows = await accountTrails(state, organization.managementAccount);
  return [...own, ...shadows.filter((trail) => trail.organization?.accounts.includes(account))];
}

/** Tells the trails of an organization which accounts it has now. */
export async function refreshOrganization(state: State, organization: Organization): Promise<void> {
  const { id, accounts } = organizationOf(organization);
  const trails = (await accountTrails(state, organization.managementAccount)).filter(
    (trail) => trail.organization?.id === id,
  );
  await state.commit(
    trails.map((trail) => ({ key: trailKey(trail), value: asJson({ ...trail, organization: { id, accounts } }) })),
  );
}

/** RegisterOrganizationDelegatedAdmin and DeregisterOrganizationDelegatedAdmin. */
export function organizationOperations(parts: TrailsParts) {
  const { state } = parts;

  /** The organization of a call by its management account; throws NotOrganizationManagementAccountException. */
  function ownManaged({ account }: Requester): Organization {
    const own = ownOrganization(parts.organization, account);
    if (account === own.managementAccount) return own;
    throw new AwsError(
      "NotOrganizationManagementAccountException",
      "This action requires being signed in with the organization's management account.",
    );
  }

  return {
    async registerOrganizationDelegatedAdmin(
      call: Requester,
      { MemberAccountId: member = "" }: RegisterOrganizationDelegatedAdminRequest,
    ): Promise<object> {
      const { id, managementAccount, accounts } = ownManaged(call);
      if (member === managementAccount)
        throw new AwsError(
          "CannotDelegateManagementAccountException",
          `Account ${member} is the organization's management account, which can't be a delegated administrator.`,
        );
      if (!accounts.includes(member as AccountId))
        throw new AwsError("AccountNotFoundException", `Account ${member} is not part of organization ${id}.`);
      const admins = await delegatedAdmins(state, id);
      if (admins.includes(member as AccountId))
        throw new AwsError("AccountRegisteredException", `Account ${member} is a delegated administrator already.`);
      if (admins.length >= maxDelegatedAdmins)
        throw new AwsError(
          "DelegatedAdminAccountLimitExceededException",
          `An organization can have at most ${maxDelegatedAdmins} delegated administrators for CloudTrail.`,
        );
      await state.commit([{ key: delegatedAdminKey(id, member), value: member }]);
      return {};
    },

    async deregisterOrganizationDelegatedAdmin(
      call: Requester,
      { DelegatedAdminAccountId: member = "" }: DeregisterOrganizationDelegatedAdminRequest,
    ): Promise<object> {
      const { id, accounts } = ownManaged(call);
      if (!accounts.includes(member as AccountId))
        throw new AwsError("AccountNotFoundException", `Account ${member} is not part of organization ${id}.`);
      if (!(await delegatedAdmins(state, id)).includes(member as AccountId))
        throw new AwsError("AccountNotRegisteredException", `Account ${member} is not a delegated administrator.`);
      await state.commit([{ key: delegatedAdminKey(id, member), value: undefined }]);
      return {};
    },
  };
}
