import type { Call, Members } from "../aws/call.ts";
import type { Caller, Session } from "../aws/caller.ts";
import { parseArn } from "../aws/index.ts";
import { type AccountId, accountId } from "../aws/names.ts";
import type { Learnt, LearntPrincipal } from "../identity/index.ts";

/** What a lesson is taken from: a call that succeeded and its output. */
interface Lesson {
  readonly call: Call;
  readonly input: Members;
  readonly output: Members;
  readonly learnt: Learnt;
  /** Milliseconds since 1970. */
  readonly now: number;
}

type Learn = (lesson: Lesson) => Promise<void>;

const isMembers = (value: unknown): value is Members => typeof value === "object" && value !== null;
const membersOf = (value: unknown): Members => (isMembers(value) ? value : {});
const listOf = (value: unknown): readonly Members[] => (Array.isArray(value) ? value.filter(isMembers) : []);
const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

/** Users or roles as IAM shows them. */
async function keepPrincipals(learnt: Learnt, kind: "user" | "role", shown: readonly Members[]): Promise<void> {
  const byAccount = new Map<AccountId, Map<string, LearntPrincipal>>();
  for (const one of shown) {
    const [name, id, arn] = kind === "user" ? [one.UserName, one.UserId, one.Arn] : [one.RoleName, one.RoleId, one.Arn];
    const account = accountIn(textOf(arn));
    if (account === undefined || typeof name !== "string" || typeof id !== "string") continue;
    const named = byAccount.get(account) ?? new Map<string, LearntPrincipal>();
    byAccount.set(account, named.set(name, { arn: String(arn), id }));
  }
  for (const [account, named] of byAccount) await learnt.keepPrincipals(account, kind, named);
}

function accountIn(arn: string | undefined): AccountId | undefined {
  const account = arn === undefined ? undefined : parseArn(arn)?.account;
  return account !== undefined && /^\d{12}$/.test(account) ? accountId(account) : undefined;
}

const principals =
  (kind: "user" | "role", shown: (output: Members) => unknown): Learn =>
  ({ learnt, output }) => {
    const found = shown(output);
    return keepPrincipals(learnt, kind, Array.isArray(found) ? listOf(found) : [membersOf(found)]);
  };

// Whose key it is shows in the answer; the user's id and path in what was learnt of the user before. A key of a user
// that nobody told of is asked about when it is first used.
const newAccessKey: Learn = async ({ call, output, learnt }) => {
  const { AccessKeyId, UserName } = membersOf(output.AccessKey);
  const accessKeyId = textOf(AccessKeyId);
  const userName = textOf(UserName);
  if (accessKeyId === undefined || userName === undefined) return;
  const user = await learnt.principal(call.account, "user", userName);
  if (!user) return;
  const { arn, id: principalId } = user;
  await learnt.keep(accessKeyId, { type: "IAMUser", accountId: call.account, principalId, arn, accessKeyId, userName });
};

const goneUser: Learn = async ({ call, input, learnt }) => {
  const name = textOf(input.UserName);
  if (name !== undefined) await learnt.forgetUser(call.account, name);
};

const goneKey: Learn = async ({ input, learnt }) => {
  const accessKeyId = textOf(input.AccessKeyId);
  if (accessKeyId !== undefined) await learnt.forget(accessKeyId);
};

/** Keeps whom the Credentials of an answer stand for. */
async function keepSession({ output, learnt }: Lesson, caller: Caller | undefined): Promise<void> {
  const { AccessKeyId, Expiration } = membersOf(output.Credentials);
  const accessKeyId = textOf(AccessKeyId);
  if (accessKeyId === undefined || !caller) return;
  const expires = Expiration instanceof Date ? Expiration.getTime() : undefined;
  await learnt.keep(accessKeyId, { ...caller, accessKeyId } as Caller, expires);
}

const newRoleSession =
  (more: (lesson: Lesson) => Partial<Session>): Learn =>
  async (lesson) => {
    const { input, output, now } = lesson;
    const { Arn, AssumedRoleId } = membersOf(output.AssumedRoleUser);
    const [arn, principalId, roleArn] = [textOf(Arn), textOf(AssumedRoleId), textOf(input.RoleArn)];
    const account = accountIn(arn);
    if (arn === undefined || principalId === undefined || roleArn === undefined || account === undefined) return;
    const issuer = {
      type: "Role",
      principalId: principalId.split(":")[0] ?? "",
      arn: roleArn,
      accountId: account,
      userName: roleArn.slice(roleArn.lastIndexOf("/") + 1),
    } as const;
    const sourceIdentity = textOf(output.SourceIdentity) ?? textOf(input.SourceIdentity);
    const session: Session = {
      creationDate: new Date(now),
      mfaAuthenticated: textOf(input.SerialNumber) !== undefined,
      issuer,
      ...(sourceIdentity !== undefined && { sourceIdentity }),
      ...more(lesson),
    };
    await keepSession(lesson, { type: "AssumedRole", accountId: account, principalId, arn, session });
  };

