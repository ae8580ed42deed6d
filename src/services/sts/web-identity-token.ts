import type { GetWebIdentityTokenRequest, GetWebIdentityTokenResponse } from "@aws-sdk/client-sts";
import type { Caller } from "../../aws/caller.ts";
import { AwsError } from "../../aws/error.ts";
import { createOutboundFederation, type TokenAlgorithm, tokenAlgorithms } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import { accessDenied, violated } from "./checks.ts";
import type { StsParts } from "./parts.ts";
import { tagsOf } from "./session-tags.ts";

/** Whom a token is about: a role, not its session. */
function subjectOf(caller: Caller): string {
  if ("session" in caller && caller.session?.issuer?.type === "Role") return caller.session.issuer.arn;
  if (caller.type === "Root" || caller.type === "IAMUser") return caller.arn;
  throw accessDenied(`Cannot call GetWebIdentityToken with credentials of type ${caller.type}`);
}

function audienceOf(asked: readonly string[] | undefined): string | string[] {
  if (!asked?.length) throw violated("audience", "[]", "have length greater than or equal to 1");
  if (asked.length > 10) throw violated("audience", "of this length", "have length less than or equal to 10");
  const wrong = asked.find((one) => one.length < 1 || one.length > 1000);
  if (wrong !== undefined) throw violated("audience", `'${wrong}'`, "have length between 1 and 1000");
  return asked.length === 1 ? (asked[0] as string) : [...asked];
}

function algorithmOf(asked: string | undefined): TokenAlgorithm {
  const found = tokenAlgorithms.find((one) => one === asked);
  if (found) return found;
  throw violated(
    "signingAlgorithm",
    asked === undefined ? "null" : `'${asked}'`,
    "satisfy enum value set: [RS256, ES384]",
  );
}

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetWebIdentityToken.html */
export function webIdentityTokenHandlers({ state, identity, clock }: StsParts): Handlers {
  const federation = createOutboundFederation({ state, seal: identity.seal });
  return {
    async GetWebIdentityToken(input: GetWebIdentityTokenRequest, call): Promise<GetWebIdentityTokenResponse> {
      const { caller, account, region, requestId } = call;
      const aud = audienceOf(input.Audience);
      const algorithm = algorithmOf(input.SigningAlgorithm);
      const { DurationSeconds: seconds = 300 } = input;
      if (seconds < 60) throw violated("durationSeconds", `'${seconds}'`, "have value greater than or equal to 60");
      if (seconds > 3600) throw violated("durationSeconds", `'${seconds}'`, "have value less than or equal to 3600");
      const requestTags = tagsOf(input.Tags);
      const sub = subjectOf(caller);
      if (!(await federation.issuer(account))?.enabled)
        throw new AwsError(
          "OutboundWebIdentityFederationDisabledException",
          "Outbound web identity federation is not enabled for this account. To use this feature you must first enable it through the Amazon Web Services Management Console or API.",
          { status: 403 },
        );
      const now = Math.floor(clock.now() / 1000);
      const session = "session" in caller ? caller.session : undefined;
      const claims = {
        aud,
        sub,
        iat: now,
        exp: now + seconds,
        jti: requestId,
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_token_claims.html
        "https://sts.amazonaws.com/": {
          aws_account: account,
          source_region: region,
          principal_id: sub,
          ...(session?.tags && { principal_tags: session.tags }),
          ...(Object.keys(requestTags).length > 0 && { request_tags: requestTags }),
          ...(session?.ec2RoleDelivery && { ec2_role_delivery: session.ec2RoleDelivery }),
        },
      };
      return {
        WebIdentityToken: await federation.sign(account, claims, algorithm),
        Expiration: new Date((now + seconds) * 1000),
      };
    },
  };
}
