import type { AssumeRoleRequest, AssumeRoleResponse } from "@aws-sdk/client-sts";
import type { Caller } from "../../aws/caller.ts";
import { accountId } from "../../aws/names.ts";
import { entityArn, entityKey, type Role, type SessionCaller } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import { accessDenied, checkMfa, durationOf, sessionNameOf, validationError } from "./checks.ts";
import { type StsParts, wireCredentials } from "./parts.ts";

const hour = 3600;

function arnOf(caller: Caller): string {
  return "arn" in caller ? caller.arn : `arn:aws:iam::${caller.accountId}:root`;
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export function assumeRoleHandlers({ state, identity, clock }: StsParts): Handlers {
  async function findRole(arn: string | undefined, caller: Caller) {
    const match = /^arn:aws[a-z-]*:iam::(\d{12}):role(\/(?:[^/]+\/)*)([\w+=,.@-]+)$/.exec(arn ?? "");
    if (!match) throw validationError(`${arn ?? "null"} is invalid`);
    const account = accountId(match[1] ?? "");
    const entry = await state.get(entityKey(account, "role", match[3] ?? ""));
    const role = entry?.value as Role | undefined;
    // AWS doesn't say whether a role isn't there or isn't the caller's to assume.
    if (!role || role.path !== match[2]) {
      throw accessDenied(
        `User: ${arnOf(caller)} is not authorized to perform: sts:AssumeRole on resource: ${arn ?? ""}`,
      );
    }
    return { account, role };
  }

  return {
    async AssumeRole(input: AssumeRoleRequest, { caller }): Promise<AssumeRoleResponse> {
      const name = sessionNameOf("roleSessionName", input.RoleSessionName, 64);
      const seconds = durationOf(input.DurationSeconds, hour, 12 * hour);
      checkMfa(input);
      const { account, role } = await findRole(input.RoleArn, caller);
      if (seconds > role.maxSessionDuration) {
        throw validationError("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
      }
      if (caller.type === "AssumedRole" && seconds > hour) {
        throw validationError(
          "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        );
      }
      const inherited = caller.type === "AssumedRole" ? caller.session.sourceIdentity : undefined;
      const sourceIdentity = input.SourceIdentity ?? inherited;
      const session: SessionCaller = {
        type: "AssumedRole",
        accountId: account,
        principalId: `${role.id}:${name}`,
        arn: `arn:aws:sts::${account}:assumed-role/${role.name}/${name}`,
        session: {
          creationDate: new Date(clock.now()),
          mfaAuthenticated: false,
          issuer: {
            type: "Role",
            principalId: role.id,
            arn: entityArn(account, "role", role),
            accountId: account,
            userName: role.name,
          },
          ...(sourceIdentity !== undefined && { sourceIdentity }),
        },
      };
      return {
        Credentials: wireCredentials(await identity.sessions.issue(session, seconds)),
        AssumedRoleUser: { AssumedRoleId: session.principalId, Arn: session.arn },
        ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
      };
    },
  };
}