const webIdentity = ({ output }: Lesson): Partial<Session> => {
  const provider = textOf(output.Provider);
  return provider === undefined ? {} : { webIdentity: { federatedProvider: provider, attributes: {} } };
};

const sameCallersSession: Learn = async (lesson) => {
  const { caller } = lesson.call;
  if (caller.type !== "IAMUser" && caller.type !== "Root") return;
  const mfaAuthenticated = textOf(lesson.input.TokenCode) !== undefined;
  await keepSession(lesson, { ...caller, session: { creationDate: new Date(lesson.now), mfaAuthenticated } });
};

const federatedUser: Learn = async (lesson) => {
  const { caller } = lesson.call;
  const { Arn, FederatedUserId } = membersOf(lesson.output.FederatedUser);
  const [arn, principalId] = [textOf(Arn), textOf(FederatedUserId)];
  const account = accountIn(arn);
  if (arn === undefined || principalId === undefined || account === undefined) return;
  const issuer =
    caller.type === "IAMUser" || caller.type === "Root"
      ? {
          issuer: {
            type: caller.type,
            principalId: caller.principalId,
            arn: caller.arn,
            accountId: caller.accountId,
            ...(caller.type === "IAMUser" && { userName: caller.userName }),
          },
        }
      : {};
  const session = { creationDate: new Date(lesson.now), mfaAuthenticated: false, ...issuer };
  await keepSession(lesson, { type: "FederatedUser", accountId: account, principalId, arn, session });
};

/**
 * Whom the token of AssumeRoleWithWebIdentity or AssumeRoleWithSAML vouches for, as the answer tells; undefined for any
 * other call. https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
export function tokenCaller({ account, actionName, service, input }: Call, output: Members): Caller | undefined {
  if (service.name !== "sts") return undefined;
  const told = (type: "WebIdentityUser" | "SAMLUser", provider: unknown, user: unknown, middle: string) => {
    const [identityProvider, userName] = [textOf(provider), textOf(user)];
    if (identityProvider === undefined || userName === undefined) return undefined;
    const principalId = `${identityProvider}:${middle}${userName}`;
    return { type, accountId: account, principalId, userName, identityProvider };
  };
  if (actionName === "AssumeRoleWithSAML") return told("SAMLUser", output.NameQualifier, output.Subject, "");
  if (actionName !== "AssumeRoleWithWebIdentity") return undefined;
  const provider = textOf(output.Provider) ?? input?.ProviderId;
  const audience = textOf(output.Audience);
  const middle = audience === undefined ? "" : `${audience}:`;
  return told("WebIdentityUser", provider, output.SubjectFromWebIdentityToken, middle);
}

const roleSession = newRoleSession(() => ({}));

/** The calls whose answers tell who callers are, by service and action. */
const lessons: Readonly<Record<string, Learn>> = {
  "iam:CreateUser": principals("user", ({ User }) => User),
  "iam:GetUser": principals("user", ({ User }) => User),
  "iam:ListUsers": principals("user", ({ Users }) => Users),
  "iam:GetGroup": principals("user", ({ Users }) => Users),
  "iam:UpdateUser": goneUser,
  "iam:DeleteUser": goneUser,
  "iam:CreateRole": principals("role", ({ Role }) => Role),
  "iam:GetRole": principals("role", ({ Role }) => Role),
  "iam:ListRoles": principals("role", ({ Roles }) => Roles),
  "iam:UpdateRole": principals("role", ({ Role }) => Role),
  "iam:CreateAccessKey": newAccessKey,
  "iam:DeleteAccessKey": goneKey,
  "sts:AssumeRole": roleSession,
  "sts:AssumeRoleWithSAML": roleSession,
  "sts:AssumeRoleWithWebIdentity": newRoleSession(webIdentity),
  "sts:GetSessionToken": sameCallersSession,
  "sts:GetFederationToken": federatedUser,
};

const lessonOf = ({ service, actionName }: Pick<Call, "service" | "actionName">) => {
  const name = `${service.name}:${actionName}`;
  return Object.hasOwn(lessons, name) ? lessons[name] : undefined;
};

/** Whether the answers of an action tell who callers are. */
export function teaches(call: Pick<Call, "service" | "actionName">): boolean {
  return lessonOf(call) !== undefined;
}

/** Takes from an answer of success whom keys stand for; resolves when it lasts. */
export async function learnFrom(call: Call, output: Members, learnt: Learnt, now: number): Promise<void> {
  await lessonOf(call)?.({ call, input: call.input ?? {}, output, learnt, now });
}
