import type {
  ChangePasswordRequest,
  CreateLoginProfileRequest,
  CreateLoginProfileResponse,
  DeleteLoginProfileRequest,
  GetLoginProfileRequest,
  GetLoginProfileResponse,
  UpdateLoginProfileRequest,
  LoginProfile as WireProfile,
} from "@aws-sdk/client-iam";
import type { Call } from "../../aws/call.ts";
import { AwsError } from "../../aws/error.ts";
import type { AccountId } from "../../aws/names.ts";
import { hashPassword, isPassword, type LoginProfile, type User } from "../../identity/index.ts";
import type { StateEntry } from "../../storage/state/state.ts";
import type { Handlers } from "../service.ts";
import { required } from "./checks.ts";
import { alreadyExists, cannotBeFound } from "./errors.ts";
import { checkPassword, passwordViolation, readPasswordPolicy } from "./password-policy.ts";
import { changeEntity, type IamParts, readEntity } from "./store.ts";
import { ownUserName } from "./users.ts";

// As many as a password policy may ask to remember.
const mostRemembered = 24;

function wireProfile(user: User, profile: LoginProfile): WireProfile {
  return {
    UserName: user.name,
    CreateDate: new Date(profile.created),
    PasswordResetRequired: profile.resetRequired,
  };
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_LoginProfile.html */
export function loginProfileHandlers({ state, clock }: IamParts): Handlers {
  const readUser = (call: Call, given: string | undefined) =>
    readEntity(state, call.account, "user", required("userName", given ?? ownUserName(call)));

  async function readProfile(call: Call, given: string | undefined) {
    const before = await readUser(call, given);
    const profile = before.value.loginProfile;
    if (!profile) throw cannotBeFound(`Login Profile for User ${before.value.name}`);
    return { before, profile };
  }

  /** A profile with another password: PasswordPolicyViolation when it isn't allowed, or was used before. */
  async function withPassword(account: AccountId, profile: LoginProfile, password: string): Promise<LoginProfile> {
    await checkPassword(state, account, password);
    const { PasswordReusePrevention: remembered = 0 } = (await readPasswordPolicy(state, account)) ?? {};
    const former = [profile.password, ...(profile.formerPasswords ?? [])];
    for (const one of former.slice(0, remembered)) if (await isPassword(password, one)) throw passwordViolation();
    return {
      ...profile,
      password: await hashPassword(password),
      changed: clock.now(),
      formerPasswords: former.slice(0, mostRemembered),
    };
  }

  const keep = (before: StateEntry<User>, loginProfile: LoginProfile) =>
    changeEntity<"user">(state, before, { ...before.value, loginProfile });

  return {
    async CreateLoginProfile(input: CreateLoginProfileRequest, call): Promise<CreateLoginProfileResponse> {
      const before = await readUser(call, input.UserName);
      if (before.value.loginProfile) {
        throw alreadyExists(`Login Profile for user ${before.value.name} already exists.`);
      }
      const password = required("password", input.Password);
      await checkPassword(state, call.account, password);
      const profile: LoginProfile = {
        created: clock.now(),
        password: await hashPassword(password),
        changed: clock.now(),
        resetRequired: input.PasswordResetRequired ?? false,
      };
      await keep(before, profile);
      return { LoginProfile: wireProfile(before.value, profile) };
    },

    async GetLoginProfile(input: GetLoginProfileRequest, call): Promise<GetLoginProfileResponse> {
      const { before, profile } = await readProfile(call, input.UserName);
      return { LoginProfile: wireProfile(before.value, profile) };
    },

    async UpdateLoginProfile(input: UpdateLoginProfileRequest, call): Promise<object> {
      const { before, profile } = await readProfile(call, input.UserName);
      const changed =
        input.Password === undefined ? profile : await withPassword(call.account, profile, input.Password);
      await keep(before, { ...changed, resetRequired: input.PasswordResetRequired ?? profile.resetRequired });
      return {};
    },

    async DeleteLoginProfile(input: DeleteLoginProfileRequest, call): Promise<object> {
      const { before } = await readProfile(call, input.UserName);
      const { loginProfile: _, ...user } = before.value;
      await changeEntity<"user">(state, before, user);
      return {};
    },

    async ChangePassword(input: ChangePasswordRequest, call): Promise<object> {
      const { caller } = call;
      if (caller.type !== "IAMUser") {
        throw new AwsError("InvalidUserType", "Only IAM Users can change their own password");
      }
      const { before, profile } = await readProfile(call, caller.userName);
      if (!(await isPassword(required("oldPassword", input.OldPassword), profile.password))) {
        throw new AwsError("AccessDenied", "The old password was incorrect.", { status: 403 });
      }
      const changed = await withPassword(call.account, profile, required("newPassword", input.NewPassword));
      await keep(before, { ...changed, resetRequired: false });
      return {};
    },
  };
}
