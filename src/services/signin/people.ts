import { type AccountId, accountId } from "../../aws/names.ts";
import {
  accountAliasKey,
  aliasOwnerKey,
  entityArn,
  entityKey,
  type LoginProfile,
  rootCaller,
  type User,
} from "../../identity/index.ts";
import type { SignInPerson } from "../../record/index.ts";
import type { State } from "../../storage/state/index.ts";

/** The account of a number or an alias; undefined when no account has the alias. */
export async function findAccount(state: State, given: string): Promise<AccountId | undefined> {
  if (/^\d{12}$/.test(given)) return accountId(given);
  return (await state.get(aliasOwnerKey(given)))?.value as AccountId | undefined;
}

/** The root user of an account, whose name is the account's alias, if it has one. */
export async function findRoot(state: State, account: AccountId): Promise<SignInPerson> {
  const alias = (await state.get(accountAliasKey(account)))?.value as string | undefined;
  return {
    ...(rootCaller(account) as SignInPerson & { type: "Root" }),
    ...(alias !== undefined && { userName: alias }),
  };
}

/** An IAM user, with the password that they may have. */
export async function findUser(
  state: State,
  account: AccountId,
  name: string,
): Promise<{ person: SignInPerson; loginProfile: LoginProfile | undefined } | undefined> {
  const user = (await state.get(entityKey(account, "user", name)))?.value as User | undefined;
  if (!user) return undefined;
  const person: SignInPerson = {
    type: "IAMUser",
    accountId: account,
    principalId: user.id,
    arn: entityArn(account, "user", user),
    userName: user.name,
  };
  return { person, loginProfile: user.loginProfile };
}

/** What LookupEvents calls a person. */
export function nameOf(person: SignInPerson): string {
  if (person.type === "Root") return "root";
  return person.type === "IAMUser" ? person.userName : person.principalId.slice(person.principalId.indexOf(":") + 1);
}
