import type {
  GetFederationTokenRequest,
  GetFederationTokenResponse,
  GetSessionTokenRequest,
  GetSessionTokenResponse,
} from "@aws-sdk/client-sts";
import type { Caller } from "../../aws/caller.ts";
import type { SessionCaller } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import { accessDenied, durationOf, hour, sessionNameOf } from "./checks.ts";
import { provenWithMfa } from "./mfa.ts";
import { type StsParts, wireCredentials } from "./parts.ts";
import { sessionLoad } from "./session-policy.ts";
import { tagsOf } from "./session-tags.ts";

/** Whom credentials can be made for: a user or root, with a long-term key. */
function longTerm(caller: Caller, action: string): Extract<Caller, { type: "Root" | "IAMUser" }> {
  if ((caller.type === "Root" || caller.type === "IAMUser") && !caller.session) return caller;
  throw accessDenied(`Cannot call ${action} with session credentials`);
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html */
export function sessionTokenHandlers(parts: StsParts): Handlers {
  const { identity, clock } = parts;
  const begun = () => new Date(clock.now());
  // Root's temporary credentials are good for an hour at most.
  const mostOf = (caller: Caller) => (caller.type === "Root" ? hour : 36 * hour);

  return {
    async GetSessionToken(input: GetSessionTokenRequest, call): Promise<GetSessionTokenResponse> {
      const caller = longTerm(call.caller, "GetSessionToken");
      const asked = durationOf(input.DurationSeconds, 12 * hour, 36 * hour);
      const mfaAuthenticated = await provenWithMfa(parts, input, caller);
      const seconds = Math.min(asked, mostOf(caller));
      const session = { creationDate: begun(), mfaAuthenticated };
      return { Credentials: wireCredentials(await identity.sessions.issue({ ...caller, session }, seconds)) };
    },

    async GetFederationToken(input: GetFederationTokenRequest, call): Promise<GetFederationTokenResponse> {
      const caller = longTerm(call.caller, "GetFederationToken");
      const name = sessionNameOf("name", input.Name, 32);
      const asked = durationOf(input.DurationSeconds, 12 * hour, 36 * hour);
      const load = sessionLoad(input, tagsOf(input.Tags), []);
      const seconds = Math.min(asked, mostOf(caller));
      const { accountId, principalId, arn } = caller;
      const user: SessionCaller = {
        type: "FederatedUser",
        accountId,
        principalId: `${accountId}:${name}`,
        arn: `arn:aws:sts::${accountId}:federated-user/${name}`,
        session: {
          ...load.session,
          creationDate: begun(),
          mfaAuthenticated: false,
          issuer: {
            type: caller.type,
            principalId,
            arn,
            accountId,
            ...(caller.type === "IAMUser" && { userName: caller.userName }),
          },
        },
      };
      return {
        Credentials: wireCredentials(await identity.sessions.issue(user, seconds)),
        FederatedUser: { FederatedUserId: user.principalId, Arn: user.arn },
        ...load.packed,
      };
    },
  };
}
