import type {
  GetAccountPasswordPolicyResponse,
  UpdateAccountPasswordPolicyRequest,
  PasswordPolicy as WirePolicy,
} from "@aws-sdk/client-iam";
import { AwsError } from "../../aws/error.ts";
import type { AccountId } from "../../aws/names.ts";
import type { Json, State } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { optional } from "./checks.ts";
import { cannotBeFound } from "./errors.ts";
import type { IamParts } from "./store.ts";

function passwordPolicyKey(account: AccountId): string {
  return `iam/${account}/password-policy`;
}

/** The account's own password policy, if it has one. */
export async function readPasswordPolicy(state: State, account: AccountId): Promise<WirePolicy | undefined> {
  return (await state.get(passwordPolicyKey(account)))?.value as (WirePolicy & Json) | undefined;
}

/** Which kinds of characters a password has. AWS counts as symbols what it lists, nothing else. */
function characters(password: string) {
  return {
    lower: /[a-z]/.test(password),
    upper: /[A-Z]/.test(password),
    number: /[0-9]/.test(password),
    symbol: /[!@#$%^&*()_+\-=[\]{}|']/.test(password),
  };
}

/**
 * Refuses a password that the account's policy, or IAM's own, doesn't allow: PasswordPolicyViolation.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
 */
export async function checkPassword(state: State, account: AccountId, password: string): Promise<void> {
  const policy = await readPasswordPolicy(state, account);
  const has = characters(password);
  const allowed = policy
    ? password.length >= (policy.MinimumPasswordLength ?? 6) &&
      (has.lower || !policy.RequireLowercaseCharacters) &&
      (has.upper || !policy.RequireUppercaseCharacters) &&
      (has.number || !policy.RequireNumbers) &&
      (has.symbol || !policy.RequireSymbols)
    : password.length >= 8 && Object.values(has).filter(Boolean).length >= 3 && password !== account;
  if (!allowed) throw passwordViolation();
}

export function passwordViolation(): AwsError {
  return new AwsError("PasswordPolicyViolation", "Password does not conform to the account password policy.");
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PasswordPolicy.html */
export function passwordPolicyHandlers({ state }: IamParts): Handlers {
  return {
    async UpdateAccountPasswordPolicy(input: UpdateAccountPasswordPolicyRequest, { account }): Promise<object> {
      // What isn't given goes back to its default.
      const policy = {
        MinimumPasswordLength: input.MinimumPasswordLength ?? 6,
        RequireSymbols: input.RequireSymbols ?? false,
        RequireNumbers: input.RequireNumbers ?? false,
        RequireUppercaseCharacters: input.RequireUppercaseCharacters ?? false,
        RequireLowercaseCharacters: input.RequireLowercaseCharacters ?? false,
        AllowUsersToChangePassword: input.AllowUsersToChangePassword ?? false,
        ExpirePasswords: input.MaxPasswordAge !== undefined,
        ...optional("MaxPasswordAge", input.MaxPasswordAge),
        ...optional("PasswordReusePrevention", input.PasswordReusePrevention),
        ...optional("HardExpiry", input.HardExpiry),
      };
      await state.commit([{ key: passwordPolicyKey(account), value: policy }]);
      return {};
    },

    async GetAccountPasswordPolicy(_: object, { account }): Promise<GetAccountPasswordPolicyResponse> {
      const policy = await readPasswordPolicy(state, account);
      if (!policy) throw cannotBeFound(`The Password Policy with domain name ${account}`);
      return { PasswordPolicy: policy };
    },

    async DeleteAccountPasswordPolicy(_: object, { account }): Promise<object> {
      const key = passwordPolicyKey(account);
      if (!(await state.get(key))) throw cannotBeFound("The account policy with name PasswordPolicy");
      await state.commit([{ key, value: undefined }]);
      return {};
    },
  };
}
