import type { AssumeRoleRequest, AssumeRoleResponse } from "@aws-sdk/client-sts";
import type { Caller } from "../../aws/caller.ts";
import { notTrusted } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import { accessDenied, hour, notAuthorized, roleDurationOf, sessionNameOf, validationError } from "./checks.ts";
import { contextOf } from "./context.ts";
import { provenWithMfa } from "./mfa.ts";
import type { StsParts } from "./parts.ts";
import { issueRoleSession, readRole, roleNameOf } from "./role-session.ts";
import { sessionLoad } from "./session-policy.ts";
import { inheritedTags, sessionTags, tagsOf } from "./session-tags.ts";

const optionalName = (member: string, value: string | undefined) =>
  value === undefined ? undefined : sessionNameOf(member, value, 64);

/** Once set, the source identity of a chain of roles stays. */
function sourceIdentityOf(input: AssumeRoleRequest, caller: Caller): string | undefined {
  const asked = optionalName("sourceIdentity", input.SourceIdentity);
  const inherited = "session" in caller ? caller.session?.sourceIdentity : undefined;
  if (asked !== undefined && inherited !== undefined && asked !== inherited)
    throw accessDenied("You cannot change the sourceIdentity that was set when the role session was created.");
  return inherited ?? asked;
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export function assumeRoleHandlers(parts: StsParts): Handlers {
  const { state, clock } = parts;
  return {
    async AssumeRole(input: AssumeRoleRequest, call): Promise<AssumeRoleResponse> {
      const { caller, notes } = call;
      const sessionName = sessionNameOf("roleSessionName", input.RoleSessionName, 64);
      const roleName = roleNameOf(input.RoleArn);
      const passed = tagsOf(input.Tags);
      const inherited = inheritedTags(caller);
      const { tags, transitiveTagKeys } = sessionTags(passed, input.TransitiveTagKeys ?? [], inherited);
      const load = sessionLoad(input, tags, transitiveTagKeys);
      if (inherited.transitiveTagKeys.length > 0) notes.parameters = { IncomingTransitiveTags: inherited.tags };
      // Credentials of a federated user may not ask STS for others.
      if (caller.type === "FederatedUser") throw notAuthorized(caller, "sts:AssumeRole", roleName.arn);
      const mfa = await provenWithMfa(parts, input, caller);
      const sourceIdentity = sourceIdentityOf(input, caller);

      const role = await readRole(state, roleName);
      const asked = {
        roleSessionName: sessionName,
        externalId: input.ExternalId,
        sourceIdentity,
        tags: passed,
        transitiveTagKeys: input.TransitiveTagKeys ?? [],
        mfa,
      };
      const actions = [
        "sts:AssumeRole",
        ...(Object.keys(tags).length > 0 ? ["sts:TagSession"] : []),
        ...(sourceIdentity === undefined ? [] : ["sts:SetSourceIdentity"]),
      ];
      // AWS doesn't say whether a role isn't there or isn't the caller's to assume. It refuses root, which here stands for
      // every key that isn't known.
      const denied = role
        ? notTrusted(role.trustPolicy, { kind: "AWS", caller }, actions, contextOf(call, asked, clock.now()))
        : "sts:AssumeRole";
      if (!role || denied !== undefined) throw notAuthorized(caller, denied ?? "sts:AssumeRole", roleName.arn);

      const seconds = roleDurationOf(input.DurationSeconds, role);
      if (caller.type === "AssumedRole" && seconds > hour) {
        throw validationError(
          "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
        );
      }
      const session = await issueRoleSession(parts, roleName.account, role, sessionName, seconds, {
        ...load.session,
        mfaAuthenticated: mfa || ("session" in caller && caller.session?.mfaAuthenticated === true),
        ...(sourceIdentity !== undefined && { sourceIdentity }),
      });
      notes.owners.add(roleName.account);
      return { ...session, ...load.packed };
    },
  };
}
