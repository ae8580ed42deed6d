import type {
  EnableOutboundWebIdentityFederationResponse,
  GetOutboundWebIdentityFederationInfoResponse,
} from "@aws-sdk/client-iam";
import { AwsError } from "../../aws/error.ts";
import { createOutboundFederation } from "../../identity/index.ts";
import type { Handlers } from "../service.ts";
import type { IamParts } from "./store.ts";

const alreadyEnabled = () =>
  new AwsError("FeatureEnabled", "Outbound identity federation is already enabled for this account.", { status: 409 });
const disabled = () =>
  new AwsError("FeatureDisabled", "Outbound identity federation is disabled for this account.", { status: 404 });

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_outbound_getting_started.html */
export function outboundFederationHandlers({ state, identity, random }: IamParts): Handlers {
  const federation = createOutboundFederation({ state, seal: identity.seal });
  return {
    async EnableOutboundWebIdentityFederation(_, { account }): Promise<EnableOutboundWebIdentityFederationResponse> {
      if ((await federation.issuer(account))?.enabled) throw alreadyEnabled();
      await federation.set(account, true, random);
      const issuer = await federation.issuer(account);
      return { IssuerIdentifier: issuer?.url };
    },

    async DisableOutboundWebIdentityFederation(_, { account }): Promise<object> {
      if (!(await federation.issuer(account))?.enabled) throw disabled();
      await federation.set(account, false, random);
      return {};
    },

    async GetOutboundWebIdentityFederationInfo(_, { account }): Promise<GetOutboundWebIdentityFederationInfoResponse> {
      const issuer = await federation.issuer(account);
      if (!issuer) throw disabled();
      return { IssuerIdentifier: issuer.url, JwtVendingEnabled: issuer.enabled };
    },
  };
}
