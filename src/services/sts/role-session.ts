import type { AssumedRoleUser, Credentials } from "@aws-sdk/client-sts";
import type { Session } from "../../aws/caller.ts";
import { type AccountId, accountId } from "../../aws/names.ts";
import { entityArn, entityKey, type Role, type SessionCaller } from "../../identity/index.ts";
import type { State } from "../../storage/state/index.ts";
import { validationError } from "./checks.ts";
import { type StsParts, wireCredentials } from "./parts.ts";

/** A role's ARN, taken apart. */
interface RoleName {
  readonly arn: string;
  readonly account: AccountId;
  readonly path: string;
  readonly name: string;
}

/** Reads the ARN of a role: ValidationError when it isn't one. */
export function roleNameOf(arn: string | undefined): RoleName {
  const match = /^arn:aws[a-z-]*:iam::(\d{12}):role(\/(?:[^/]+\/)*)([\w+=,.@-]+)$/.exec(arn ?? "");
  if (!match) throw validationError(`${arn ?? "null"} is invalid`);
  const [, account = "", path = "", name = ""] = match;
  return { arn: arn ?? "", account: accountId(account), path, name };
}

/** The role, as IAM here knows it. */
export async function readRole(state: State, { account, path, name }: RoleName): Promise<Role | undefined> {
  const role = (await state.get(entityKey(account, "role", name)))?.value as Role | undefined;
  return role?.path === path ? role : undefined;
}

/** Credentials for a session of a role, and how the session is called. */
export async function issueRoleSession(
  { identity, clock }: StsParts,
  account: AccountId,
  role: Role,
  sessionName: string,
  seconds: number,
  more: Omit<Session, "creationDate" | "issuer">,
): Promise<{ Credentials: Credentials; AssumedRoleUser: AssumedRoleUser; SourceIdentity?: string }> {
  const caller: SessionCaller = {
    type: "AssumedRole",
    accountId: account,
    principalId: `${role.id}:${sessionName}`,
    arn: `arn:aws:sts::${account}:assumed-role/${role.name}/${sessionName}`,
    session: {
      ...more,
      creationDate: new Date(clock.now()),
      issuer: {
        type: "Role",
        principalId: role.id,
        arn: entityArn(account, "role", role),
        accountId: account,
        userName: role.name,
      },
    },
  };
  return {
    Credentials: wireCredentials(await identity.sessions.issue(caller, seconds)),
    AssumedRoleUser: { AssumedRoleId: caller.principalId, Arn: caller.arn },
    ...(more.sourceIdentity !== undefined && { SourceIdentity: more.sourceIdentity }),
  };
}
